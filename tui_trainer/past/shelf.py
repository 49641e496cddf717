"""Copies of the training state, stored so that taking and dropping thousands of them does not fragment memory.

Thousands of keyframes as separate objects take twice the memory of their numbers, and each dropped one leaves a hole
that a smaller object soon occupies. Here the vectors are rows of a few large blocks and a dropped row is reused. What
many copies have in common is stored once, and the rest is numbers in arrays.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from msgspec import structs

from tui_trainer.arrays import Array
from tui_trainer.training.state import Keyframe

BLOCK = 1_000_000
"""Approximate bytes of one allocation. A longer vector gets a block of its own."""
OVERHEAD = 40
"""Approximate bytes of a copy beside the numbers of its vectors."""
END = -1
"""Marks the end of a chain of rows."""

_OWN = ("iteration", "parameters", "slots", "step")
_COMMON = tuple(name for name in Keyframe.__struct_fields__ if name not in _OWN)
"""Fields that neighbouring copies share unless a setting was changed between them."""


class Shelf:
    """Keyframes by iteration, without their last step."""

    def __init__(self, parameters: int, dtype: np.dtype[Any]) -> None:
        """Every copy has `parameters` numbers of type `dtype` in each of its vectors."""
        self._empty, self._length = np.empty(0, dtype), parameters
        self._row_size = parameters * dtype.itemsize
        self._per_block = max(BLOCK // max(self._row_size, 1), 1)
        self._blocks: list[Array] = []
        self._after = array("q")
        """For each row ever used, the next row of its chain: of the same copy's vectors, or of the free rows."""
        self._free = END
        """The first free row."""
        self.iterations = array("q")
        """Ascending. `_first` and `_common` have the same order."""
        self._first = array("q")
        """The row of each copy's parameters."""
        self._common: list[Keyframe] = []
        self.nbytes = 0
        """Bytes that the copies take. Best parameters that copies share count for each of them."""

    def __contains__(self, iteration: int) -> bool:
        return self._find(iteration) is not None

    def __getitem__(self, iteration: int) -> Keyframe:
        """The copy of this iteration; its rows are valid until it is dropped. `KeyError` if there is none."""
        place = self._place(iteration)
        parameters, *slots = map(self._row, self._rows(self._first[place]))
        return structs.replace(self._common[place], iteration=iteration, parameters=parameters, slots=tuple(slots))

    def last_until(self, iteration: int) -> int:
        """The iteration of the last copy at or before `iteration`; 0 if there is none."""
        place = bisect_right(self.iterations, iteration)
        return self.iterations[place - 1] if place else 0

    def room_for(self, frame: Keyframe) -> int:
        """Bytes that a copy of `frame` takes."""
        return self._size(1 + len(frame.slots), frame)

    def put(self, frame: Keyframe) -> None:
        """Copy `frame`. There must be no copy of its iteration yet."""
        vectors = frame.parameters, *frame.slots
        first = END
        for vector in reversed(vectors):
            row = self._take_row()
            self._row(row)[:] = vector
            self._after[row], first = first, row
        place = bisect_left(self.iterations, frame.iteration)
        common = self._common_to(frame, self._common[max(place - 1, 0) : place + 1])
        self.iterations.insert(place, frame.iteration)
        self._first.insert(place, first)
        self._common.insert(place, common)
        self.nbytes += self.room_for(frame)

    def drop(self, iteration: int) -> None:
        """Drop one copy. `KeyError` if there is none."""
        place = self._place(iteration)
        self._give_back(place)
        del self.iterations[place], self._first[place], self._common[place]

    def keep(self, wanted: Callable[[int], bool]) -> None:
        """Drop all copies whose iteration is not wanted."""
        kept = 0
        for place, iteration in enumerate(self.iterations):
            if wanted(iteration):
                self.iterations[kept] = iteration
                self._first[kept], self._common[kept] = self._first[place], self._common[place]
                kept += 1
            else:
                self._give_back(place)
        del self.iterations[kept:], self._first[kept:], self._common[kept:]

    def copy(self) -> Shelf:
        """The same copies in new blocks, without spare rows."""
        other = Shelf(self._length, self._empty.dtype)
        for iteration in self.iterations:
            other.put(self[iteration])
        return other

    def _find(self, iteration: int) -> int | None:
        place = bisect_left(self.iterations, iteration)
        return place if place < len(self.iterations) and self.iterations[place] == iteration else None

    def _place(self, iteration: int) -> int:
        place = self._find(iteration)
        if place is None:
            raise KeyError(iteration)
        return place

    def _rows(self, first: int) -> Iterator[int]:
        """The rows of a chain."""
        row = first
        while row != END:
            yield row
            row = self._after[row]

    def _row(self, number: int) -> Array:
        block, place = divmod(number, self._per_block)
        row: Array = self._blocks[block][place]
        return row

    def _take_row(self) -> int:
        if self._free != END:
            row = self._free
            self._free = self._after[row]
            return row
        row = len(self._after)
        if row == len(self._blocks) * self._per_block:
            self._blocks.append(np.empty((self._per_block, self._length), self._empty.dtype))
        self._after.append(END)
        return row

    def _give_back(self, place: int) -> None:
        rows = list(self._rows(self._first[place]))
        self._after[rows[-1]], self._free = self._free, rows[0]
        self.nbytes -= self._size(len(rows), self._common[place])

    def _size(self, vectors: int, common: Keyframe) -> int:
        vectors += common.early_stop.best_parameters is not None
        return OVERHEAD + vectors * self._row_size

    def _common_to(self, frame: Keyframe, neighbours: list[Keyframe]) -> Keyframe:
        """`frame` reduced to `_COMMON`: a neighbour's object where that has the same fields."""
        for other in neighbours:
            if all(getattr(other, name) is getattr(frame, name) for name in _COMMON):
                return other
        return structs.replace(frame, iteration=0, parameters=self._empty, slots=(), step=None)
