"""Axes with round numbers: limits that stay put while data grow, and ticks whose labels never touch.

Limits snap outwards to round numbers, so that a running curve moves and the picture around it does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike

from tui_trainer.arrays import Floats
from tui_trainer.drawing.charts.numbers import plain

_LARGEST = 1e300
"""Values beyond this are clipped: the difference of two of them would overflow."""
_SMALLEST = 1e-300
"""Steps below this are treated as 0."""
_ROUND = (1.0, 2.0, 5.0, 10.0)
_DIGITS, _MOST_DIGITS = 6, 18
"""Of a label of a value axis: at most, and where even these would tell another number than its tick."""
_UNTRUE = 0.01
"""Share of the distance of two ticks by which a label may miss its own."""
SINGLE = 2.0**-21
"""A few roundings of single precision, as a share: losses that differ by less do not differ."""


class Axis(Struct, frozen=True):
    """A scale from `low` to `high` (low < high; both positive when logarithmic)."""

    low: float
    high: float
    logarithmic: bool = False

    def place(self, values: ArrayLike, count: int) -> Floats:
        """Positions of `values` on `count` dots, from 0 to `count` − 1, clipped at the ends; NaN stays NaN. A
        logarithmic axis puts values that are not positive at its low end."""
        low, high = (math.log10(self.low), math.log10(self.high)) if self.logarithmic else (self.low, self.high)
        scaled = self._scaled(_limited(np.asarray(values, dtype=np.float64), -_LARGEST, _LARGEST))
        return np.asarray(_limited((scaled - low) / (high - low), 0.0, 1.0) * (count - 1))

    def cell(self, values: ArrayLike, count: int, dots: int) -> Floats:
        """The cell, of `count` cells of `dots` dots each, in which a curve made of dots passes each of `values`."""
        return np.asarray(np.rint(self.place(values, count * dots)) // dots)

    def ticks(self, fits: Callable[[list[float]], bool]) -> list[float]:
        """The densest set of round numbers within the limits that `fits` accepts; empty if none does."""
        low, high = self.low * _UNDER, self.high * _OVER
        if not self.logarithmic:  # values may be large beside the distance of the limits
            slack = (_OVER - 1) * (self.high - self.low)
            low, high = self.low - slack, self.high + slack
        for candidate in self._candidates():
            inside = [value for value in candidate if low <= value <= high]
            if inside and fits(inside):
                return inside
        return []

    def _scaled(self, values: Floats) -> Floats:
        if not self.logarithmic:
            return values
        with np.errstate(invalid="ignore"):
            return np.asarray(np.log10(np.maximum(values, self.low)))

    def _candidates(self) -> Iterator[list[float]]:
        """Sets of round numbers, the dense ones first."""
        if self.logarithmic:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            decades = range(first, last + 1)
            if last - first <= 2:
                yield from self._evenly(2)
            if last - first <= 4:
                yield [m * 10.0**d for d in decades for m in (1, 2, 5)]
                yield [m * 10.0**d for d in decades for m in (1, 3)]
            for stride in (1, 2, 3, 5, 10, 20, 50, 100, 200):
                yield [10.0**d for d in decades if d % stride == 0]
            yield [self.low, self.high]
            yield [self.high]
        else:
            yield from self._evenly(6)

    def _evenly(self, sizes: int) -> Iterator[list[float]]:
        """Multiples of a round step, about twenty of them down to one."""
        step = (self.high - self.low) / 20
        for _ in range(sizes):
            step = round_up(step * 1.0001)
            first = math.ceil(self.low / step - 1e-9)
            yield [round(k * step, 12) if step > 1e-9 else k * step for k in range(first, first + 25)]


_UNDER, _OVER = 1 - 1e-9, 1 + 1e-9


def _limited(values: Floats, low: float, high: float) -> Floats:
    """`np.clip` without its overhead; NaN stays NaN."""
    return np.asarray(np.minimum(np.maximum(values, low), high))


def round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten that is not below `value` > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((m * power for m in _ROUND if m * power >= value * _UNDER), 10 * power)


def round_down(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten that is not above `value` > 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((m * power for m in reversed(_ROUND) if m * power <= value * _OVER), power)


def value_axis(values: ArrayLike, *, logarithmic: bool = False, resolution: float = 0.0) -> Axis:
    """An axis with round limits around all finite `values`; from 0 to 1 where there are none. Values that differ by no
    more than `resolution`, as a share of their size, count as one, so that a constant is not drawn as its roundings.

    Where a logarithmic axis is asked for, values that are not positive do not count; without a positive one the
    axis is linear.
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    if logarithmic and len(positive := finite[finite > _SMALLEST]):
        least, most = (min(float(edge), _LARGEST) for edge in (positive.min(), positive.max()))
        low, high = round_down(least), round_up(most)
        return Axis(low, high if high > low else low * 10, True)
    if not len(finite):
        return Axis(0.0, 1.0)
    low, high = (min(max(float(edge), -_LARGEST), _LARGEST) for edge in (finite.min(), finite.max()))
    if high - low <= resolution * max(abs(low), abs(high)):
        low, high = (min(low, 0.0), max(high, 0.0)) if low else (0.0, 1.0)
    step = round_up(max((high - low) / 8, _SMALLEST))
    return Axis(math.floor(low / step) * step, math.ceil(high / step) * step)


