"""The keys of a lesson: on, an answer, a hint, the stops of a playlist. During a lesson they come before all others."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from tui_trainer.dashboard.view import PROPOSAL, Act, KeyAction, Outcome, View, focus
from tui_trainer.lessons.steps import MOST_ANSWERS, Predict, Task
from tui_trainer.lessons.walk import Commands, OpenStop, Stage, Walk, answered, gone_on, hinted, skipped
from tui_trainer.telemetry import Command, Snapshot

HELD_BACK = ("examine", "fix", "card", "seeds")
"""Actions that would tell the answer to an open question."""
CLOSED = ("next_curve", "setting_edit", "find_setting", "fork", "export", "copy_command", "keep")
"""Actions that would tell the settings of a case whose cause is still to be named."""
MOVES = (
    *("toggle", "step", "back", "phase", "phase_back", "epoch", "start", "live", "slow_motion", "best", "cursor_seek"),
    *("restart", "new_seed", "fork", "redo"),
)
"""Actions that lead the run to another moment: before an answer they would show it, and the reveal speaks of this
moment."""


def awaited(view: View) -> str:
    """What the person is to press now, in words: "press p", "choose 1 to 3"; "" where the lesson waits for no key."""
    walk = view.lesson
    if walk is not None and walk.stage is Stage.KEY:
        return f"press {view.sign(view.awaits) or walk.awaited_key}"
    return f"choose {view.sign('answer_1')} to {_answers(view)}" if view.stage == Stage.CHOOSE else ""


def walked(view: View, walk: Walk) -> View:
    """The view with this state of the lesson, and with the panel in focus that a new step shows."""
    before, step = view.lesson, walk.step
    is_new = before is None or before.lesson is not walk.lesson or before.index != walk.index
    if is_new and step is not None and step.show is not None:
        view = focus(structs.replace(view, zoomed=False), step.show)
    return structs.replace(view, lesson=walk, left=None)


def _walking(go: Callable[[Walk, Snapshot], tuple[Walk, Commands]]) -> Act:
    def act(snapshot: Snapshot, view: View) -> Outcome:
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
        footer_now=lambda snapshot, view: ("answer" if number == 0 else "", 0),
        signs=f"1–{MOST_ANSWERS}" if number == 0 else "", own=f"Choose answer {number + 1}.",
    )  # fmt: skip


def _no_hint(snapshot: Snapshot, view: View) -> str:
    step = None if view.lesson is None else view.lesson.step
    has_more = view.lesson is not None and isinstance(step, Task) and view.lesson.hints < len(step.hints)
    return "" if has_more else "there is no other hint"


def _again(snapshot: Snapshot, view: View) -> Outcome:
    return view, (() if view.lesson is None else (OpenStop(view.lesson.lesson.opens, anew=True),))


def _no_lesson(snapshot: Snapshot, view: View) -> str:
    return "" if view.lesson is not None and view.lesson.lesson.steps else "this is no lesson"


def _no_step(snapshot: Snapshot, view: View) -> str:
    return "" if view.lesson is not None and view.lesson.step is not None else "there is no step to skip"


def _stop(direction: str) -> Act:
    def act(snapshot: Snapshot, view: View) -> Outcome:
        opens = "" if view.lesson is None else getattr(view.lesson.lesson, direction)
        commands: tuple[Command, ...] = (OpenStop(opens),) if opens else ()
        return view, commands

    return act


def _no_stop(direction: str) -> Callable[[Snapshot, View], str]:
    def idle(snapshot: Snapshot, view: View) -> str:
        if view.lesson is None:
            return "this is no stop of a lesson"
        return "" if getattr(view.lesson.lesson, direction) else f"there is no {direction} stop"

    return idle


# fmt: off
LESSON_KEYS = (
    KeyAction("lesson_on", "enter", "go on", "On to the next step.", "lesson", _walking(gone_on),
              during=(Stage.READ, Stage.SHOWN, Stage.SOLVED), footer="go on", rank=0),
    KeyAction("lesson_type", "enter", "answer", "Type the answer.", "lesson", during=(Stage.TYPE,),
              footer="answer", rank=0),
    *(_answer(number) for number in range(MOST_ANSWERS)),
    KeyAction("lesson_waits", "enter", "what the lesson waits for", "Which key the lesson waits for.", "lesson",
              lambda snapshot, view: (view, ()), during=(Stage.CHOOSE, Stage.KEY), unless=(PROPOSAL,),
              unseen=lambda before, view: awaited(view)),
    KeyAction("hint", "H", "hint", "One more hint for the task.", "lesson",
              _walking(lambda walk, snapshot: (hinted(walk), ())), during=(Stage.TASK,),
              idle=_no_hint, footer="hint", rank=0),
    KeyAction("lesson_skip", ";", "skip this step", "On without what this step waits for.", "lesson",
              _walking(lambda walk, snapshot: skipped(walk)), idle=_no_step),
    KeyAction("lesson_again", "J", "lesson again", "The lesson again, from its first step.", "lesson", _again,
              idle=_no_lesson),
    KeyAction("lesson_next", "enter", "next stop", "After the last step: the next stop.", "lesson", _stop("next"),
              during=(Stage.DONE,), idle=_no_stop("next"), footer="next stop", rank=0),
    KeyAction("next_stop", ")", "next stop", "Next, previous stop of the course or playlist.", "lesson",
              _stop("next"), idle=_no_stop("next"), own="The next stop of the course or playlist."),
    KeyAction("previous_stop", "(", "previous stop", "Next, previous stop of the course or playlist.", "lesson",
              _stop("previous"), idle=_no_stop("previous"), own="The stop before in the course or playlist."),
)
# fmt: on
