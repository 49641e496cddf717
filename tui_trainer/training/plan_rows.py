"""From the calls of one row of a plan to those of every other row.

Compiling every row would make thousands of nearly equal calls, scattered over megabytes. In a long-running program the
training loop then spends a tenth of its time waiting for memory. So only row 0 is compiled. For another row only the
calls that touch a block of rows are made, with their views moved to that row. All other calls are the same objects in
every row and stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.layers import Call

AnyArray = NDArray[Any]
Maker = Callable[[int], Any]
"""Makes the counterpart, in a given row, of something in row 0."""


def makers(calls: Sequence[Call], blocks: Sequence[AnyArray]) -> list[tuple[int, Maker]]:
    """The positions of those `calls` of row 0 that differ in other rows, each with its maker.

    `blocks`: contiguous arrays (rows, …), each the owner of its memory. All rows share a block of one row.
    """
    blocks = [block for block in blocks if len(block) > 1]
    if not blocks:
        return []
    made = [(place, _call_maker(call, blocks)) for place, call in enumerate(calls)]
    return [(place, make) for place, make in made if make is not None]


def _call_maker(call: Call, blocks: Sequence[AnyArray]) -> Maker | None:
    function, arguments = call
    new_function, new_arguments = _maker(function, blocks), [_maker(each, blocks) for each in arguments]
    if new_function is None and not any(new_arguments):
        return None

    def make(row: int) -> Call:
        moved = [each if new is None else new(row) for each, new in zip(arguments, new_arguments, strict=True)]
        return function if new_function is None else new_function(row), tuple(moved)

    return make


def _maker(thing: Any, blocks: Sequence[AnyArray]) -> Maker | None:
    """The maker of a view, or of a function bound to one; None if it lies in no block."""
    if isinstance(thing, np.ndarray):
        return _view_maker(thing, blocks)
    if isinstance(thing, partial):  # np.maximum with its output
        keywords = {name: make for name, each in thing.keywords.items() if (make := _maker(each, blocks)) is not None}
        if not keywords:
            return None
        return lambda row: partial(thing, **{name: make(row) for name, make in keywords.items()})
    # a.dot is bound to an array; np.maximum.reduce is bound to a function and stays
    make = _maker(owner, blocks) if isinstance(owner := getattr(thing, "__self__", None), np.ndarray) else None
    return None if make is None else lambda row: getattr(make(row), thing.__name__)


def _view_maker(view: AnyArray, blocks: Sequence[AnyArray]) -> Maker | None:
    shape, dtype, strides, address = view.shape, view.dtype, view.strides, view.ctypes.data
    for block in blocks:
        offset, stride = address - block.ctypes.data, block.strides[0]
        if 0 <= offset < stride:
            return lambda row: np.ndarray(shape, dtype, block, offset + row * stride, strides)
    return None
