"""The curves of a run in bounded memory: every batch loss, every epoch loss, every rate, every evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import EvaluationLog, History, Losses


class Curves:
    """Grows as the trainer does; `cut` forgets a future that is to be lived again."""

    def __init__(self) -> None:
        self.batch, self.epoch, self.rate = History(), History(), History()
        self.evaluations = EvaluationLog()
        self.epoch_so_far: tuple[float, int] = (0.0, 0)
        """Sum and number of the batch losses of the epoch that is open."""

    @property
    def iteration(self) -> int:
        """Iterations taken in."""
        return self.batch.count

    def extend(
        self, losses: NDArray[np.float64], rates: NDArray[np.float64], ends_epoch: NDArray[np.bool_]
    ) -> None:
        """Take in iterations, in order: (n,) each; `ends_epoch` says which are the last of their epoch."""
        self.batch.extend(losses)
        self.rate.extend(rates)
        total, count = self.epoch_so_far
        last = np.flatnonzero(ends_epoch)
        if len(last):
            starts = np.concatenate([[0], last[:-1] + 1])
            sums = np.add.reduceat(losses[: last[-1] + 1], starts)
            counts = np.diff(np.concatenate([[-1], last]))
            sums[0], counts[0] = sums[0] + total, counts[0] + count
            self.epoch.extend(sums / counts)
            losses = losses[last[-1] + 1 :]
            total, count = 0.0, 0
        self.epoch_so_far = total + float(losses.sum()), count + len(losses)

    def losses(self) -> Losses:
        """A copy, safe to hand to another thread."""
        return Losses(
            batch=self.batch.buckets(),
            epoch=self.epoch.buckets(),
            evaluations=self.evaluations.view(),
            learning_rate=self.rate.buckets(),
        )
