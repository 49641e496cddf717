"""A series of any length in bounded memory: buckets of (min, max, mean, last) whose width doubles when they are full.

Spikes survive the merging. Ten million values take the same memory and the same time to draw as two thousand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats


class Buckets(Struct, frozen=True, kw_only=True):
    """The contents of a `History` at one moment. All arrays are new copies with one entry a bucket, the oldest first.

    A bucket whose values are all non-finite has NaN in `low`, `high` and `mean`; `non_finite` counts them.
    """

    first: Floats
    """Position of the first value of each bucket, increasing."""
    final: Floats
    """Position of the last value of each bucket."""
    width: int
    """Values in each bucket except the last, which may still be filling."""
    values: NDArray[np.int64]
    """Number of values in each bucket."""
    low: Floats
    high: Floats
    mean: Floats
    last: Floats
    non_finite: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Values in all buckets."""
        return int(self.values.sum())

    @property
    def positions(self) -> Floats:
        """The centre of every bucket."""
        return (self.first + self.final) / 2

    @property
    def newest(self) -> float:
        """The position of the last value; 0 without values."""
        return float(self.final[-1]) if len(self.final) else 0.0

    @property
    def spacing(self) -> float:
        """Positions from one value to the next, on average."""
        count = self.count
        return (self.newest - float(self.first[0])) / (count - 1) if count > 1 else 1.0

    def index_at(self, position: float) -> int | None:
        """The bucket at a position, or the last one before it; None before the first and after the newest value."""
        index = int(np.searchsorted(self.first, position, side="right")) - 1
        return index if index >= 0 and position <= self.newest else None


class HistoryState(Struct, frozen=True, kw_only=True):
    """A `History` as plain numbers, from which it can be continued."""

    start: int
    width: int
    count: int
    """Values in all buckets."""
    columns: Floats
    """(6, buckets): low, high, sum and last value of each bucket, and how many of its values are finite and not."""


class History:
    """An append-only series of numbers in `capacity` buckets allocated once."""

    def __init__(self, capacity: int = 4096, start: int = 0) -> None:
        """`capacity`: buckets, an even number. `start`: position of the first value, if `extend` gets no positions."""
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
        self._positions: tuple[Floats, Floats] | None = None
        """Positions of the first and the last value of each bucket; None if they are `start`, `start` + 1, …"""

    def extend(self, values: NDArray[np.floating], positions: NDArray[np.floating] | None = None) -> None:
        """Append `values` (n,) of any float type. Non-finite values are counted and marked, never averaged in.

        `positions` (n,) must increase. A series has positions for all values or for none; without them values are one
        apart. Raises `ValueError` for other positions.
        """
        values = np.asarray(values, dtype=np.float64).ravel()
        if positions is not None:
            positions = self._checked(np.asarray(positions, dtype=np.float64).ravel(), len(values))
        elif self._positions is not None and len(values):
            raise ValueError("the values so far have positions, and these have none")
        while len(values):
            while self.count == self.width * self._capacity:
                self._merge()
            # Wide buckets are filled one at a time, narrow buckets many at once.
            before, room = self.count, self.width - self.count % self.width
            if room < self.width or len(values) < self.width:
                values = self._fill(values, min(room, len(values)))
            else:
                values = self._fill_whole(values)
            if positions is not None:
                positions = self._note_positions(before, positions)

    @classmethod
    def restored(cls, state: HistoryState) -> History:
        """The series as it was when `state` was taken. Raises `ValueError` if that does not fit together."""
        rows, used = np.asarray(state.columns, dtype=np.float64), -(-state.count // max(state.width, 1))
        history = cls(start=state.start)
        if state.width < 1 or rows.shape != (6, used) or used > history._capacity:
            raise ValueError("the buckets do not fit their number of values")
        history.width, history.count = state.width, state.count
        for column, row in zip(history._columns, rows, strict=True):
            column[:used] = row
        return history

    @property
    def state(self) -> HistoryState:
        """Everything about a series without positions, copied."""
        used = -(-self.count // self.width)
        columns = np.stack([column[:used] for column in self._columns])
        return HistoryState(start=self.start, width=self.width, count=self.count, columns=columns)

    @property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        return self._low, self._high, self._sum, self._last, self._finite, self._non_finite

    def buckets(self) -> Buckets:
        """A copy of the present state, safe to hand to another thread."""
        used = -(-self.count // self.width)
        low, high = self._low[:used].copy(), self._high[:used].copy()
        finite, non_finite = self._finite[:used], self._non_finite[:used].copy()
        with np.errstate(invalid="ignore"):
            mean = self._sum[:used] / finite  # NaN where there is no finite value: 0 / 0
        if non_finite.any():
            low[finite == 0] = high[finite == 0] = np.nan
        values = np.full(used, self.width)
        if used:
            values[-1] = self.count - self.width * (used - 1)
        if self._positions is None:
            first = np.arange(self.start, self.start + self.width * used, self.width, dtype=np.float64)
            final = first + (self.width - 1)
            final[-1:] = self.start + self.count - 1
        else:
            first, final = (each[:used].copy() for each in self._positions)
        return Buckets(
            first=first,
            final=final,
            width=self.width,
            values=values,
            low=low,
            high=high,
            mean=mean,
            last=self._last[:used].copy(),
            non_finite=non_finite,
        )

    @property
    def last(self) -> float | None:
        """The value appended last; None before the first."""
        return float(self._last[(self.count - 1) // self.width]) if self.count else None

    def at(self, position: int) -> float | None:
        """The value number `position`, counted from 0; None if it is unknown or merged with others."""
        known = self.width == 1 and 0 <= position < self.count and self._finite[position]
        return float(self._last[position]) if known else None

    def cut(self, count: int) -> int:
        """Forget the values after the first `count`, back to the start of a bucket. Return how many are left."""
        self.count = min(self.count, count) // self.width * self.width
        return self.count

    def _checked(self, positions: Floats, count: int) -> Floats:
        """The positions if they are valid for `count` new values. Their arrays are made with the first positions."""
        if self._positions is None and self.count:
            raise ValueError("the values so far have no positions")
        if self._positions is None:
            self._positions = np.empty(self._capacity), np.empty(self._capacity)
        newest = self._positions[1][(self.count - 1) // self.width] if self.count else -np.inf
        if len(positions) != count or not (np.diff(positions, prepend=newest) > 0).all():
            raise ValueError("positions must increase, one for each value")
        return positions

    def _note_positions(self, before: int, positions: Floats) -> Floats:
        """Store the positions of the values appended after the first `before`; return the rest."""
        if self._positions is not None:
            number = np.arange(before, self.count)
            begins, bucket = number % self.width == 0, number // self.width
            taken = positions[: len(number)]
            self._positions[0][bucket[begins]] = taken[begins]
            self._positions[1][bucket] = taken  # the last position of each bucket wins
        return positions[self.count - before :]

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
        all_finite = bool(finite.all())  # nearly always true, and saves a third of the work
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
        if self._positions is not None:
            for column, of_pair in zip(self._positions, (0, 1), strict=True):
                column[:half] = column[of_pair::2]
        self.width *= 2
