"""Grading a lesson without a screen: its tasks are judged by the teacher's file, on the run that a student has set up,
or on what a student has played.

Only settings that the lesson allows count. A task is met exactly where it would be on the screen: at the first
evaluation that shows all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, structs

from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.experiment.in_force import flattened
from tui_trainer.experiment.settings import differences
from tui_trainer.experiment.words import value_words
from tui_trainer.lessons.controls import changed_by
from tui_trainer.lessons.goals import out_of_range
from tui_trainer.lessons.steps import Controls, Goal, Step, Task
from tui_trainer.lessons.walk import Stage, aim_of
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.runs.watched import Watched
from tui_trainer.studies.verify import outcome_of
from tui_trainer.telemetry import Evaluation, JournalEntry, LessonEntry
from tui_trainer.telemetry.expectation import Outcome


class Grade(Struct, frozen=True, kw_only=True):
    """The result of one task."""

    step: int
    """Number of its step, from 1."""
    task: str
    met_at: int | None
    """The iteration at which all that was judged was met; None if it was not."""
    misses: tuple[str, ...]
    """Sentences that say why it was not met."""
    unjudged: tuple[str, ...] = ()
    """Goals that only a person at the screen can reach, and that are not judged here: with one the task is not met."""
    played: bool = True
    """Whether the student came to the task on this run, as far as that was noted."""
    run: str = ""
    """The name of the run that decided, if there were several."""

    @property
    def met(self) -> bool:
        return self.met_at is not None and not self.unjudged


class GradedLesson(Struct, frozen=True, kw_only=True):
    """What is graded, as the teacher's file has it."""

    steps: Sequence[Step]
    start: Experiment
    """The experiment before the first step."""
    controls: Controls | None
    find: Callable[[str], Experiment]
    """The experiment of a preset, by its title."""

    @property
    def experiments(self) -> Iterator[Experiment]:
        """The experiment of each step, as the teacher gives it."""
        experiment = self.start
        for step in self.steps:
            experiment = with_settings(self.find(step.preset) if step.preset else experiment, step.set)
            yield experiment

    @property
    def tasks(self) -> Iterator[tuple[int, Task, Experiment]]:
        """Each task with the number of its step, from 1, and the experiment that the teacher gives it."""
        for number, (step, given) in enumerate(zip(self.steps, self.experiments, strict=True), start=1):
            if isinstance(step, Task):
                yield number, step, given

    def compared(self, task: Task, teacher: Experiment, seed: int) -> Outcome | None:
        """The run under a seed with which a task compares: of another preset, or its ghost; None if it compares with
        none."""
        goal = task.expect
        if goal.ghost is not None:
            return outcome_of(with_settings(teacher, goal.ghost), seed)
        return None if goal.compared_with is None else outcome_of(self.find(goal.compared_with.preset), seed)

    def compared_at(self, index: int, seed: int) -> Outcome | None:
        """The same for the step at `index`; None for one that is no task."""
        tasks = {number: (task, teacher) for number, task, teacher in self.tasks}
        return self.compared(*tasks[index + 1], seed) if index + 1 in tasks else None


class Played(Struct, frozen=True, kw_only=True):
    """What a student has played: a run that can be computed again, to the bit on the machine that recorded it."""

    experiment: Experiment
    """At the start."""
    journal: Sequence[JournalEntry]
    iterations: int
    """The iterations that it ran."""
    lesson: Sequence[LessonEntry] = ()
    """What was noted of the lesson; nothing if it was played without the lesson's strip, or by an older program."""


def changes_of(
    student: Mapping[str, Any],
    teacher: Experiment,
    lesson: Sequence[Experiment],
    controls: Controls | None,
) -> dict[str, object]:
    """Dotted key → value of everything that a student's tables give otherwise than the teacher's experiment for a task
    has it. Where the student may change nothing, a value that the lesson itself has at another step is no change:
    `lesson` has the experiments of all its steps."""
    known = flattened(teacher.tables)
    given = {key: value for key, value in flattened(student).items() if not isinstance(value, dict)}
    different = {key: value for key, value in given.items() if _plain(value) != _plain(known.get(key))}
    others = [flattened(each.tables) for each in lesson]
    forbidden = _not_allowed(different, controls)
    laid = {key for key, value in forbidden.items() if any(_plain(value) == _plain(other.get(key)) for other in others)}
    return {key: value for key, value in different.items() if key not in laid}


