"""A run that has come to its end, as later runs of the same preset are compared with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.evaluation import Evaluations
from tui_trainer.telemetry.events import SettingChange
from tui_trainer.telemetry.snapshot import Snapshot

MOST_POINTS = 200
"""Evaluations that are kept of a run: more than a plot has columns for."""


MOST_RUNS = 5
"""Runs of one preset that are remembered."""


class EarlierRun(Struct, frozen=True, kw_only=True, eq=False):
    """The evaluations of a run and its settings."""

    id: str
    """No other run has it, in any session."""
    iteration: NDArray[np.int64]
    loss: NDArray[np.float64]
    """(n,) each: at most `MOST_POINTS` evaluations, oldest first."""
    of: Literal["validation", "training"]
    """The set: the training set where nothing is held out."""
    lowest: float
    """The lowest of all its evaluations, also of those that are not kept."""
    settings: dict[str, Any]
    """Dotted key → value in force at its end."""
    was_changed: bool
    """Whether a person changed something while it ran."""
    is_ghost: bool = False
    """Whether it was computed for a task that asks to beat it."""

    def __post_init__(self) -> None:
        if not len(self.iteration) == len(self.loss) > 0:
            raise ValueError("needs a loss for each iteration")

    def is_repeated_by(self, other: EarlierRun) -> bool:
        """Whether the other run was the same once more."""
        mine, theirs = ((run.lowest, run.of, int(run.iteration[-1]), run.was_changed) for run in (self, other))
        return mine == theirs


def with_run(runs: Sequence[EarlierRun], run: EarlierRun) -> tuple[EarlierRun, ...]:
    """The runs that are remembered once another has ended, the last one last: at most `MOST_RUNS`, each once, and
    always the best."""
    run = next((each for each in runs if each.is_repeated_by(run)), run)
    others = [each for each in runs if each.id != run.id]
    best = min((*others, run), key=lambda each: each.lowest)
    while len(others) >= MOST_RUNS:
        others.remove(next(each for each in others if each is not best))
    return (*others, run)


def earlier_run(snapshot: Snapshot, id: str) -> EarlierRun | None:
    """What later runs are compared with; None if no evaluation of the run was finite."""
    was_changed = any(isinstance(event, SettingChange) for event in snapshot.events)
    return _of(snapshot.losses.evaluations, id=id, settings=dict(snapshot.values), was_changed=was_changed)


def ghost(evaluations: Evaluations, settings: dict[str, Any]) -> EarlierRun | None:
    """The run that a task is to beat; None if none of its evaluations was finite. `settings`: those in which it
    differs."""
    return _of(evaluations, id="ghost", settings=settings, was_changed=False, is_ghost=True)


def _of(evaluations: Evaluations, **about: Any) -> EarlierRun | None:
    of, loss = losses_that_decide(evaluations)
    finite = np.flatnonzero(np.isfinite(loss))
    if not len(finite):
        return None
    kept = finite[np.unique(np.linspace(0, len(finite) - 1, min(len(finite), MOST_POINTS)).astype(np.int64))]
    lowest = float(loss[finite].min())
    return EarlierRun(iteration=evaluations.iteration[kept], loss=loss[kept], of=of, lowest=lowest, **about)


def losses_that_decide(evaluations: Evaluations) -> tuple[Literal["validation", "training"], NDArray[np.float64]]:
    """The losses by which runs of one preset are compared: on the validation set, if anything is held out."""
    held_out = bool(np.isfinite(evaluations.validation_loss).any())
    return ("validation", evaluations.validation_loss) if held_out else ("training", evaluations.train_loss)
