"""The curves of a run in bounded memory: every batch loss, every epoch loss, every rate, every evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import EvaluationLog, History, Losses
from tui_trainer.training.remembered import Remembered


class Curves:
    """Everything that the trainer has recorded. `Timeline.cut` takes back a future that is run again."""

    def __init__(self) -> None:
        self.batch, self.epoch, self.rate = History(start=1), History(), History(start=1)
        self.evaluations = EvaluationLog()
        self.remembered = Remembered()
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
    """The mean of each epoch that ends within `losses`, and sum and count of the losses of the open epoch.

    Losses are added one after another (as `bincount` does, `sum` does not), so that the means have the same bits
    however a run is cut into pieces, which the clock decides.
    """
    epochs, epoch = int(np.count_nonzero(ends_epoch)), ends_epoch.cumsum() - ends_epoch
    losses = losses.copy()
    losses[:1] += so_far[0]
    sums, counts = np.bincount(epoch, losses, epochs + 1), np.bincount(epoch, None, epochs + 1)
    counts[0] += so_far[1]
    return sums[:-1] / counts[:-1], (float(sums[-1]), int(counts[-1]))
