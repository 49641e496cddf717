"""What a feed works with: the training set to gather mini-batches from, and a block of iterations ready to run."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.datasets import Data
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.training.plan import Plan


class Filling(Struct):
    """The contents of the first rows of a plan."""

    plan: Plan
    iterations: NDArray[np.int64]
    """(rows,): the iterations, counted from 0 in the block, whose data lie in rows 0, 1, …"""
    examples: NDArray[np.int64]
    """(rows, width): the training examples of their mini-batches (pairs: the left ones, then the right ones)."""


class Block(Struct):
    """Iterations start … stop − 1, ready to run."""

    start: int
    stop: int
    plans: list[tuple[Plan, int]]
    """For each iteration its plan and the row in it."""
    parts: list[Filling]
    """Each plan in use, with the contents of its rows."""
    ends_epoch: NDArray[np.bool_]
    rates: NDArray[np.float64]

    def holds(self, iteration: int) -> bool:
        return self.start <= iteration < self.stop

    def row(self, iteration: int) -> tuple[Plan, int, float]:
        """The plan of `iteration`, the row of its data in it, and the rate of its update."""
        plan, row = self.plans[iteration - self.start]
        return plan, row, float(self.rates[iteration - self.start])

    def examples(self, iteration: int) -> NDArray[np.int64]:
        """The training examples in the mini-batch of `iteration`."""
        plan, row = self.plans[iteration - self.start]
        examples: NDArray[np.int64] = next(part.examples[row] for part in self.parts if part.plan is plan)
        return examples

    def losses(self, start: int, stop: int) -> NDArray[np.float64]:
        """Batch losses (stop − start,) of iterations start … stop − 1, which must have run."""
        first, last = start - self.start, stop - self.start
        values = np.empty(last - first)
        with np.errstate(all="ignore"):  # the caller judges infinite losses
            for part in self.parts:
                begin, end = part.iterations.searchsorted((first, last)).tolist()
                if begin < end:
                    values[part.iterations[begin:end] - first] = part.plan.losses(begin, end)
        return values


class BatchSource:
    """The training set in the form that mini-batches are gathered from. Made once for a run."""

    def __init__(self, train_set: EvaluationSet, data: Data, dtype: np.dtype[Any], evaluated: int) -> None:
        """`evaluated`: examples of an evaluation, training and validation together."""
        self.inputs, self.evaluated = train_set.rows, evaluated
        self.targets = train_set.targets.T.astype(dtype)
        self.labels = data.train_targets.astype(np.int64)
        self.image_shape = data.image_shape
