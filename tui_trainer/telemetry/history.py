"""A series of any length in bounded memory: buckets of (min, max, mean, last) whose width doubles when they are full.

Spikes survive the merging, and ten million values cost the same memory and the same frame as two thousand.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Buckets(Struct, frozen=True, kw_only=True):
    """What a `History` holds at one moment. All arrays have one entry a bucket, the oldest first, and are new copies.

    A bucket whose values are all non-finite has NaN in `low`, `high` and `mean`; `non_finite` counts them.
    """

    start: int
    """Position (iteration) of the first value of the first bucket."""
    width: int
    """Values in each bucket but the last, which may still be filling."""
    count: int
    """Values appended so far; the last value stands at position `start + count - 1`."""
    low: Floats
    high: Floats
    mean: Floats
    last: Floats
    non_finite: NDArray[np.int64]

    @property
    def positions(self) -> Floats:
        """The centre of every bucket, in iterations."""
        first = self.start + np.arange(len(self.low), dtype=np.float64) * self.width
        return first + (self.values - 1) / 2

    @property
    def values(self) -> NDArray[np.int64]:
        """How many values are in every bucket: `width`, but in the last, which may still be filling."""
        values = np.full(len(self.low), self.width)
        if len(values):
            values[-1] = self.count - self.width * (len(values) - 1)
        return values


class History:
    """An append-only series of numbers, one an iteration, in `capacity` buckets allocated once."""

    def __init__(self, capacity: int = 4096, start: int = 0) -> None:
        """`capacity`: buckets, an even number. `start`: the position of the first value."""
        if capacity < 2 or capacity % 2:
            raise ValueError(f"capacity must be an even number of at least 2, not {capacity}")
        self.start = start
        self.width = 1
        self.count = 0
        self._capacity = capacity
        self._low = np.empty(capacity)
        self._high = np.empty(capacity)
        self._sum = np.empty(capacity)
        self._last = np.empty(capacity)
        self._finite = np.empty(capacity, dtype=np.int64)
        self._non_finite = np.empty(capacity, dtype=np.int64)

    def extend(self, values: NDArray[np.floating]) -> None:
        """Append `values` (n,) of any float type; non-finite ones are counted and marked, never averaged in."""
        values = np.asarray(values, dtype=np.float64).ravel()
        while len(values):
            while self.count == self.width * self._capacity:
                self._merge()
            # One bucket at a time where buckets are wide, many at once where they are narrow.
            room = self.width - self.count % self.width
            if room < self.width or len(values) < self.width:
                values = self._fill(values, min(room, len(values)))
            else:
                values = self._fill_whole(values)

    def buckets(self) -> Buckets:
        """A copy of the present state, safe to hand to another thread."""
        used = -(-self.count // self.width)
        finite = self._finite[:used]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(finite > 0, self._sum[:used] / finite, np.nan)
        empty = finite == 0
        return Buckets(
            start=self.start,
            width=self.width,
            count=self.count,
            low=np.where(empty, np.nan, self._low[:used]),
            high=np.where(empty, np.nan, self._high[:used]),
            mean=mean,
            last=self._last[:used].copy(),
            non_finite=self._non_finite[:used].copy(),
        )

    @property
    def last(self) -> float | None:
        """The value appended last; None before the first."""
        return float(self._last[(self.count - 1) // self.width]) if self.count else None

    def at(self, position: int) -> float | None:
        """The value at `position`, not counting from `start`; None where it is unknown, or merged with others."""
        known = self.width == 1 and 0 <= position < self.count and self._finite[position]
        return float(self._last[position]) if known else None

    def cut(self, count: int) -> int:
        """Forget the values after the first `count`, back to the start of a bucket; return how many are left."""
        self.count = min(self.count, count) // self.width * self.width
        return self.count

    def _fill(self, values: Floats, count: int) -> Floats:
        """Put the first `count` values into the bucket that is filling; return the rest."""
        chunk, rest = values[:count], values[count:]
        index, fresh = divmod(self.count, self.width)
        if fresh == 0:
            self._low[index], self._high[index] = np.inf, -np.inf
            self._sum[index], self._finite[index], self._non_finite[index] = 0.0, 0, 0
        finite = chunk[np.isfinite(chunk)]
        if len(finite):
            self._low[index] = min(self._low[index], finite.min())
            self._high[index] = max(self._high[index], finite.max())
            self._sum[index] += finite.sum()
            self._finite[index] += len(finite)
        self._non_finite[index] += len(chunk) - len(finite)
        self._last[index] = chunk[-1]
        self.count += count
        return rest

    def _fill_whole(self, values: Floats) -> Floats:
        """Put as many whole buckets as fit at once; return the rest."""
        index = self.count // self.width
        buckets = min(len(values) // self.width, self._capacity - index)
        rows = values[: buckets * self.width].reshape(buckets, self.width)
        where, finite = slice(index, index + buckets), np.isfinite(rows)
        all_finite = bool(finite.all())  # nearly always, and a third less work
        self._low[where] = (rows if all_finite else np.where(finite, rows, np.inf)).min(axis=1)
        self._high[where] = (rows if all_finite else np.where(finite, rows, -np.inf)).max(axis=1)
        self._sum[where] = (rows if all_finite else np.where(finite, rows, 0.0)).sum(axis=1)
        self._finite[where] = self.width if all_finite else finite.sum(axis=1)
        self._non_finite[where] = 0 if all_finite else self.width - self._finite[where]
        self._last[where] = rows[:, -1]
        self.count += buckets * self.width
        return values[buckets * self.width :]

    def _merge(self) -> None:
        """Halve the number of buckets by joining neighbours; the width doubles."""
        half = self._capacity // 2
        self._low[:half] = np.minimum(self._low[0::2], self._low[1::2])
        self._high[:half] = np.maximum(self._high[0::2], self._high[1::2])
        for column in (self._sum, self._finite, self._non_finite):
            column[:half] = column[0::2] + column[1::2]
        self._last[:half] = self._last[1::2]
        self.width *= 2
