"""The curves of a run: losses, learning rates and evaluations, each value with its position."""

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
    """The learning rates that the schedule gives to coming updates: to all, or to evenly spaced ones. (n,) each."""

    iterations: NDArray[np.int64]
    """Completed updates before each, increasing; the last is the last before the target."""
    rates: NDArray[np.float64]


Unit = Literal["iterations", "epochs", "seconds"]


class Losses(Struct, frozen=True, kw_only=True):
    """The curves of a run. A source may lack some. Positions count the same in all of them."""

    counts: Unit = "iterations"
    """The unit of positions."""
    batch: Buckets = EMPTY
    """The mini-batch losses, each before its update, at the iteration that the update completes."""
    epoch: Buckets = EMPTY
    """The epoch losses. Position e is epoch e, from 0."""
    evaluations: Evaluations = NO_EVALUATIONS
    learning_rate: Buckets = EMPTY
    """The learning rate of each update, at the iteration that the update completes."""
    planned: RatePlan | None = None
    """The learning rates from the newest iteration to the target, unless a setting changes. None if there are none, or
    they are unknown."""

    @property
    def evaluated_only(self) -> bool:
        """Whether this is a log of evaluations alone."""
        return not len(self.batch.values) and len(self.evaluations.iteration) > 1

    @property
    def train(self) -> Buckets:
        """The training curve: the mini-batch losses or, in a log of evaluations alone, their training losses."""
        if not self.evaluated_only:
            return self.batch
        losses, curve = self.evaluations.train_loss, History()
        known = ~np.isnan(losses)
        curve.extend(losses[known], self.evaluations.positions[known])
        return curve.buckets()
