"""Copies of the training state, stored so that taking and dropping thousands of them does not fragment memory.

Thousands of keyframes as separate objects take twice the memory of their numbers, and each dropped keyframe leaves a
hole that a smaller object soon occupies. Here the vectors are rows of a few large blocks, and a dropped row is reused.
Fields that many copies share are stored once, and the others are numbers in arrays.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from msgspec import structs

from tui_trainer.arrays import Array
from tui_trainer.training.vectors import Keyframe

BLOCK = 1_000_000
"""Approximate bytes of one allocation. A longer vector gets a block of its own."""
OVERHEAD = 40
"""Approximate bytes of a copy beside the numbers of its vectors."""
END = -1
"""Marks the end of a chain of rows."""

_OWN = ("iteration", "parameters", "slots", "step")
_COMMON = tuple(name for name in Keyframe.__struct_fields__ if name not in _OWN)
"""Fields that neighbouring copies share unless a setting was changed between them."""


class KeyframeStore:
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
        index = self._index(iteration)
        parameters, *slots = map(self._row, self._rows(self._first[index]))
        return structs.replace(self._common[index], iteration=iteration, parameters=parameters, slots=tuple(slots))

    def last_until(self, iteration: int) -> int:
        """The iteration of the last copy at or before `iteration`; 0 if there is none."""
        count = bisect_right(self.iterations, iteration)
        return self.iterations[count - 1] if count else 0

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
        index = bisect_left(self.iterations, frame.iteration)
        common = self._common_to(frame, self._common[max(index - 1, 0) : index + 1])
        self.iterations.insert(index, frame.iteration)
        self._first.insert(index, first)
        self._common.insert(index, common)
        self.nbytes += self.room_for(frame)

    def drop(self, iteration: int) -> None:
        """Drop one copy. `KeyError` if there is none."""
        index = self._index(iteration)
        self._release(index)
        del self.iterations[index], self._first[index], self._common[index]

    def keep(self, wanted: Callable[[int], bool]) -> None:
        """Drop all copies whose iteration is not wanted."""
        kept = 0
        for index, iteration in enumerate(self.iterations):
            if wanted(iteration):
                self.iterations[kept] = iteration
                self._first[kept], self._common[kept] = self._first[index], self._common[index]
                kept += 1
            else:
                self._release(index)
        del self.iterations[kept:], self._first[kept:], self._common[kept:]

    def copy(self) -> KeyframeStore:
        """The same copies in new blocks, without spare rows."""
        other = KeyframeStore(self._length, self._empty.dtype)
        for iteration in self.iterations:
            other.put(self[iteration])
        return other

    def _find(self, iteration: int) -> int | None:
        index = bisect_left(self.iterations, iteration)
        return index if index < len(self.iterations) and self.iterations[index] == iteration else None

    def _index(self, iteration: int) -> int:
        index = self._find(iteration)
        if index is None:
            raise KeyError(iteration)
        return index

    def _rows(self, first: int) -> Iterator[int]:
        row = first
        while row != END:
            yield row
            row = self._after[row]

    def _row(self, number: int) -> Array:
        block, index = divmod(number, self._per_block)
        row: Array = self._blocks[block][index]
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

    def _release(self, index: int) -> None:
        """Put the rows of a copy at the front of the free ones."""
        rows = list(self._rows(self._first[index]))
        self._after[rows[-1]], self._free = self._free, rows[0]
        self.nbytes -= self._size(len(rows), self._common[index])

    def _size(self, vectors: int, common: Keyframe) -> int:
        vectors += common.early_stop.best_parameters is not None
        return OVERHEAD + vectors * self._row_size

    def _common_to(self, frame: Keyframe, neighbours: list[Keyframe]) -> Keyframe:
        """`frame` reduced to `_COMMON`, or a neighbour's object if that has the same fields."""
        for other in neighbours:
            if all(getattr(other, name) is getattr(frame, name) for name in _COMMON):
                return other
        return structs.replace(frame, iteration=0, parameters=self._empty, slots=(), step=None)
