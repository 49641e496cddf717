"""The walk of a person through the steps of a lesson: immutable states, and what leads from one to the next.

Every function returns the next state and the commands for the run. The run itself is known only by its snapshots.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, structs

from tui_trainer.lessons.goals import claims, missed_by_hand, reached
from tui_trainer.lessons.numbers import filled, value
from tui_trainer.lessons.steps import Controls, Goal, NumberAnswer, Predict, Step, Task
from tui_trainer.telemetry import Command, Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.aim import Aim, AimView
from tui_trainer.telemetry.expectation import Outcome

Commands = tuple[Command, ...]


class OpenPreset(Command, frozen=True):
    """Go on with the experiment of this preset, paused at its start. Carried out by the screen, which reads presets."""

    title: str


class OpenStop(Command, frozen=True):
    """Open another stop of the playlist, or the present one again. Carried out by the screen."""

    opens: str
    anew: bool = False
    """Whether at its first step, wherever the person was."""


class Stage(StrEnum):
    """What the present step waits for."""

    READ = "read"
    """Enter, after the text has been read."""
    CHOOSE = "choose"
    """The choice of an answer."""
    TYPE = "type"
    """An answer that is typed."""
    RUN = "run"
    """The run, which is on its way."""
    KEY = "key"
    """A key that the person is to press."""
    SHOWN = "shown"
    """Enter, after what the run has shown."""
    TASK = "task"
    """The task to be done."""
    SOLVED = "solved"
    """Enter, after the task is done."""
    DONE = "done"
    """Nothing: this was the last step."""


class Lesson(Struct, frozen=True, kw_only=True):
    """A stop of a playlist: a lesson, or a preset without steps."""

    title: str
    opens: str
    """How it is opened: a title, or the path of a file."""
    steps: tuple[Step, ...] = ()
    controls: Controls | None = None
    resumes_at: int = 0
    """The step, from 0, at which the person goes on."""
    number: int = 1
    """Its number in the playlist, from 1."""
    of: int = 1
    """Stops of the playlist."""
    next: str = ""
    """How the next stop is opened; "" for the last."""
    previous: str = ""
    hidden: bool = False
    """Whether it is a case: its first question asks for a fault that nothing tells until it is answered."""
    looked: frozenset[str] = frozenset()
    """Panels of the case that the person has opened earlier."""
    earned: int | None = None
    """Points that the person has for the case; the first answer decides."""


MOST_POINTS = 6
"""For naming the cause of a case by its loss alone; every panel that was opened costs one."""
FREE = ("loss", "settings")
"""Panels that cost nothing: one is open from the start, the other stays closed."""


class Walk(Struct, frozen=True, kw_only=True):
    """Where a person is in a lesson."""

    lesson: Lesson
    index: int = 0
    """The present step, from 0."""
    stage: Stage = Stage.READ
    answer: int | float | str | None = None
    """The answer to the present question: an index from 0, a number or a text."""
    is_right: bool | None = None
    """Whether the answer was right; None before the reveal, and for an answer that nobody judges."""
    right_words: str = ""
    """The right answer, after the reveal."""
    shown: str = ""
    """The reveal or the explanation with the numbers of that moment."""
    hints: int = 0
    """Hints that were asked for."""
    misses: tuple[str, ...] = ()
    """What the task still lacks, a sentence each."""
    aims: int = 0
    """Aims that the run was given so far."""
    has_run: bool = False
    """Whether the run of the lesson has been seen."""
    looked: frozenset[str] = frozenset()
    """Panels of a case that were opened, each at the cost of a point."""

    @property
    def step(self) -> Step | None:
        """The present step; None after the last."""
        return self.lesson.steps[self.index] if self.index < len(self.lesson.steps) else None

    @property
    def is_closed_case(self) -> bool:
        """Whether the cause of a case is still to be named, so that its panels are closed until they are opened."""
        question = next((n for n, step in enumerate(self.lesson.steps) if isinstance(step, Predict)), -1)
        before = (self.index, self.stage is Stage.SHOWN) < (question, True)
        return self.lesson.hidden and before

    @property
    def points(self) -> int:
        """What the right answer to a case is worth now."""
        return max(MOST_POINTS - len(self.looked), 1)

    @property
    def controls(self) -> Controls | None:
        """What may be changed by hand at the moment."""
        return Controls(allow=()) if self.is_closed_case else self.lesson.controls

    @property
    def holds_back(self) -> bool:
        """Whether a question is open, so that nothing on the screen may tell its answer."""
        is_open = isinstance(self.step, Predict) and self.stage in (Stage.CHOOSE, Stage.TYPE, Stage.KEY, Stage.RUN)
        return is_open or self.is_closed_case

    @property
    def asks(self) -> bool:
        """Whether the present question has not been answered yet."""
        return self.stage in (Stage.CHOOSE, Stage.TYPE)

    @property
    def awaited_key(self) -> str:
        """The program's own key that the person is to press now; "" at any other time."""
        stretch = None if self.step is None else self.step.run
        return stretch.key if stretch is not None and self.stage is Stage.KEY else ""

    @property
    def titles(self) -> frozenset[str]:
        """The titles that its runs have."""
        return frozenset((self.lesson.title, *(step.preset for step in self.lesson.steps if step.preset)))


