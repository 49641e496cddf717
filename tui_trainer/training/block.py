"""What a feed works with: the training set as it is gathered from, and a block of iterations that is ready to run."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.datasets import Data
from tui_trainer.training.plan import Plan

Array = NDArray[np.floating[Any]]


class Block(Struct):
    """Iterations start … stop − 1, ready to run."""

    start: int
    stop: int
    plans: list[tuple[Plan, int]]
    """For each iteration its plan and the row in it."""
    parts: list[tuple[Plan, NDArray[np.int64]]]
    """Each plan in use, with the iterations (from 0 in the block) whose data lie in its rows 0, 1, …"""
    epochs: NDArray[np.int64]
    ends_epoch: NDArray[np.bool_]
    rates: NDArray[np.float64]
    examples: list[NDArray[np.int64]]
    """For each iteration the training examples in its mini-batch (pairs: the left ones, then the right ones)."""

    def holds(self, iteration: int) -> bool:
        """Whether `iteration` is in this block."""
        return self.start <= iteration < self.stop

    def row(self, iteration: int) -> tuple[Plan, int, float]:
        """The plan of `iteration`, the row of its data in it, and the rate of its update."""
        plan, row = self.plans[iteration - self.start]
        return plan, row, float(self.rates[iteration - self.start])

    def losses(self, start: int, stop: int) -> NDArray[np.float64]:
        """Batch losses (stop − start,) of iterations start … stop − 1, which must have run."""
        first, last = start - self.start, stop - self.start
        values = np.empty(last - first)
        for plan, iterations in self.parts:
            rows = np.searchsorted(iterations, (first, last))
            if rows[0] < rows[1]:
                with np.errstate(all="ignore"):  # a loss beyond all bounds is judged by whoever asked
                    values[iterations[slice(*rows)] - first] = plan.losses(*rows)
        return values


class Source:
    """The training set as mini-batches are gathered from it; made once for a run."""

    def __init__(self, inputs: Array, targets: Array, data: Data, dtype: np.dtype[Any]) -> None:
        """`inputs` (examples, features) prepared, `targets` (examples, outputs) encoded."""
        self.inputs = np.ones((len(inputs), inputs.shape[1] + 1), dtype)
        """With a last column of ones."""
        self.inputs[:, :-1] = inputs
        self.targets = targets.astype(dtype)
        self.labels = data.train_targets.astype(np.int64)
        self.image_shape = data.image_shape
