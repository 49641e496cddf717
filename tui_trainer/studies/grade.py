"""Grading a lesson without a screen: its tasks are judged by the teacher's file, on the run that a student has set up,
or on what a student has played.

Only settings that the lesson allows count. A task is met exactly where it would be on the screen: at the first
evaluation that shows all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, structs

from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.experiment.in_force import flattened
from tui_trainer.experiment.settings import differences
from tui_trainer.experiment.words import value_words
from tui_trainer.lessons.controls import changed_by
from tui_trainer.lessons.steps import Controls, Goal, Step, Task
from tui_trainer.lessons.walk import aim_of
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.runs.watched import Watched
from tui_trainer.studies.verify import outcome_of
from tui_trainer.telemetry import Evaluation, JournalEntry
from tui_trainer.telemetry.expectation import Outcome


class Grade(Struct, frozen=True, kw_only=True):
    """How one task was done."""

    step: int
    """Number of its step, from 1."""
    task: str
    met_at: int | None
    """The iteration at which it was met; None if it was not."""
    misses: tuple[str, ...]
    """Why it was not met, a sentence each."""
    unjudged: tuple[str, ...] = ()
    """What only a person at the screen can show, and is left out here."""

    @property
    def met(self) -> bool:
        return self.met_at is not None


class Played(Struct, frozen=True, kw_only=True):
    """What a student has played: a run that can be computed again, to the bit on the machine that has recorded it."""

    experiment: Experiment
    """At the start."""
    journal: Sequence[JournalEntry]
    iterations: int
    """How far it came."""


def changes_of(student: Mapping[str, Any], teacher: Experiment) -> dict[str, object]:
    """Dotted key → value of everything that a student's tables give otherwise than the teacher's experiment has it."""
    known = flattened(teacher.tables)
    given = {key: value for key, value in flattened(student).items() if not isinstance(value, dict)}
    return {key: value for key, value in given.items() if _plain(value) != _plain(known.get(key))}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def forbidden(changes: Mapping[str, object], controls: Controls | None) -> tuple[str, ...]:
    """A sentence for each change that the lesson does not allow."""
    return tuple(
        f"{key} was changed to {value_words(value, key)}, which this lesson does not allow"
        for key, value in _not_allowed(changes, controls).items()
    )


def _not_allowed(changes: Mapping[str, object], controls: Controls | None) -> dict[str, object]:
    return {key: value for key, value in changes.items() if controls is not None and not controls.allows(key)}


def grade(
    steps: Sequence[Step],
    experiment: Experiment,
    changes: Mapping[str, object],
    controls: Controls | None,
    find: Callable[[str], Experiment],
) -> list[Grade]:
    """Judge all tasks of a lesson. `find`: the experiment of a preset, by its title. Raises `SettingError`."""
    wrong, grades = forbidden(changes, controls), []
    for number, task, teacher in _tasks(steps, experiment, find):
        if wrong:
            grades.append(Grade(step=number, task=task.text, met_at=None, misses=wrong))
        else:
            grades.append(_judged(number, task, with_settings(teacher, changes), find))
    return grades


def grade_played(
    steps: Sequence[Step],
    experiment: Experiment,
    played: Played,
    controls: Controls | None,
    find: Callable[[str], Experiment],
) -> list[Grade]:
    """Judge all tasks of a lesson on what was played, as far as that is its run. What the steps of the lesson change is
    theirs; the first change by hand that it does not allow ends what counts. Raises `SettingError`, and `IndexError`
    for a weight that does not exist."""
    laid = [(key, _plain(value)) for step in steps for key, value in step.set.items()]
    wrong: tuple[str, ...] = ()
    for index, entry in enumerate(played.journal):
        value = entry.change.value
        changes = {key: value for key in changed_by(entry.change) if (key, _plain(value)) not in laid}
        if wrong := forbidden(changes, controls):
            played = structs.replace(played, journal=played.journal[:index], iterations=entry.iteration)
            break
    grades = []
    for number, task, teacher in _tasks(steps, experiment, find):
        met_at, misses, unjudged = _judged_as_played(task, teacher, played, controls, find)
        misses = () if met_at is not None else (*misses, *wrong)
        grades.append(Grade(step=number, task=task.text, met_at=met_at, misses=misses, unjudged=unjudged))
    return grades


def _tasks(
    steps: Sequence[Step], experiment: Experiment, find: Callable[[str], Experiment]
) -> Iterator[tuple[int, Task, Experiment]]:
    """Each task with the number of its step, from 1, and the teacher's experiment there."""
    for number, step in enumerate(steps, start=1):
        experiment = with_settings(find(step.preset) if step.preset else experiment, step.set)
        if isinstance(step, Task):
            yield number, step, experiment


