"""Copies in a store are what was put there until they go, rows that come back are used again, little comes on top."""

from __future__ import annotations

import numpy as np
import pytest
from allocations import traced
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tui_trainer.past.keyframe_store import BLOCK, OVERHEAD, KeyframeStore
from tui_trainer.training import Trainer, build, with_setting
from tui_trainer.training.vectors import Keyframe

EXPERIMENT = build({"data": {"name": "xor", "samples": 8}, "network": {"hidden": [2]}})
FRAMES = [
    Trainer(with_setting(EXPERIMENT, "optimizer.name", name)).keyframe() for name in ("sgd", "momentum", "adam", "adam")
]
"""With no slots, one, and two; the last two are of two experiments that say the same."""


def frame(kind: int, iteration: int, length: int) -> Keyframe:
    """Of `iteration`, which its numbers tell."""
    like = FRAMES[kind]
    slots = tuple(np.full(length, iteration + 0.25 * place, np.float32) for place in range(1, 1 + len(like.slots)))
    parameters = np.full(length, iteration, np.float32)
    return structs.replace(like, iteration=iteration, parameters=parameters, slots=slots, step=None)


def same(one: Keyframe, other: Keyframe) -> bool:
    return (
        all(np.array_equal(*pair) for pair in zip(one.vectors, other.vectors, strict=True))
        and (one.experiment, one.order_start, one.early_stop, one.optimizer_start, one.iteration)
        == (other.experiment, other.order_start, other.early_stop, other.optimizer_start, other.iteration)
        and one.experiment is other.experiment
    )


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.sampled_from(["drop", "keep", "copy"]))),
    st.integers(1, BLOCK // 8),
)
def test_copies_stay_until_they_go(deeds: list[tuple[int, int, str]], length: int) -> None:
    store, known = KeyframeStore(length, np.dtype(np.float32)), {}
    for iteration, kind, deed in deeds:
        if iteration not in known:
            known[iteration] = frame(kind, iteration, length)
            store.put(structs.replace(known[iteration], step=known[iteration].vectors[:1] * 2))
        elif deed == "drop":
            store.drop(iteration)
            del known[iteration]
        elif deed == "keep":
            known = {each: kept for each, kept in known.items() if each % 3 == iteration % 3}
            store.keep(lambda each: each % 3 == iteration % 3)  # noqa: B023 — called at once
        else:
            store = store.copy()
        assert list(store.iterations) == sorted(known)
        assert store.nbytes == sum(store.room_for(each) for each in known.values())
        for each in range(13):
            assert (each in store) == (each in known)
            assert store.last_until(each) == max((other for other in known if other <= each), default=0)
        assert all(same(store[each], kept) for each, kept in known.items())
        kept = [vector for each in known for vector in store[each].vectors]
        assert len({vector.__array_interface__["data"][0] for vector in kept}) == len(kept)


def test_rows_that_come_back_are_used_again() -> None:
    store, seen = KeyframeStore(1000, np.dtype(np.float32)), set()
    for iteration in range(1, 5000):
        store.put(frame(0, iteration, 1000))
        seen.add(store[iteration].parameters.__array_interface__["data"][0])
        store.drop(iteration)
    assert len(seen) == 1


def test_what_is_not_there() -> None:
    store = KeyframeStore(3, np.dtype(np.float32))
    store.put(frame(0, 5, 3))
    for wrong in (0, 4, 6):
        with pytest.raises(KeyError):
            store[wrong]
        with pytest.raises(KeyError):
            store.drop(wrong)


def test_thousands_of_copies_take_what_they_say() -> None:
    """The vectors and a little on top, also after every second one has gone a few times."""
    like, count, spacing, iteration = frame(2, 0, 10), 10_000, 1, 0
    with traced() as held:
        store = KeyframeStore(10, np.dtype(np.float32))
        while spacing < 16:
            store.keep(lambda each: each % spacing == 0)  # noqa: B023 — called at once
            while len(store.iterations) < count:
                iteration += spacing
                store.put(structs.replace(like, iteration=iteration))
            spacing *= 2
        taken = held()
    assert list(store.iterations) == list(range(8, 8 * count + 1, 8))
    assert store.nbytes == count * (OVERHEAD + 3 * 10 * 4)
    assert taken < 1.1 * store.nbytes + BLOCK
