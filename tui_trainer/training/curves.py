"""The curves of a run in bounded memory: every batch loss, every epoch loss, every rate, every evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import EvaluationLog, History, Losses


class Curves:
    """Everything that the trainer has recorded. `Timeline.cut` takes back a future that is run again."""

    def __init__(self) -> None:
        self.batch, self.epoch, self.rate = History(), History(), History()
        self.evaluations = EvaluationLog()
        self.epoch_so_far: tuple[float, int] = (0.0, 0)
        """Sum and number of the batch losses of the epoch that is open."""

    @property
    def iteration(self) -> int:
        """Iterations recorded."""
        return self.batch.count

    def extend(self, losses: NDArray[np.float64], rates: NDArray[np.float64], ends_epoch: NDArray[np.bool_]) -> None:
        """Record iterations in order, (n,) each. `ends_epoch`: which are the last of their epoch."""
        self.batch.extend(losses)
        self.rate.extend(rates)
        means, self.epoch_so_far = epoch_means(losses, ends_epoch, self.epoch_so_far)
        self.epoch.extend(means)

    def losses(self) -> Losses:
        """A copy, safe to hand to another thread."""
        return Losses(
            batch=self.batch.buckets(),
            epoch=self.epoch.buckets(),
            evaluations=self.evaluations.view(),
            learning_rate=self.rate.buckets(),
        )


def epoch_means(
    losses: NDArray[np.float64], ends_epoch: NDArray[np.bool_], so_far: tuple[float, int]
) -> tuple[NDArray[np.float64], tuple[float, int]]:
    """The mean of each epoch that ends within `losses`, and sum and count of the losses of the open epoch."""
    last = np.flatnonzero(ends_epoch)
    if not len(last):
        return np.empty(0), (so_far[0] + float(losses.sum()), so_far[1] + len(losses))
    starts = np.concatenate([[0], last[:-1] + 1])
    sums = np.add.reduceat(losses[: last[-1] + 1], starts)
    counts = np.diff(np.concatenate([[-1], last]))
    sums[0], counts[0] = sums[0] + so_far[0], counts[0] + so_far[1]
    rest = losses[last[-1] + 1 :]
    return sums / counts, (float(rest.sum()), len(rest))
