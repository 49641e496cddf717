"""The curves of a run: losses, rates and evaluations, each value at a position of its own."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.evaluation import Evaluations
from tui_trainer.telemetry.history import Buckets, History

EMPTY = History(2).buckets()
NO_EVALUATIONS = Evaluations(iteration=np.empty(0, dtype=np.int64))


class RatePlan(Struct, frozen=True, kw_only=True):
    """What the schedule gives the updates that are to come, (n,) each: every one of them, or so many evenly apart."""

    iterations: NDArray[np.int64]
    """Update i is the one after i others, increasing; the last is the last before the target."""
    rates: NDArray[np.float64]


Unit = Literal["iterations", "epochs", "seconds"]


class Losses(Struct, frozen=True, kw_only=True):
    """The curves of a run. A source has those that it has; what positions count is the same in all of them."""

    counts: Unit = "iterations"
    """What positions count."""
    batch: Buckets = EMPTY
    """Every mini-batch loss, before its update, at the iteration that this update completes."""
    epoch: Buckets = EMPTY
    """Every epoch loss; position e is epoch e, from 0."""
    evaluations: Evaluations = NO_EVALUATIONS
    learning_rate: Buckets = EMPTY
    """The rate of every update, at the iteration that it completes."""
    planned: RatePlan | None = None
    """The rates from the newest iteration to the target, if nobody changes them; None where there is no more to come,
    or it is not known."""
