"""From the calls of one row to those of every other.

Rows compiled each for itself would be thousands of calls that are alike but for a few, scattered over megabytes: in a
program that has lived for a while the training loop then waits for memory, a tenth of its time. So one row is
compiled, and of another only those calls are made that touch a block of rows: with the same views, so many rows
further on. All other calls are the same objects in every row, and stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.layers import Call

Array = NDArray[Any]
Maker = Callable[[int], Any]
"""From a row to what something of row 0 is there."""


def makers(calls: Sequence[Call], blocks: Sequence[Array]) -> list[tuple[int, Maker]]:
    """Which of `calls`, compiled for row 0, are other calls in another row, and how those are made.

    `blocks`: contiguous arrays (rows, …) in memory of their own; one of a single row is shared by all.
    """
    blocks = [block for block in blocks if len(block) > 1]
    if not blocks:
        return []
    made = [(place, _call_maker(call, blocks)) for place, call in enumerate(calls)]
    return [(place, make) for place, make in made if make is not None]


def _call_maker(call: Call, blocks: Sequence[Array]) -> Maker | None:
    function, arguments = call
    new_function, new_arguments = _maker(function, blocks), [_maker(each, blocks) for each in arguments]
    if new_function is None and not any(new_arguments):
        return None

    def make(row: int) -> Call:
        moved = [each if new is None else new(row) for each, new in zip(arguments, new_arguments, strict=True)]
        return function if new_function is None else new_function(row), tuple(moved)

    return make


def _maker(thing: Any, blocks: Sequence[Array]) -> Maker | None:
    """How a view, or a function bound to one, is made for another row; None where it lies in no block."""
    if isinstance(thing, np.ndarray):
        return _view_maker(thing, blocks)
    if isinstance(thing, partial):  # np.maximum with its output
        keywords = {name: make for name, each in thing.keywords.items() if (make := _maker(each, blocks)) is not None}
        if not keywords:
            return None
        return lambda row: partial(thing, **{name: make(row) for name, make in keywords.items()})
    # a.dot; but np.maximum.reduce, bound to a function, is its own maker
    make = _maker(owner, blocks) if isinstance(owner := getattr(thing, "__self__", None), np.ndarray) else None
    return None if make is None else lambda row: getattr(make(row), thing.__name__)


def _view_maker(view: Array, blocks: Sequence[Array]) -> Maker | None:
    shape, dtype, strides, address = view.shape, view.dtype, view.strides, view.ctypes.data
    for block in blocks:
        offset, stride = address - block.ctypes.data, block.strides[0]
        if 0 <= offset < stride:
            return lambda row: np.ndarray(shape, dtype, block, offset + row * stride, strides)
    return None
