"""Copies on a shelf are what was put there until they are dropped, and rows that come back are used again."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.training.shelf import BLOCK, Shelf


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3))), st.integers(1, BLOCK // 8))
def test_copies_stay_until_they_are_dropped(deeds: list[tuple[int, int]], length: int) -> None:
    shelf, known, count = Shelf(np.zeros(length, np.float32)), {}, 0
    for key, vectors in deeds:
        if key in known:
            shelf.drop([key])
            del known[key]
        else:
            values = [np.full(length, count := count + 1, np.float32) for _ in range(vectors)]
            known[key] = values, shelf.put(key, values)
            values[0][0] = values[0][0]  # the shelf has copies
        for wanted, kept in known.values():
            assert all(np.array_equal(one, other) for one, other in zip(wanted, kept, strict=True))
            assert not any(np.shares_memory(one, other) for one, other in zip(wanted, kept, strict=True))


def test_rows_that_come_back_are_used_again() -> None:
    shelf = Shelf(np.zeros(1000, np.float32))
    seen = set()
    for key in range(5000):
        (row,) = shelf.put(key, [np.zeros(1000, np.float32)])
        seen.add(row.__array_interface__["data"][0])
        shelf.drop([key])
    assert len(seen) == 1
