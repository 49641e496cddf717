"""Grading a lesson without a screen: its tasks are judged by the teacher's file, on the run that a student has set up.

Only settings that the lesson allows count. A task is met exactly where it would be on the screen: at the first
evaluation that shows all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from tui_trainer.experiment import Experiment, with_settings
from tui_trainer.experiment.in_force import flattened
from tui_trainer.experiment.words import value_words
from tui_trainer.lessons.steps import Controls, Goal, Step, Task
from tui_trainer.lessons.walk import aim_of
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.watched import Watched
from tui_trainer.studies.verify import outcome_of
from tui_trainer.telemetry import Evaluation
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
        for key, value in changes.items()
        if controls is not None and not controls.allows(key)
    )


def grade(
    steps: Sequence[Step],
    experiment: Experiment,
    changes: Mapping[str, object],
    controls: Controls | None,
    find: Callable[[str], Experiment],
) -> list[Grade]:
    """Judge all tasks of a lesson. `find`: the experiment of a preset, by its title. Raises `SettingError`."""
    wrong, grades = forbidden(changes, controls), []
    for number, step in enumerate(steps, start=1):
        experiment = with_settings(find(step.preset) if step.preset else experiment, step.set)
        if isinstance(step, Task):
            if wrong:
                grades.append(Grade(step=number, task=step.text, met_at=None, misses=wrong))
            else:
                grades.append(_judged(number, step, with_settings(experiment, changes), find))
    return grades


def _judged(number: int, task: Task, experiment: Experiment, find: Callable[[str], Experiment]) -> Grade:
    goal, other = task.expect, task.expect.compared_with
    compared = None if other is None else outcome_of(find(other.preset), experiment.training.seed)
    run, watched = watched_run(task, experiment, compared)
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
    if goal.selected is not None:
        unjudged.append("the weight that was chosen")
    if goal.arm is not None:
        unjudged.append("the arm that is ahead")
    return tuple(misses), tuple(unjudged)
