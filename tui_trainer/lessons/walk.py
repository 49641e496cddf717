"""A person's walk through the steps of a lesson: immutable states, and the functions that lead from one to the next.

Every function returns the next state and the commands for the run. The run itself is known only by its snapshots.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, structs

from tui_trainer.lessons.goals import claims, missed_by_hand, verdict_on
from tui_trainer.lessons.numbers import filled
from tui_trainer.lessons.steps import Controls, Predict, Step, Task
from tui_trainer.setting import PACE
from tui_trainer.telemetry import Command, LessonEntry, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.aim import Aim, AimView
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.telemetry.lesson import SOLVED, TASK

Commands = tuple[Command, ...]

ENDS = Status.FINISHED, Status.STOPPED_EARLY, Status.DIVERGED


class OpenPreset(Command, frozen=True):
    """Go on with the experiment of this preset, paused at its start. The screen carries it out, since it reads
    presets."""

    title: str


AFTER_A_CASE = OpenPreset("lr just right")
"""Where a person goes who leaves a closed case and has come from nowhere: its run may not stay on the screen, which
would tell its cause at no cost."""


class OpenStop(Command, frozen=True):
    """Open another stop of the playlist, or the present one again. The screen carries it out."""

    opens: str
    anew: bool = False
    """Whether to begin at its first step, wherever the person was."""


class Stage(StrEnum):
    """What the present step waits for."""

    READ = "read"
    """Enter, after the text has been read."""
    CHOOSE = "choose"
    """The choice of an answer."""
    TYPE = "type"
    """An answer that is typed."""
    RUN = "run"
    """The run, which goes on."""
    KEY = "key"
    """A key that the person is to press."""
    SHOWN = "shown"
    """Enter, after the reveal."""
    TASK = TASK
    """The task to be done."""
    SOLVED = SOLVED
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
    finished: LessonEntry | None = None
    """That step with its reveal or explanation, if the person left it there."""
    turned_out: dict[int, bool | None] = {}
    """Step, from 0 → how its prediction turned out earlier, or that its task was solved."""
    number: int = 1
    """Its number in the playlist, from 1."""
    of: int = 1
    """The number of stops of the playlist."""
    others_done: int = 0
    """Other stops of the playlist that the person has done."""
    next: str = ""
    """How the next stop is opened; "" for the last."""
    previous: str = ""
    """How the one before is opened; "" for the first."""
    hidden: bool = False
    """Whether it is a case: its first question asks for a fault, and nothing on the screen tells it before the
    answer."""
    looked: frozenset[str] = frozenset()
    """The panels of the case that the person opened in earlier sessions."""
    earned: int | None = None
    """The points of the person for the case, which the first answer decides."""


MOST_POINTS = 6
"""Points for naming the cause of a case by its loss alone. Every panel that was opened costs one."""


class Walk(Struct, frozen=True, kw_only=True):
    """Where a person is in a lesson."""

    lesson: Lesson
    index: int = 0
    """The present step, from 0."""
    stage: Stage = Stage.READ
    answer: int | float | str | None = None
    """The answer to the present question: an index from 0, a number or a text."""
    is_right: bool | None = None
    """Whether the answer was right; None before the reveal, and for an answer that is not judged."""
    right_words: str = ""
    """The right answer, after the reveal."""
    shown: str = ""
    """The reveal or the explanation with the numbers of that moment."""
    hints: int = 0
    """Hints that were asked for."""
    misses: tuple[str, ...] = ()
    """What the task still lacks, a sentence each."""
    aims: int = 0
    """The number of aims given to the run so far."""
    has_run: bool = False
    """Whether the run of the lesson has been seen."""
    is_at_end: bool = False
    """Whether the run to which a text leads has come to its end already: the person has not waited for the text."""
    looked: frozenset[str] = frozenset()
    """The panels of a case that were opened, each at the cost of a point."""
    turned_out: dict[int, bool | None] = {}
    """Step, from 0 → whether its prediction was right (None if it is not judged), or True for a solved task."""

    @property
    def step(self) -> Step | None:
        """The present step; None after the last."""
        return self.lesson.steps[self.index] if self.index < len(self.lesson.steps) else None

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels that the screen has at the present step; () for as many as have room."""
        step = self.showing
        return () if step is None or step.beside is None else (step.show, *step.beside)

    @property
    def draws_network(self) -> bool:
        """Whether the weights panel shows the whole network at the present step, however large it is."""
        return self.showing is not None and self.showing.diagram

    @property
    def showing(self) -> Step | None:
        """The step that decides what the screen shows: the present one, or the last before it with `show`."""
        steps = self.lesson.steps[: self.index + 1] if self.step is not None else ()
        return next((step for step in reversed(steps) if step.show), None)

    @property
    def beside_the_same(self) -> tuple[Step, ...]:
        """The steps during which the screen shows the panels of the present one."""
        steps = self.lesson.steps
        return tuple(step for n, step in enumerate(steps) if structs.replace(self, index=n).showing is self.showing)

    @property
    def is_closed_case(self) -> bool:
        """Whether the cause of a case is still to be named, so that its panels are closed until they are opened."""
        question = next((n for n, step in enumerate(self.lesson.steps) if isinstance(step, Predict)), -1)
        before = (self.index, self.stage is Stage.SHOWN) < (question, True)
        return self.lesson.hidden and before

    @property
    def is_uncured_case(self) -> bool:
        """Whether the cure of a case is still to be found, so that the program proposes none."""
        return self.lesson.hidden and self.stage not in (Stage.SOLVED, Stage.DONE)

    @property
    def points(self) -> int:
        """What the right answer to a case is worth now."""
        return max(MOST_POINTS - len(self.looked), 1)

    @property
    def controls(self) -> Controls | None:
        """Which settings may be changed by hand at the moment."""
        return Controls(allow=()) if self.is_closed_case else self.lesson.controls

    @property
    def holds_back(self) -> bool:
        """Whether a question is open. Then nothing on the screen may tell its answer."""
        is_open = isinstance(self.step, Predict) and self.stage in (Stage.CHOOSE, Stage.TYPE, Stage.KEY, Stage.RUN)
        return is_open or self.is_closed_case

    @property
    def asks(self) -> bool:
        """Whether the present question has not been answered yet."""
        return self.stage in (Stage.CHOOSE, Stage.TYPE)

    @property
    def held_settings(self) -> frozenset[str]:
        """Dotted keys of the settings that an open question has changed: their values could be its answer."""
        return frozenset(self.step.set) - {PACE} if self.asks and self.step is not None else frozenset()

    @property
    def awaited_key(self) -> str:
        """The program's own key that the person is to press now; "" at any other time."""
        stretch = None if self.step is None else self.step.run
        return stretch.key if stretch is not None and self.stage is Stage.KEY else ""

    @property
    def runs_next(self) -> bool:
        """Whether the run goes on as soon as the text has been read."""
        return self.stage is Stage.READ and self.step is not None and self.step.run is not None and not self.is_at_end

    @property
    def stands_by_key(self) -> bool:
        """Whether the person has brought the run to the present moment with a key that the step asks for, so that the
        texts speak of this moment."""
        led = self.index - (self.stage is Stage.READ)
        stretch = self.lesson.steps[led].run if 0 <= led < len(self.lesson.steps) else None
        return stretch is not None and bool(stretch.key) and self.stage in (Stage.READ, Stage.SHOWN)

    @property
    def titles(self) -> frozenset[str]:
        """The titles that the runs of the lesson have."""
        return frozenset((self.lesson.title, *(step.preset for step in self.lesson.steps if step.preset)))


