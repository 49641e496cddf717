"""Training state: flat vectors and a few numbers. A keyframe, a fork and a checkpoint are copies of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.optimizers import Optimizer
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.experiment import Experiment
from tui_trainer.training.order import Position

Array = NDArray[np.floating[Any]]


class Vectors:
    """The vectors that a plan works on, all (parameters,) of one dtype, allocated once."""

    def __init__(self, parameters: Array, optimizer: Optimizer) -> None:
        """`parameters` is taken over, not copied."""
        self.parameters = parameters
        self.gradient = np.zeros_like(parameters)
        """Of the mean batch loss plus penalties, before clipping."""
        self.update = np.zeros_like(parameters)
        """What was added last."""
        self.scratch = np.zeros_like(parameters)
        self.slots: tuple[Array, ...] = tuple(np.zeros_like(parameters) for _ in optimizer.slots)
        """The optimizer's memory, in the order of `Optimizer.slots`."""

    def with_empty_slots(self, optimizer: Optimizer) -> Vectors:
        """The same parameters, gradient and last update for another optimizer; parameters are shared."""
        other = Vectors(self.parameters, optimizer)
        other.gradient[:], other.update[:] = self.gradient, self.update
        return other

    def flush_denormals(self) -> None:
        """Set slot values too small to matter to 0: denormal numbers make every operation on them slow."""
        smallest = np.finfo(self.parameters.dtype).tiny * 1e6
        for slot in self.slots:
            slot[np.abs(slot) < smallest] = 0


class Keyframe(Struct, frozen=True, kw_only=True):
    """All that the next iteration depends on, copied. Between iterations only."""

    iteration: int
    parameters: Array
    gradient: Array
    update: Array
    slots: tuple[Array, ...]
    optimizer_start: int
    """Iteration at which the present optimizer's slots were empty."""
    order_start: Position
    """Where the present cutting of epochs into mini-batches began."""
    early_stop: EarlyStop
    experiment: Experiment

    @property
    def nbytes(self) -> int:
        """Memory that the copy takes."""
        return sum(v.nbytes for v in (self.parameters, self.gradient, self.update, *self.slots)) + 500
