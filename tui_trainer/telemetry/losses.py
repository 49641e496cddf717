"""The curves of a run, by iteration."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.evaluation import Evaluations
from tui_trainer.telemetry.history import Buckets


class RatePlan(Struct, frozen=True, kw_only=True):
    """What the schedule gives the updates that are to come, (n,) each: every one of them, or so many evenly apart."""

    iterations: NDArray[np.int64]
    """Update i is the one after i others, increasing; the last is the last before the target."""
    rates: NDArray[np.float64]


class Losses(Struct, frozen=True, kw_only=True):
    """The curves of a run, by iteration."""

    batch: Buckets
    """Every mini-batch loss, before its update: position i is the loss of the batch that made update i + 1."""
    epoch: Buckets
    """Every epoch loss; position e is epoch e, from 0."""
    evaluations: Evaluations
    learning_rate: Buckets
    """The rate of every update."""
    planned: RatePlan | None = None
    """The rates from the newest iteration to the target, if nobody changes them; None where there is no more to come,
    or it is not known."""