def changes_of(step: Step) -> Commands:
    """The changes that a step makes to the run."""
    opened = (OpenPreset(step.preset), do.Pause()) if step.preset else ()
    settings = (do.ChangeSetting(key, value) for key, value in step.set.items() if key != PACE)
    begun_anew = (do.Restart(),) if step.restart else ()
    pace = step.set.get(PACE)
    paced = () if pace is None else (do.SetPace(float(pace) if isinstance(pace, int | float) else None),)
    return (*opened, *settings, *begun_anew, *paced, do.Pause())


def at_step(walk: Walk, index: int) -> tuple[Walk, Commands]:
    walk = Walk(
        lesson=walk.lesson,
        index=index,
        aims=walk.aims,
        has_run=walk.has_run,
        looked=walk.looked,
        turned_out=_outcomes(walk),
    )
    step = walk.step
    if step is None:
        return structs.replace(walk, stage=Stage.DONE), (do.WatchFor(None),)
    commands: Commands = (do.Pause(), do.WatchFor(None), *changes_of(step))
    match step:
        case Predict():
            return structs.replace(walk, stage=Stage.CHOOSE if step.answers else Stage.TYPE), commands
        case Task():
            aim = structs.replace(aim_of(step), number=walk.aims + 1)
            return structs.replace(walk, stage=Stage.TASK, aims=aim.number), (*commands, do.WatchFor(aim))
    if step.run is not None and step.run.key:
        return structs.replace(walk, stage=Stage.KEY), commands
    return walk, commands


def _outcomes(walk: Walk) -> dict[int, bool | None]:
    """How the steps have turned out, with the present one if it is over."""
    if walk.stage is Stage.SOLVED:
        return walk.turned_out | {walk.index: True}
    is_revealed = walk.stage is Stage.SHOWN and isinstance(walk.step, Predict)
    return walk.turned_out | {walk.index: walk.is_right} if is_revealed else walk.turned_out


