"""Memory for copies of vectors that come and go all through a run.

Each copy allocated by itself leaves a hole when it goes, which something smaller soon lies in: the process grows with
every thinning. Here rows are taken from a few large blocks, and every one that is given back is as good as new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

BLOCK = 1_000_000
"""Bytes, about, that are allocated at once; a longer vector has a block of its own."""


class Shelf:
    """Copies of vectors of one length and type, a few under each key."""

    def __init__(self, like: Array) -> None:
        """`like` (parameters,): a vector such as all that will be kept."""
        self._like = like[:0].copy(), len(like)
        self._free: list[Array] = []
        self._kept: dict[int, tuple[Array, ...]] = {}

    def put(self, key: int, vectors: Sequence[Array]) -> tuple[Array, ...]:
        """Copy `vectors` under `key`, which has none yet. The copies are valid until `drop`."""
        while len(self._free) < len(vectors):
            self._free += self._block()
        rows = tuple(self._free.pop() for _ in vectors)
        for row, vector in zip(rows, vectors, strict=True):
            row[:] = vector
        self._kept[key] = rows
        return rows

    def drop(self, keys: Iterable[int]) -> None:
        """Give back what lies under `keys`."""
        for key in keys:
            self._free += self._kept.pop(key)

    def _block(self) -> list[Array]:
        (empty, length) = self._like
        count = max(BLOCK // max(length * empty.itemsize, 1), 1)
        return list(np.empty((count, length), empty.dtype))[::-1]
