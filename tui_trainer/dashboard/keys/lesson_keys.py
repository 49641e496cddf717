"""The keys of a lesson: on, an answer, a hint, the stops of a playlist. During a lesson they come before all others."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from tui_trainer.dashboard.panels.loss import CURSOR
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE
from tui_trainer.dashboard.panels.point_cursor import POINT
from tui_trainer.dashboard.panels.settings import choose_setting
from tui_trainer.dashboard.panels.weight_cursor import WEIGHT
from tui_trainer.dashboard.view import HOME, PROPOSAL, Act, KeyAction, Reply, View, focus
from tui_trainer.lessons.steps import MOST_ANSWERS, Predict, Task
from tui_trainer.lessons.walk import Commands, Lesson, OpenStop, Stage, Walk, answered, gone_on, hinted, skipped
from tui_trainer.telemetry import Command, Snapshot


def awaited(view: View) -> str:
    """What the person is to press now, in words: "press p", "choose 1 to 3"; "" where the lesson waits for no key."""
    walk = view.lesson
    if walk is not None and walk.stage is Stage.KEY:
        return f"press {view.sign(view.awaits) or walk.awaited_key}"
    return f"choose {view.sign('answer_1')} to {_answers(view)}" if view.stage == Stage.CHOOSE else ""


def walked(view: View, walk: Walk) -> View:
    """The view with this state of the lesson, and with the panel in focus that a new step shows."""
    before = view.lesson
    comes_in = before is None or before.lesson is not walk.lesson  # perhaps in the middle
    step = walk.showing if comes_in else walk.step
    is_new = comes_in or (before is not None and before.index != walk.index)
    if is_new and step is not None and step.show:
        mode = "network" if step.diagram else view.weights_mode
        view = focus(structs.replace(view, zoomed=False, weights_mode=mode), step.show)
        view = _at_an_allowed_setting(view, walk) if step.show == HOME else view
    return structs.replace(view, lesson=walk, left=None)


def _at_an_allowed_setting(view: View, walk: Walk) -> View:
    """The view with a setting chosen that the lesson lets a person change: it could be under a folded heading."""
    controls, keys = walk.controls, [setting.key for setting in view.settings]
    allowed = [n for n, key in enumerate(keys) if controls is not None and controls.allows(key)]
    return choose_setting(view, allowed[0]) if allowed and view.setting not in allowed else view


def _walking(go: Callable[[Walk, Snapshot], tuple[Walk, Commands]]) -> Act:
    def act(snapshot: Snapshot, view: View) -> Reply:
        if view.lesson is None:
            return view, ()
        walk, commands = go(view.lesson, snapshot)
        return walked(view, walk), commands

    return act


def _answers(view: View) -> int:
    step = None if view.lesson is None else view.lesson.step
    return len(step.answers) if isinstance(step, Predict) else 0


def _answer(number: int) -> KeyAction:
    """The key that chooses an answer, counted from 0."""
    return KeyAction(
        f"answer_{number + 1}", str(number + 1), f"answer {number + 1}", "Choose an answer.", "lesson",
        _walking(lambda walk, snapshot: answered(walk, number)), during=(Stage.CHOOSE,),
        idle=lambda snapshot, view: "" if number < _answers(view) else "there is no such answer",
        footer_now=lambda snapshot, view: (f"to {_answers(view)} answer" if number == 0 else "", 0),
        own=f"Choose answer {number + 1}.",
    )  # fmt: skip


def _no_hint(snapshot: Snapshot, view: View) -> str:
    step = None if view.lesson is None else view.lesson.step
    has_more = view.lesson is not None and isinstance(step, Task) and view.lesson.hints < len(step.hints)
    return "" if has_more else "there is no other hint"


def _again(snapshot: Snapshot, view: View) -> Reply:
    return view, (() if view.lesson is None else (OpenStop(view.lesson.lesson.opens, anew=True),))


def _no_lesson(snapshot: Snapshot, view: View) -> str:
    return "" if view.lesson is not None and view.lesson.lesson.steps else "this is no lesson"


def _no_step(snapshot: Snapshot, view: View) -> str:
    return "" if view.lesson is not None and view.lesson.step is not None else "there is no step to skip"


def _next(lesson: Lesson) -> str:
    return lesson.next


def _previous(lesson: Lesson) -> str:
    return lesson.previous


def _stop(opens: Callable[[Lesson], str]) -> Act:
    def act(snapshot: Snapshot, view: View) -> Reply:
        stop = "" if view.lesson is None else opens(view.lesson.lesson)
        commands: tuple[Command, ...] = (OpenStop(stop),) if stop else ()
        return view, commands

    return act


def _no_stop(opens: Callable[[Lesson], str], words: str) -> Callable[[Snapshot, View], str]:
    def idle(snapshot: Snapshot, view: View) -> str:
        if view.lesson is None:
            return "this is no stop of a lesson"
        return "" if opens(view.lesson.lesson) else words

    return idle


_NO_NEXT = _no_stop(_next, "there is no next stop")
_NO_PREVIOUS = _no_stop(_previous, "there is no previous stop")


# fmt: off
LESSON_KEYS = (
    KeyAction("lesson_on", "enter", "go on", "On to the next step.", "lesson", _walking(gone_on),
              during=(Stage.READ, Stage.SHOWN, Stage.SOLVED),
              footer_now=lambda _, view: ("let it run" if view.lesson and view.lesson.runs_next else "go on", 0)),
    KeyAction("lesson_type", "enter", "answer", "Type the answer.", "lesson", during=(Stage.TYPE,),
              footer="answer", rank=0),
    *(_answer(number) for number in range(MOST_ANSWERS)),
    KeyAction("lesson_waits", "enter", "what the lesson waits for", "Which key the lesson waits for.", "lesson",
              lambda snapshot, view: (view, ()), during=(Stage.CHOOSE, Stage.KEY), unless=(PROPOSAL,),
              unseen=lambda before, view: awaited(view)),
    KeyAction("lesson_runs", "enter", "what the lesson waits for", "Nothing, until the run of a step is over.",
              "lesson", lambda snapshot, view: (view, ()), during=(Stage.RUN,),
              unless=(HOME, CURSOR, POINT, PHRASE, PROPOSAL, WEIGHT),
              unseen=lambda before, view: "the lesson goes on after the run"),
    KeyAction("hint", "H", "hint", "One more hint for the task.", "lesson",
              _walking(lambda walk, snapshot: (hinted(walk), ())), during=(Stage.TASK,),
              idle=_no_hint, footer="hint", rank=0),
    KeyAction("lesson_skip", ";", "skip this step", "On without what this step waits for.", "lesson",
              _walking(lambda walk, snapshot: skipped(walk)), idle=_no_step),
    KeyAction("lesson_again", "J", "lesson again", "The lesson again, from its first step.", "lesson", _again,
              idle=_no_lesson),
    KeyAction("lesson_next", "enter", "next stop", "After the last step: the next stop.", "lesson", _stop(_next),
              during=(Stage.DONE,), idle=_NO_NEXT, footer="next stop", rank=0),
    KeyAction("next_stop", ")", "next stop", "Next, previous stop of the course or playlist.", "lesson",
              _stop(_next), idle=_NO_NEXT, own="The next stop of the course or playlist."),
    KeyAction("previous_stop", "(", "previous stop", "Next, previous stop of the course or playlist.", "lesson",
              _stop(_previous), idle=_NO_PREVIOUS, own="The stop before in the course or playlist."),
)
# fmt: on
