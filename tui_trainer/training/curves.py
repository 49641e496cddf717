"""The curves of a run in bounded memory: every batch loss, every epoch loss, every rate, every evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import EvaluationLog, History, Losses
from tui_trainer.training.remembered import Remembered

MOST_WAITING = 1024
"""Iterations that wait to be entered into the curves. To enter a thousand at once takes hardly longer than a block."""

Stretch = tuple[NDArray[np.float64], NDArray[np.float64]]


class Curves:
    """Everything that the trainer has recorded. `Timeline.cut` takes back a future that is run again.

    What is recorded waits until it is read, or until much is waiting. A small network trains so fast that entering
    every block at once would take a twentieth of the time.
    """

    def __init__(self, batch: History | None = None, epoch: History | None = None, rate: History | None = None) -> None:
        """New curves, or those that go on from recorded ones."""
        self._batch, self._epoch = batch or History(start=1), epoch or History()
        self._rate = rate or History(start=1)
        self.evaluations = EvaluationLog()
        self.remembered = Remembered()
        self._epoch_so_far: tuple[float, int] = (0.0, 0)
        self._waiting, self._count = list[Stretch](), 0
        """Losses and rates that wait to be entered, and how many of each."""
        self._epochs_waiting = list[tuple[NDArray[np.float64], NDArray[np.bool_]]]()
        """The same losses, and which end an epoch."""

    @property
    def iteration(self) -> int:
        """Iterations recorded."""
        return self._batch.count + self._count

    @property
    def batch(self) -> History:
        """The loss of every mini-batch."""
        self._enter()
        return self._batch

    @property
    def rate(self) -> History:
        """The learning rate of every update."""
        self._enter()
        return self._rate

    @property
    def epoch(self) -> History:
        """The mean loss of every complete epoch."""
        self._enter_epochs()
        return self._epoch

    @property
    def epoch_so_far(self) -> tuple[float, int]:
        """Sum and number of the batch losses of the epoch that is open."""
        self._enter_epochs()
        return self._epoch_so_far

    @epoch_so_far.setter
    def epoch_so_far(self, value: tuple[float, int]) -> None:
        self._enter_epochs()
        self._epoch_so_far = value

    def extend(self, losses: NDArray[np.float64], rates: NDArray[np.float64], ends_epoch: NDArray[np.bool_]) -> None:
        """Record iterations in order, (n,) each. `ends_epoch`: which are the last of their epoch. The arrays are kept
        for a while: do not write to them."""
        self._waiting.append((losses, rates))
        self._epochs_waiting.append((losses, ends_epoch))
        self._count += len(losses)
        if self._count >= MOST_WAITING:
            self._enter()
            self._enter_epochs()

    def losses(self) -> Losses:
        """A copy, safe to hand to another thread."""
        return Losses(
            batch=self.batch.buckets(),
            epoch=self.epoch.buckets(),
            evaluations=self.evaluations.view(),
            learning_rate=self.rate.buckets(),
        )

    def _enter(self) -> None:
        if self._waiting:
            losses, rates = map(np.concatenate, zip(*self._waiting, strict=True))
            self._waiting, self._count = [], 0
            self._batch.extend(losses)
            self._rate.extend(rates)

    def _enter_epochs(self) -> None:
        if self._epochs_waiting:
            losses, ends_epoch = map(np.concatenate, zip(*self._epochs_waiting, strict=True))
            self._epochs_waiting = []
            means, self._epoch_so_far = epoch_means(losses, ends_epoch, self._epoch_so_far)
            self._epoch.extend(means)


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
