"""A run that has come to its end, as later runs of the same preset are compared with it."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.events import SettingChange
from tui_trainer.telemetry.snapshot import Snapshot

MOST_POINTS = 200
"""Evaluations that are kept of a run: more than a plot has columns for."""


class EarlierRun(Struct, frozen=True, kw_only=True, eq=False):
    """The evaluations of a run and its settings."""

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


def earlier_run(snapshot: Snapshot) -> EarlierRun | None:
    """What later runs are compared with; None if no evaluation of the run was finite."""
    evaluations = snapshot.losses.evaluations
    held_out = bool(np.isfinite(evaluations.validation_loss).any())
    loss = evaluations.validation_loss if held_out else evaluations.train_loss
    finite = np.flatnonzero(np.isfinite(loss))
    if not len(finite):
        return None
    kept = finite[np.unique(np.linspace(0, len(finite) - 1, min(len(finite), MOST_POINTS)).astype(np.int64))]
    return EarlierRun(
        iteration=evaluations.iteration[kept],
        loss=loss[kept],
        of="validation" if held_out else "training",
        lowest=float(loss[finite].min()),
        settings=dict(snapshot.values),
        was_changed=any(isinstance(event, SettingChange) for event in snapshot.events),
    )
