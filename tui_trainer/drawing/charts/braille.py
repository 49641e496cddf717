"""Curves as dots: whole series to a grid of booleans at once, and that grid to braille characters.

A cell has 2 × 4 dots. Where the screen has no braille, a cell has one dot and the same functions draw in letters.
plotext needs 3 to 5 ms for what takes 0.16 ms here, in every frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats

Mask = NDArray[np.bool_]

BLANK = 0x2800
_BITS = (0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80)
"""Bit of each dot in a braille character: those of the left column from the top, then of the right one (Unicode chapter
21)."""
_CODES = np.array(
    [BLANK + sum(bit for place, bit in enumerate(_BITS) if dots << place & 0x80) for dots in range(256)], np.uint32
)
"""Code point by the dots of a cell as a byte, the first dot its highest bit."""


def pack(mask: Mask) -> NDArray[np.uint32]:
    """Braille code points (rows / 4, columns / 2) of dots (rows, columns); 0x2800 where there is none."""
    rows, columns = mask.shape
    dots = mask.reshape(rows // 4, 4, columns // 2, 2).transpose(0, 2, 3, 1)
    codes: NDArray[np.uint32] = _CODES[np.packbits(dots).reshape(rows // 4, columns // 2)]
    return codes


class Columns:
    """Values at increasing dot positions, gathered by the dot column that each falls into."""

    def __init__(self, place: Floats, columns: int) -> None:
        """`place` (n,): positions, 0 the first of `columns` dots."""
        column = np.rint(place).astype(np.intp)
        is_first = np.ones(len(column), np.bool_)
        np.not_equal(column[1:], column[:-1], out=is_first[1:])
        self._first = is_first.nonzero()[0]
        self._filled, self._columns, self._count = column[self._first], columns, len(column)

    def extremes(self, values: Floats, reduce: np.ufunc) -> Floats:
        """The least (np.fmin) or the greatest (np.fmax) of the values (n,) in each column that has any."""
        return np.asarray(reduce.reduceat(values, self._first)) if len(self._first) else values

    def means(self, values: Floats) -> Floats:
        """The mean of the values (n,) in each column that has any; NaN beside a NaN."""
        if not len(self._first):
            return values
        sizes = np.concatenate((self._first[1:], [self._count])) - self._first
        return np.asarray(np.add.reduceat(values, self._first) / sizes)

    def lasts(self, values: Floats) -> Floats:
        """The last of the values (n,) in each column that has any."""
        return values[np.concatenate((self._first[1:], [self._count])) - 1] if len(self._first) else values

    def spread(self, values: Floats) -> Floats:
        """A value for every column, from one for each that has any: those between two lie on the straight line between
        them. NaN before the first, after the last and beside a NaN."""
        if not len(values):
            return np.full(self._columns, np.nan)
        spread = np.interp(np.arange(self._columns), self._filled, values, left=np.nan, right=np.nan)
        spread[self._filled] = values  # np.interp loses a value whose next neighbour is NaN
        return spread


def band(low: Floats, high: Floats, rows: int) -> Mask:
    """Dots (rows, columns) between two heights a column, in dots above the bottom; NaN draws nothing.

    Each column reaches half way to its neighbours, so that steep curves have no holes.
    """
    bottom, top = _reaching(low, np.fmin), _reaching(high, np.fmax)
    height = np.arange(rows - 1, -1, -1, dtype=np.float64)[:, None]
    with np.errstate(invalid="ignore"):
        return np.asarray((height >= np.rint(bottom)) & (height <= np.rint(top)))


def line(heights: Floats, rows: int, thickness: int = 1) -> Mask:
    """Dots (rows, columns) of a connected line, `thickness` dots high, from one height a column."""
    return band(np.maximum(heights - (thickness - 1), 0.0), heights, rows)


def _reaching(heights: Floats, further: np.ufunc) -> Floats:
    middle = (heights[:-1] + heights[1:]) / 2
    reach = heights.copy()
    reach[:-1] = further(reach[:-1], middle)
    reach[1:] = further(reach[1:], middle)
    return np.where(np.isfinite(heights), reach, np.nan)