def begun(lesson: Lesson, index: int = 0) -> tuple[Walk, Commands]:
    """The lesson from a step on, on the run of its experiment at the start."""
    index = _whole(lesson.steps, index)
    before: Commands = ()
    for step in lesson.steps[:index]:
        before += _changes(step)
    walk, commands = _at(Walk(lesson=lesson, looked=lesson.looked), index)
    return walk, (*before, *commands)


def _whole(steps: tuple[Step, ...], index: int) -> int:
    """The step from which to go on so that the run is as the texts tell: a step needs what ran since the run began."""
    index = min(max(index, 0), len(steps))
    fresh = max((n for n in range(min(index, len(steps) - 1) + 1) if steps[n].restart or steps[n].preset), default=0)
    ran = any(step.run is not None or isinstance(step, Task) for step in steps[fresh:index])
    return fresh if ran and index < len(steps) else index


def _changes(step: Step) -> Commands:
    """What a step changes of the run."""
    opened = (OpenPreset(step.preset), do.Pause()) if step.preset else ()
    settings = (do.ChangeSetting(key, value) for key, value in step.set.items())
    begun_anew = (do.Restart(),) if step.restart else ()
    return (*opened, *settings, *begun_anew, do.Pause())


def _at(walk: Walk, index: int) -> tuple[Walk, Commands]:
    """The beginning of a step."""
    walk = Walk(lesson=walk.lesson, index=index, aims=walk.aims, has_run=walk.has_run, looked=walk.looked)
    step = walk.step
    if step is None:
        return structs.replace(walk, stage=Stage.DONE), (do.WatchFor(None),)
    commands: Commands = (do.Pause(), do.WatchFor(None), *_changes(step))
    match step:
        case Predict():
            return structs.replace(walk, stage=Stage.CHOOSE if step.answers else Stage.TYPE), commands
        case Task():
            aim = structs.replace(aim_of(step), number=walk.aims + 1)
            return structs.replace(walk, stage=Stage.TASK, aims=aim.number), (*commands, do.WatchFor(aim))
    if step.run is not None and step.run.key:
        return structs.replace(walk, stage=Stage.KEY), commands
    return walk, commands


def aim_of(task: Task, other: Outcome | None = None) -> Aim:
    """What a run is watched for during a task. `other`: the run of the preset that it is compared with."""
    return Aim(claim=task.expect, at_the_end=task.expect.is_decided_at_the_end, pauses=True, other=other)


def gone_on(walk: Walk, snapshot: Snapshot) -> tuple[Walk, Commands]:
    """After enter: the text has been read."""
    step = walk.step
    if walk.stage is Stage.READ and step is not None and step.run is not None:
        return _started(walk)
    return _at(walk, walk.index + 1) if walk.stage in (Stage.READ, Stage.SHOWN, Stage.SOLVED) else (walk, ())


def _started(walk: Walk) -> tuple[Walk, Commands]:
    """The run of the step begins; without one the present moment is what shows the answer."""
    stretch = None if walk.step is None else walk.step.run
    if stretch is not None and stretch.key:
        return structs.replace(walk, stage=Stage.KEY), ()
    if stretch is None:
        return _watching(walk, Aim(iterations=0))
    aim = Aim(claim=stretch.until, any_finding=stretch.any_finding, iterations=stretch.iterations)
    walk, commands = _watching(walk, aim)
    return walk, (*commands, do.Resume())


def _watching(walk: Walk, aim: Aim) -> tuple[Walk, Commands]:
    """The run is watched for what ends the step; without iterations that is the present moment."""
    aim = structs.replace(aim, pauses=True, number=walk.aims + 1)
    return structs.replace(walk, stage=Stage.RUN, aims=aim.number), (do.WatchFor(aim),)


def skipped(walk: Walk) -> tuple[Walk, Commands]:
    """The next step, whatever the present one waits for."""
    return _at(walk, walk.index + 1) if walk.step is not None else (walk, ())


