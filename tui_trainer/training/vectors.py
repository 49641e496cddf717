"""Training state: flat vectors and a few numbers. Keyframes, forks and checkpoints are copies of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct, structs

from tui_trainer.arrays import Array
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.optimizers import Optimizer
from tui_trainer.training.early_stopping import EarlyStop
from tui_trainer.training.order import Position

CACHE_LINE = 64
"""Bytes of a cache line. A vector that starts between two lines costs a call up to a quarter more."""


class Vectors:
    """The vectors that a plan works on: all (parameters,), of one dtype, allocated once in one piece of memory."""

    def __init__(self, parameters: Array, optimizer: Optimizer) -> None:
        """`parameters` is copied."""
        self.parameters, self.old, self.gradient, self.update, self.scratch, *slots = aligned(
            5 + len(optimizer.slots), len(parameters), parameters.dtype
        )
        """`gradient`: of the mean batch loss plus penalties, before clipping. `update`: what was added last. `old`: the
        parameters before the last update, kept because `parameters − update` loses digits when the update is large."""
        self.slots: tuple[Array, ...] = tuple(slots)
        """The optimizer's memory, in the order of `Optimizer.slots`."""
        self.parameters[:] = self.old[:] = parameters

    def with_empty_slots(self, optimizer: Optimizer) -> Vectors:
        """A copy with the same parameters, gradient and last update, for another optimizer."""
        other = Vectors(self.parameters, optimizer)
        other.old[:], other.gradient[:], other.update[:] = self.old, self.gradient, self.update
        return other

    def restore(self, keyframe: Keyframe) -> None:
        """Take over the numbers of `keyframe`. The last step stays as it is if the keyframe has none."""
        self.parameters[:] = self.old[:] = keyframe.parameters
        for slot, saved in zip(self.slots, keyframe.slots, strict=True):
            slot[:] = saved
        if keyframe.step is not None:
            self.gradient[:], self.update[:] = keyframe.step
            self.old -= self.update

    def flush_denormals(self) -> None:
        """Set slot values too small to matter to 0: denormal numbers make every operation on them slow."""
        smallest = np.finfo(self.parameters.dtype).tiny * 1e6
        for slot in self.slots:
            slot[np.abs(slot) < smallest] = 0


def aligned(count: int, length: int, dtype: np.dtype[Any]) -> list[Array]:
    """`count` vectors (length,) of zeros in one piece of memory, each from the start of a cache line on."""
    stride = -(-length * dtype.itemsize // CACHE_LINE) * CACHE_LINE
    memory = np.zeros(count * stride + CACHE_LINE, np.uint8)
    first = -memory.ctypes.data % CACHE_LINE
    rows = memory[first : first + count * stride].reshape(count, stride)
    return [row[: length * dtype.itemsize].view(dtype) for row in rows]


class Keyframe(Struct, frozen=True, kw_only=True):
    """Everything that the next iteration depends on. Only between iterations."""

    iteration: int
    parameters: Array
    slots: tuple[Array, ...]
    step: tuple[Array, Array] | None = None
    """Gradient and update of the last iteration; None if the next one runs before they are read."""
    optimizer_start: int
    """Iteration at which the present optimizer's slots were empty."""
    order_start: Position
    """Where the present division of epochs into mini-batches began."""
    early_stop: EarlyStop
    experiment: Experiment

    @property
    def vectors(self) -> tuple[Array, ...]:
        """The parameters, the slots, and the last step if there is one."""
        return self.parameters, *self.slots, *(self.step or ())

    def copy(self, instead_of: Keyframe | None = None) -> Keyframe:
        """A copy. It overwrites the vectors of `instead_of`, a keyframe no longer needed, if that has as many:
        the system would have to clear new memory first."""
        if instead_of is None or len(instead_of.vectors) != len(self.vectors):
            copies = tuple(each.copy() for each in self.vectors)
        else:
            copies = instead_of.vectors
            for copy, each in zip(copies, self.vectors, strict=True):
                copy[:] = each
        count = 1 + len(self.slots)
        step = None if self.step is None else (copies[count], copies[count + 1])
        return structs.replace(self, parameters=copies[0], slots=copies[1:count], step=step)