def time_axis(end: float, target: float, start: float = 0.0, least: float = 8.0) -> Axis:
    """An axis of iterations from `start`. Its length is that of the run, halved or doubled until `end` just fits, and
    at least `least`. A start other than 0 is moved back to a round number.

    So the scale changes a few times in a run instead of in every frame, and the curve fills at least half of it.
    """
    if start:
        step = round_up(max(end - start, least) / 8)
        start = math.floor(start / step) * step
    count, length = end - start, max(target - start, 8.0)
    while length / 2 >= max(count, least):
        length /= 2
    while length < count:
        length *= 2
    return Axis(start, start + length)


@lru_cache(maxsize=256)
def vertical_labels(axis: Axis, rows: int, dots: int) -> Mapping[int, str]:
    """Row from the top → label, for a value axis over `rows` rows of `dots`; labels stand two rows apart.

    They have as many digits as it takes to tell them apart and to be true: losses may differ in the eighth digit only.
    """

    def rows_of(values: list[float]) -> list[int]:
        return [rows - 1 - int(row) for row in axis.cell(values, rows, dots)]

    def fits(values: list[float]) -> bool:
        places = sorted(rows_of(values))
        near = 2 if rows > 3 else 1
        return all(after - before >= near for before, after in pairwise(places))

    ticks = axis.ticks(fits)
    apart = min((abs(after - before) for before, after in pairwise(ticks)), default=axis.high - axis.low)

    def are_true(digits: int) -> bool:
        return all(abs(float(f"{tick:.{digits}g}") - tick) <= _UNTRUE * apart for tick in ticks)

    digits = next(filter(are_true, range(_DIGITS, _MOST_DIGITS)), _MOST_DIGITS)
    texts = [plain(tick, digits) for tick in ticks]
    return dict(zip(rows_of(ticks), texts, strict=False))


@lru_cache(maxsize=256)
def horizontal_labels(axis: Axis, columns: int, dots: int, label: Callable[[float], str]) -> Sequence[tuple[int, str]]:
    """(first column, label) from the left, for an axis over `columns` columns of `dots`; two blanks between labels."""

    def placed(values: list[float]) -> list[tuple[int, str]]:
        centres = axis.cell(values, columns, dots).astype(int)
        texts = [label(value) for value in values]
        return [
            (min(max(int(centre) - len(text) // 2, 0), columns - len(text)), text)
            for centre, text in zip(centres, texts, strict=True)
        ]

    def fits(values: list[float]) -> bool:
        places = placed(values)
        if len({text for _, text in places}) < len(places):
            return False  # finer than the labels tell
        ends = [start + len(text) for start, text in places]
        starts = [start for start, _ in places]
        return starts[0] >= 0 and all(end + 2 <= start for end, start in zip(ends, starts[1:], strict=False))

    return placed(axis.ticks(fits))