def answered(walk: Walk, answer: int | float | str) -> tuple[Walk, Commands]:
    """The question is answered: the run may go."""
    return _started(structs.replace(walk, answer=answer)) if walk.asks else (walk, ())


def is_news(before: Walk | None, now: Walk) -> bool:
    """Whether there is something to remember: another step, another stage of one, another look at a case."""
    known = None if before is None else (before.lesson.title, before.index, before.stage, before.looked)
    return bool(now.lesson.steps) and known != (now.lesson.title, now.index, now.stage, now.looked)


def is_left(walk: Walk, snapshot: Snapshot) -> bool:
    """Whether the person has gone to another run, with undo or from the list."""
    return walk.has_run and snapshot.title not in walk.titles


def looked_at(walk: Walk, panel: str) -> Walk:
    """A panel has the focus: in a case that opens it."""
    is_new = walk.is_closed_case and panel not in walk.looked and panel not in FREE
    return structs.replace(walk, looked=walk.looked | {panel}) if is_new else walk


def hinted(walk: Walk) -> Walk:
    """One more hint."""
    most = len(walk.step.hints) if isinstance(walk.step, Task) else 0
    return structs.replace(walk, hints=min(walk.hints + 1, most)) if walk.stage is Stage.TASK else walk


def pressed(walk: Walk, keys: tuple[str, ...]) -> tuple[Walk, Commands]:
    """A key has acted. `keys`: all keys of its action."""
    if walk.awaited_key not in keys:
        return walk, ()
    if isinstance(walk.step, Predict):
        return _watching(walk, Aim(iterations=0))
    return structs.replace(walk, stage=Stage.SHOWN), ()


def observed(walk: Walk, snapshot: Snapshot) -> tuple[Walk, Commands]:
    """Another moment of the run."""
    view = None if snapshot.control is None else snapshot.control.aim
    step = walk.step
    if not walk.has_run and snapshot.title in walk.titles:
        walk = structs.replace(walk, has_run=True)
    if view is None or step is None or view.aim.number != walk.aims:
        return walk, ()
    if walk.stage is Stage.RUN and view.is_over:
        return _revealed(walk, view, snapshot), (do.Pause(),)
    if walk.stage is Stage.TASK and isinstance(step, Task):
        own = missed_by_hand(step.expect, snapshot)
        met = view.met_at is not None if claims(step.expect) else True
        misses = (*(() if met else view.misses), *own)
        if met and not own:
            explained = filled(step.explain, snapshot)
            return structs.replace(walk, stage=Stage.SOLVED, shown=explained, misses=()), (do.Pause(),)
        return structs.replace(walk, misses=misses), ()
    return walk, ()


def _revealed(walk: Walk, view: AimView, snapshot: Snapshot) -> Walk:
    """What the run has shown, beside what was predicted."""
    step = walk.step
    if not isinstance(step, Predict):
        return structs.replace(walk, stage=Stage.SHOWN)
    is_right, words = _verdict(step, walk.answer, view.outcome, snapshot)
    return structs.replace(
        walk, stage=Stage.SHOWN, is_right=is_right, right_words=words, shown=filled(step.reveal, snapshot)
    )


def _verdict(
    step: Predict, answer: int | float | str | None, outcome: Outcome | None, snapshot: Snapshot
) -> tuple[bool | None, str]:
    """Whether the answer was right, and the right one in words."""
    if isinstance(step.answer, NumberAnswer):
        named = isinstance(step.answer.number, str)
        right = value(snapshot, step.answer.number) if isinstance(step.answer.number, str) else step.answer.number
        if not isinstance(right, int | float) or not isinstance(answer, int | float):
            return None, ""
        words = filled(f"{{{step.answer.number}:4}}", snapshot) if named else f"{right:g}"
        slack = 1e-9 * max(abs(right), 1.0)
        return abs(answer - right) <= step.answer.within + slack, words
    if not step.answers:
        return None, ""
    index = step.right if isinstance(step.right, int) else _happened(step.right or (), outcome, snapshot)
    if index is None:
        return False, "none of these"
    return answer == index, step.answers[index]


def _happened(goals: tuple[Goal, ...], outcome: Outcome | None, snapshot: Snapshot) -> int | None:
    """The index of the first goal that was reached; of one that asks for nothing if it is the only other one."""
    for index, goal in enumerate(goals):
        if goal != Goal() and reached(goal, outcome, snapshot):
            return index
    others = [index for index, goal in enumerate(goals) if goal == Goal()]
    return others[0] if len(others) == 1 else None