def _plain(value: object) -> object:
    return list(map(_plain, value)) if isinstance(value, (list, tuple)) else value


def forbidden(changes: Mapping[str, object], controls: Controls | None) -> tuple[str, ...]:
    """A sentence for each change that the lesson does not allow."""
    return tuple(
        f"{key} was changed to {value_words(value, key)}, which this lesson does not allow"
        for key, value in _not_allowed(changes, controls).items()
    )


def _not_allowed(changes: Mapping[str, object], controls: Controls | None) -> dict[str, object]:
    return {key: value for key, value in changes.items() if controls is not None and not controls.allows(key)}


def grade(lesson: GradedLesson, student: Mapping[str, Any], changes: Mapping[str, object]) -> list[Grade]:
    """Judge all tasks of a lesson on a run with a student's tables, and `changes` over them. Raises `SettingError`."""
    grades, experiments = [], [lesson.start, *lesson.experiments]
    for number, task, teacher in lesson.tasks:
        changed = {**changes_of(student, teacher, experiments, lesson.controls), **changes}
        if wrong := forbidden(changed, lesson.controls):
            grades.append(Grade(step=number, task=task.text, met_at=None, misses=wrong))
        else:
            experiment_now = with_settings(teacher, changed)
            other = lesson.compared(task, teacher, experiment_now.training.seed)
            grades.append(_judged(number, task, experiment_now, other))
    return grades


def grade_played(lesson: GradedLesson, played: Played) -> list[Grade]:
    """Judge all tasks of a lesson on a played run, as long as that is a run of the lesson. The steps of the lesson may
    change anything; the first change by hand that the lesson does not allow ends what counts. Where the steps were
    noted, a task counts from where it began, and what only the screen can judge is as it was there. Raises
    `SettingError`, and `IndexError` for a weight that does not exist."""
    laid = [(key, _plain(value)) for step in lesson.steps for key, value in step.set.items()]
    wrong: tuple[str, ...] = ()
    for index, entry in enumerate(played.journal):
        value = entry.change.value
        changes = {key: value for key in changed_by(entry.change) if (key, _plain(value)) not in laid}
        if wrong := forbidden(changes, lesson.controls):
            played = structs.replace(played, journal=played.journal[:index], iterations=entry.iteration)
            break
    grades = []
    for number, task, teacher in lesson.tasks:
        began = 0 if not played.lesson else _noted(played.lesson, number)
        if began is None or began > played.iterations:  # never reached, or on an arm that came farther
            grades.append(_not_played(number, task, f"the recording has no step {number} of the lesson"))
            continue
        met_at, misses, unjudged = _judged_as_played(lesson, task, teacher, played, began)
        if unjudged and played.lesson:  # the screen judged the task
            met_at = None if met_at is None else _noted(played.lesson, number, (Stage.SOLVED,))
            misses, unjudged = misses or (() if met_at is not None else unjudged), ()
        misses = () if met_at is not None else (*misses, *wrong)
        grades.append(Grade(step=number, task=task.text, met_at=met_at, misses=misses, unjudged=unjudged))
    return grades


def not_played(steps: Sequence[Step], why: str) -> list[Grade]:
    """Every task of a lesson, where there is no run to judge it on."""
    return [_not_played(number, step, why) for number, step in enumerate(steps, start=1) if isinstance(step, Task)]


def _not_played(number: int, task: Task, why: str) -> Grade:
    return Grade(step=number, task=task.text, met_at=None, misses=(f"not played: {why}",), played=False)


def best(grades: Sequence[Grade]) -> Grade:
    """The grade of a task that was judged on several runs: of the first run that met it, else of the first that came to
    it."""
    return min(grades, key=lambda each: (not each.met, not each.played))


def _noted(entries: Sequence[LessonEntry], step: int, stages: Collection[str] = (*Stage,)) -> int | None:
    """The iteration at which a step of the lesson first came to one of the stages; None if it never did."""
    return next((entry.iteration for entry in entries if entry.step == step and entry.stage in stages), None)


def _judged(number: int, task: Task, experiment: Experiment, compared: Outcome | None) -> Grade:
    goal = task.expect
    run, watched = watched_run(task, experiment, compared)
    by_hand, unjudged = _by_hand(goal, run)
    met = watched.view.met_at if not by_hand else None
    met = run.iteration if met is not None and goal.asked is not None else met  # it was asked at the end
    misses = (*(() if watched.view.met_at is not None else watched.view.misses), *by_hand)
    return Grade(step=number, task=task.text, met_at=met, misses=misses, unjudged=unjudged)


