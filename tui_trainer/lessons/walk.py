"""The walk of a person through the steps of a lesson: immutable states, and what leads from one to the next.

Every function returns the next state and the commands for the run. The run itself is known only by its snapshots.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, structs

from tui_trainer.drawing.charts.numbers import plain
from tui_trainer.lessons.numbers import filled, value
from tui_trainer.lessons.steps import Controls, Goal, NumberAnswer, Predict, Step, Task
from tui_trainer.telemetry import Command, Embedding, Snapshot, Status, present
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.aim import Aim, AimView
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.telemetry.lead import Measured, lead

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

    @property
    def step(self) -> Step | None:
        """The present step; None after the last."""
        return self.lesson.steps[self.index] if self.index < len(self.lesson.steps) else None

    @property
    def holds_back(self) -> bool:
        """Whether a question is open, so that nothing on the screen may tell its answer."""
        return isinstance(self.step, Predict) and self.stage in (Stage.CHOOSE, Stage.TYPE, Stage.KEY, Stage.RUN)

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
    walk, commands = _at(Walk(lesson=lesson), index)
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
    walk = Walk(lesson=walk.lesson, index=index, aims=walk.aims, has_run=walk.has_run)
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
    is_open = walk.stage in (Stage.CHOOSE, Stage.TYPE)
    return _started(structs.replace(walk, answer=answer)) if is_open else (walk, ())


def is_left(walk: Walk, snapshot: Snapshot) -> bool:
    """Whether the person has gone to another run, with undo or from the list."""
    return walk.has_run and snapshot.title not in walk.titles


def hinted(walk: Walk) -> Walk:
    """One more hint."""
    most = len(walk.step.hints) if isinstance(walk.step, Task) else 0
    return structs.replace(walk, hints=min(walk.hints + 1, most)) if walk.stage is Stage.TASK else walk


def pressed(walk: Walk, keys: tuple[str, ...]) -> tuple[Walk, Commands]:
    """A key has acted. `keys`: all keys of its action."""
    awaited = walk.stage is Stage.KEY and walk.step is not None and walk.step.run is not None
    if not awaited or walk.step.run.key not in keys:  # type: ignore[union-attr]
        return walk, ()
    return (
        _watching(walk, Aim(iterations=0))
        if isinstance(walk.step, Predict)
        else (
            structs.replace(walk, stage=Stage.SHOWN),
            (),
        )
    )


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
        own = _missed_by_hand(step.expect, snapshot)
        met = view.met_at is not None if _claims(step.expect) else True
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


def reached(goal: Goal, outcome: Outcome | None, snapshot: Snapshot) -> bool:
    """Whether the run and the person have shown all of the goal."""
    by_run = not _claims(goal) or (outcome is not None and not goal.misses(outcome))
    return by_run and not _missed_by_hand(goal, snapshot)


def _claims(goal: Goal) -> bool:
    """Whether the goal asks for anything of the run itself."""
    by_hand = Goal(
        arm=goal.arm,
        selected=goal.selected,
        asked=goal.asked,
        prediction_above=goal.prediction_above,
        prediction_below=goal.prediction_below,
        asked_subject=goal.asked_subject,
        settings=goal.settings,
    )
    return goal != by_hand


def _missed_by_hand(goal: Goal, snapshot: Snapshot) -> tuple[str, ...]:
    """What the person has not chosen, asked or set yet, a sentence each."""
    misses = _not_selected(goal.selected, snapshot)
    if goal.arm is not None and ahead(snapshot) != goal.arm:
        misses.append(f"{goal.arm} ahead: it is {ahead(snapshot) or 'nobody'}")
    if goal.asked is not None:
        misses += _not_asked(goal, goal.asked, snapshot)
    if goal.asked_subject is not None:
        misses += _not_beside(goal.asked_subject, snapshot)
    for key, wanted in goal.settings.items():
        if snapshot.values.get(key) != wanted:
            misses.append(f"{key} = {wanted}: it is {snapshot.values.get(key)}")
    return tuple(misses)


def _not_selected(wanted: str | None, snapshot: Snapshot) -> list[str]:
    """What is missing if the followed weight is not the wanted one."""
    if wanted is None:
        return []
    weight = None if snapshot.step is None else snapshot.step.weight
    if weight is None or snapshot.iteration == 0:
        return [f"{wanted.replace('_', ' ')} chosen: there is no gradient before the first iteration"]
    size = wanted.removesuffix("_gradient")
    rank = weight.larger_gradients if size == "largest" else weight.count - 1 - weight.larger_gradients
    return [f"{size} gradient chosen: of {weight.count:,}, {rank:,} are {size[:-2]}r"] if rank else []


NEAR = 0.03
"""Distance from the wanted input that still counts, as a share of the range of each column: a cursor moves by cells."""


def _not_asked(goal: Goal, wanted: tuple[float, ...], snapshot: Snapshot) -> list[str]:
    """What is missing of the input for which the person has to ask the network, and of the reply."""
    words = f"asked for ({', '.join(map(plain, wanted))})"
    data = snapshot.data
    if data is None or data.asked is None:
        return [f"{words}: not yet"]
    asked, reply = data.asked.inputs, float(data.asked.prediction[0])
    ranges = data.inputs.max(axis=0) - data.inputs.min(axis=0)
    if len(asked) != len(wanted) or any(
        abs(a - w) > NEAR * r for a, w, r in zip(asked, wanted, ranges.tolist(), strict=True)
    ):
        return [f"{words}: it was ({', '.join(plain(each, 3) for each in asked)})"]
    low, high = goal.prediction_above, goal.prediction_below
    misses = [f"prediction above {low:g}: it is {reply:.4g}"] if low is not None and not reply > low else []
    return misses + ([f"prediction below {high:g}: it is {reply:.4g}"] if high is not None and not reply < high else [])


def _not_beside(wanted: str, snapshot: Snapshot) -> list[str]:
    """What is missing if the person's own phrase does not lie nearest to one of the wanted subject."""
    picture = None if snapshot.data is None else snapshot.data.picture
    if not isinstance(picture, Embedding) or picture.asked is None or picture.asked.nearest is None:
        return [f"a phrase of your own nearest to {wanted}: not yet"]
    subject = present(snapshot.data).class_names[int(picture.labels[picture.asked.nearest])]
    return [] if subject == wanted else [f"nearest to {wanted}: it is nearest to {subject}"]


def ahead(snapshot: Snapshot) -> str:
    """The arm of a race that is ahead; "" if none is, or several are."""
    arms = snapshot.arms
    measured = [
        Measured(
            yardstick=arm.yardstick,
            evaluation=arm.evaluation or arm.losses.evaluations.until(arm.iteration).latest,
            lost=arm.status is Status.DIVERGED,
        )
        for arm in arms
    ]
    first = lead(measured).ahead if measured else ()
    return arms[first[0]].name if len(first) == 1 else ""