def aim_of(task: Task, other: Outcome | None = None) -> Aim:
    """What a run is watched for during a task. `other`: the run of the preset that it is compared with."""
    return Aim(claim=task.expect, at_the_end=task.expect.is_decided_at_the_end, pauses=True, other=other)


def gone_on(walk: Walk, snapshot: Snapshot) -> tuple[Walk, Commands]:
    """The walk after enter: the text has been read."""
    if walk.runs_next:
        return _started(walk)
    return at_step(walk, walk.index + 1) if walk.stage in (Stage.READ, Stage.SHOWN, Stage.SOLVED) else (walk, ())


def _started(walk: Walk) -> tuple[Walk, Commands]:
    """The run of the step begins. A step without one shows the answer at the present moment."""
    stretch = None if walk.step is None else walk.step.run
    if stretch is not None and stretch.key:
        return structs.replace(walk, stage=Stage.KEY), ()
    if stretch is None:
        return _watching(walk, Aim(iterations=0))
    aim = Aim(claim=stretch.until, any_finding=stretch.any_finding, iterations=stretch.iterations)
    walk, commands = _watching(walk, aim)
    return walk, (*commands, do.Resume())


def _watching(walk: Walk, aim: Aim) -> tuple[Walk, Commands]:
    """The run is watched for what ends the step. With no iterations to run, the present moment ends it."""
    aim = structs.replace(aim, pauses=True, number=walk.aims + 1)
    return structs.replace(walk, stage=Stage.RUN, aims=aim.number), (do.WatchFor(aim),)


def skipped(walk: Walk) -> tuple[Walk, Commands]:
    """The next step, whatever the present one waits for."""
    return at_step(walk, walk.index + 1) if walk.step is not None else (walk, ())


def answered(walk: Walk, answer: int | float | str) -> tuple[Walk, Commands]:
    """The question is answered, so the run may go on."""
    return _started(structs.replace(walk, answer=answer)) if walk.asks else (walk, ())


def is_news(before: Walk | None, now: Walk) -> bool:
    """Whether there is something to remember: another step, another stage of a step, another opened panel of a case."""
    known = None if before is None else (before.lesson.title, before.index, before.stage, before.looked)
    return bool(now.lesson.steps) and known != (now.lesson.title, now.index, now.stage, now.looked)


def is_left(walk: Walk, snapshot: Snapshot) -> bool:
    """Whether the person has gone to another run, with undo or from the list."""
    return walk.has_run and snapshot.title not in walk.titles


def looked_at(walk: Walk, panel: str) -> Walk:
    """A panel has got the focus. In a case that opens it, at the cost of a point."""
    is_new = walk.is_closed_case and panel not in walk.looked
    return structs.replace(walk, looked=walk.looked | {panel}) if is_new else walk


def hinted(walk: Walk) -> Walk:
    most = len(walk.step.hints) if isinstance(walk.step, Task) else 0
    return structs.replace(walk, hints=min(walk.hints + 1, most)) if walk.stage is Stage.TASK else walk


def pressed(walk: Walk, keys: tuple[str, ...]) -> tuple[Walk, Commands]:
    """A key was pressed that did something. `keys`: all keys of its action."""
    if walk.awaited_key not in keys:
        return walk, ()
    if isinstance(walk.step, Predict):
        return _watching(walk, Aim(iterations=0))
    return structs.replace(walk, stage=Stage.SHOWN), ()


def observed(walk: Walk, snapshot: Snapshot) -> tuple[Walk, Commands]:
    """The walk at a new moment of the run."""
    view = None if snapshot.control is None else snapshot.control.aim
    step = walk.step
    if not walk.has_run and snapshot.title in walk.titles:
        walk = structs.replace(walk, has_run=True)
    if walk.is_at_end is not (is_at_end := _is_at_end(walk, snapshot)):
        walk = structs.replace(walk, is_at_end=is_at_end)
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


def _is_at_end(walk: Walk, snapshot: Snapshot) -> bool:
    """Whether the run of a text that leads to the end of the run stands there. Without `has_run`, or while it is still
    watched for a step before, the snapshot is older than the text."""
    stretch = None if walk.step is None or walk.stage is not Stage.READ else walk.step.run
    leads = stretch is not None and stretch.iterations is None and not stretch.key
    is_watched = snapshot.control is not None and snapshot.control.aim is not None
    return leads and walk.has_run and not is_watched and snapshot.status in ENDS


def _revealed(walk: Walk, view: AimView, snapshot: Snapshot) -> Walk:
    """The reveal: what the run has shown, beside what was predicted."""
    step = walk.step
    if not isinstance(step, Predict):
        return structs.replace(walk, stage=Stage.SHOWN)
    is_right, words = verdict_on(step, walk.answer, view.outcome, snapshot)
    return structs.replace(
        walk, stage=Stage.SHOWN, is_right=is_right, right_words=words, shown=filled(step.reveal, snapshot)
    )