def _compared(task: Task, experiment: Experiment, find: Callable[[str], Experiment]) -> Outcome | None:
    """The run of the preset that the task compares with, if it does."""
    other = task.expect.compared_with
    return None if other is None else outcome_of(find(other.preset), experiment.training.seed)


def _judged(number: int, task: Task, experiment: Experiment, find: Callable[[str], Experiment]) -> Grade:
    goal = task.expect
    run, watched = watched_run(task, experiment, _compared(task, experiment, find))
    by_hand, unjudged = _by_hand(goal, run)
    met = watched.view.met_at if not by_hand else None
    misses = (*(() if watched.view.met_at is not None else watched.view.misses), *by_hand)
    return Grade(step=number, task=task.text, met_at=met, misses=misses, unjudged=unjudged)


def watched_run(task: Task, experiment: Experiment, compared: Outcome | None) -> tuple[DiagnosedRun, Watched]:
    """The run of the experiment up to its end, judged at every evaluation."""
    run = DiagnosedRun(experiment)
    watched = Watched(aim_of(task, compared), run)

    def look(evaluation: Evaluation | None) -> None:
        watched.look(run)

    run.on_observation = look
    with np.errstate(all="ignore"):  # a run that diverges is a result
        run.advance()
    watched.look(run)
    return run, watched


class _PlayedTask:
    """A task while a run is played again. It is judged as long as everything that only the teacher may change is as the
    task has it."""

    def __init__(
        self, task: Task, teacher: Experiment, run: DiagnosedRun, controls: Controls | None, other: Outcome | None
    ) -> None:
        self._task, self._teacher, self._run, self._controls = task, teacher, run, controls
        self._aim = aim_of(task, other)
        self._watched: Watched | None = None
        self.met_at: int | None = None
        self.misses: tuple[str, ...] = ()
        self.unjudged: tuple[str, ...] = ()

    def look(self, evaluation: Evaluation | None = None, *, by_hand: bool = False) -> None:
        """Judge the present moment. `by_hand`: whether a person has just changed the run."""
        run = self._run
        others = _not_allowed(differences(self._teacher, run.experiment), self._controls)
        if others and self._watched is None:
            self.misses = tuple(
                f"not played: {key} is {value_words(value, key)} in the recording" for key, value in others.items()
            )
        if others or self.met_at is not None:
            return
        watched = self._watched = self._watched or Watched(self._aim, run)
        watched.look(run, measured=run.measure() if by_hand else None)
        missed, self.unjudged = _by_hand(self._task.expect, run)
        self.misses = (*(watched.view.misses if watched.view.met_at is None else ()), *missed)
        if watched.view.met_at is not None and not missed:
            self.met_at = run.iteration


def _judged_as_played(
    task: Task, teacher: Experiment, played: Played, controls: Controls | None, find: Callable[[str], Experiment]
) -> tuple[int | None, tuple[str, ...], tuple[str, ...]]:
    """Where the task was met, what it lacks, and what was not judged."""
    if played.experiment.title != teacher.title:
        misses = f'not played: the task is on "{teacher.title}", the recording on "{played.experiment.title}"'
        return None, (misses,), ()
    run = DiagnosedRun(played.experiment)
    judged = _PlayedTask(task, teacher, run, controls, _compared(task, teacher, find))
    run.on_observation = judged.look
    with np.errstate(all="ignore"):  # a run that diverges is a result
        judged.look()
        for entry in played.journal:
            for _ in replay_in_slices(run, (entry,), entry.iteration):
                judged.look()
            judged.look(by_hand=True)
        for _ in replay_in_slices(run, (), played.iterations):
            judged.look()
    return judged.met_at, judged.misses, judged.unjudged


def _by_hand(goal: Goal, run: DiagnosedRun) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is missing of what a person sets or asks, and what cannot be judged without a screen."""
    known, misses, unjudged = flattened(run.experiment.tables), [], []
    for key, wanted in goal.settings.items():
        if _plain(known.get(key)) != _plain(wanted):
            misses.append(f"{key} = {value_words(wanted, key)}: it is {value_words(known.get(key), key)}")
    if goal.asked is not None:
        reply = float(run.trainer.predict(np.array([goal.asked]))[0, 0])
        low, high = goal.prediction_above, goal.prediction_below
        misses += [f"prediction above {low:g}: it is {reply:.4g}"] if low is not None and not reply > low else []
        misses += [f"prediction below {high:g}: it is {reply:.4g}"] if high is not None and not reply < high else []
    if goal.asked_subject is not None:
        unjudged.append("the phrase that was typed")
    if goal.selected is not None:
        unjudged.append("the weight that was chosen")
    if goal.arm is not None:
        unjudged.append("the arm that is ahead")
    return tuple(misses), tuple(unjudged)