def watched_run(task: Task, experiment: Experiment, compared: Outcome | None) -> tuple[DiagnosedRun, Watched]:
    """Run the experiment to its end, watched for the goal of the task at every evaluation."""
    run = DiagnosedRun(experiment)
    watched = Watched(aim_of(task, compared), run)

    def judge(evaluation: Evaluation | None) -> None:
        watched.judge(run)

    run.on_observation = judge
    with np.errstate(all="ignore"):  # a run that diverges is a result
        run.advance()
    watched.judge(run)
    return run, watched


class _PlayedTask:
    """A task while a played run is computed again. It is judged as long as the settings that only the teacher may
    change are those of the task."""

    def __init__(
        self,
        task: Task,
        teacher: Experiment,
        run: DiagnosedRun,
        began: int,
        controls: Controls | None,
        other: Outcome | None,
    ) -> None:
        self._task, self._teacher, self._run, self._began, self._controls = task, teacher, run, began, controls
        self._aim = aim_of(task, other)
        self._watched: Watched | None = None
        self.met_at: int | None = None
        self.misses: tuple[str, ...] = ()
        self.unjudged: tuple[str, ...] = ()

    def judge(self, evaluation: Evaluation | None = None, *, by_hand: bool = False) -> None:
        """Judge the present moment. `by_hand`: whether a person has just changed the run."""
        run = self._run
        if run.iteration < self._began:
            return
        others = _not_allowed(differences(self._teacher, run.experiment), self._controls)
        if others and self._watched is None:
            self.misses = tuple(
                f"not played: {key} is {value_words(value, key)} in the recording" for key, value in others.items()
            )
        if others or self.met_at is not None:
            return
        watched = self._watched = self._watched or Watched(self._aim, run)
        watched.judge(run, measured=run.measure() if by_hand else None)
        missed, self.unjudged = _by_hand(self._task.expect, run)
        self.misses = (*(watched.view.misses if watched.view.met_at is None else ()), *missed)
        if watched.view.met_at is not None and not missed:
            self.met_at = run.iteration


def _judged_as_played(
    lesson: GradedLesson, task: Task, teacher: Experiment, played: Played, began: int
) -> tuple[int | None, tuple[str, ...], tuple[str, ...]]:
    """Where the task was met, what it lacks, and what was not judged. `began`: the iteration from which it counts."""
    if played.experiment.title != teacher.title:
        misses = f'not played: the task is on "{teacher.title}", the recording on "{played.experiment.title}"'
        return None, (misses,), ()
    run = DiagnosedRun(played.experiment)
    other = lesson.compared(task, teacher, played.experiment.training.seed)
    judged = _PlayedTask(task, teacher, run, began, lesson.controls, other)
    run.on_observation = judged.judge
    with np.errstate(all="ignore"):  # a run that diverges is a result
        early = sum(entry.iteration < began for entry in played.journal)
        for journal, end in ((played.journal[:early], began), (played.journal[early:], played.iterations)):
            judged.judge()
            for entry in journal:
                for _ in replay_in_slices(run, (entry,), entry.iteration):
                    judged.judge()
                judged.judge(by_hand=True)
            for _ in replay_in_slices(run, (), end):
                judged.judge()
    return judged.met_at, judged.misses, judged.unjudged


def _by_hand(goal: Goal, run: DiagnosedRun) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is missing of the settings and inputs that the person has to choose, and what cannot be judged without a
    screen."""
    known, misses, unjudged = flattened(run.experiment.tables), [], []
    for key, wanted in goal.settings.items():
        if _plain(known.get(key)) != _plain(wanted):
            misses.append(f"{key} = {value_words(wanted, key)}: it is {value_words(known.get(key), key)}")
    if goal.asked is not None:
        misses += out_of_range(goal, float(run.trainer.predict(np.array([goal.asked]))[0, 0]))
    if goal.asked_subject is not None:
        unjudged.append("the phrase that was typed")
    if goal.selected is not None:
        unjudged.append("the weight that was chosen")
    if goal.arm is not None:
        unjudged.append("the arm that is ahead")
    return tuple(misses), tuple(unjudged)
