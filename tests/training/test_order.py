"""Every example once an epoch, in an order of the epoch's own that can be found without running anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.training.order import Order, Position


def epochs_of(order: Order, iterations: int) -> list[list[int]]:
    """The examples of each epoch that is seen whole in the first `iterations` from the start, in their order."""
    numbers = np.arange(order.start.iteration, order.start.iteration + iterations)
    epochs, offsets, sizes, last = order.locate(numbers)
    seen: list[list[int]] = [[]]
    for epoch, offset, size, ends in zip(epochs, offsets, sizes, last, strict=True):
        seen[-1] += order.examples(np.array([epoch]), np.array([offset]), int(size))[0].tolist()
        if ends:
            seen.append([])
    return seen[:-1]


@given(
    count=st.integers(1, 200),
    batch=st.integers(1, 250),
    shuffle=st.booleans(),
    drop_last=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_example_once_an_epoch(count: int, batch: int, shuffle: bool, drop_last: bool, seed: int) -> None:
    order = Order(count, batch, seed, shuffle=shuffle, drop_last=drop_last)
    whole = epochs_of(order, 3 * order.per_epoch)
    used = count // order.batch * order.batch if drop_last else count
    assert len(whole) == 3
    for epoch in whole:
        assert len(epoch) == used
        assert len(set(epoch)) == used
        assert set(epoch) <= set(range(count))
    if not shuffle or order.batch == count:
        assert whole[0] == list(range(used))


def test_epochs_and_seeds_have_orders_of_their_own() -> None:
    orders = epochs_of(Order(50, 10, seed=0, shuffle=True, drop_last=False), 5 * 5)
    assert len({tuple(epoch) for epoch in orders}) == 5
    other = epochs_of(Order(50, 10, seed=1, shuffle=True, drop_last=False), 5)
    assert other[0] != orders[0]


def test_the_order_of_an_epoch_does_not_depend_on_the_batch_size_or_on_where_it_is_entered() -> None:
    first, *_ = epochs_of(Order(64, 8, seed=3, shuffle=True, drop_last=False), 8)
    again, *_ = epochs_of(Order(64, 16, seed=3, shuffle=True, drop_last=False), 4)
    assert first == again
    late = Order(64, 8, seed=3, shuffle=True, drop_last=False, start=Position(5, 0, 40))
    rest, *_ = epochs_of(late, 3)
    assert rest == first[40:]


@given(
    count=st.integers(2, 150),
    old=st.integers(1, 40),
    new=st.integers(1, 200),
    at=st.integers(0, 400),
    drop_last=st.booleans(),
)
def test_a_change_of_the_batch_size_cuts_the_rest_of_the_epoch_anew(
    count: int, old: int, new: int, at: int, drop_last: bool
) -> None:
    before = Order(count, old, 7, shuffle=True, drop_last=drop_last)
    start = before.position(at)
    after = Order(count, new, 7, shuffle=True, drop_last=drop_last, start=start)
    assert after.position(at) == start
    rest, following = epochs_of(after, 2 * count)[:2]
    if start.offset:
        single = Order(count, 1, 7, shuffle=True, drop_last=False)
        whole = single.examples(np.full(count, start.epoch), np.arange(count), 1)[:, 0].tolist()
        assert rest == whole[start.offset :][: len(rest)]
    left = count - start.offset
    batch = min(new, count)
    assert len(rest) == (left if not drop_last else max(left // batch * batch, min(left, batch)))
    assert len(set(following)) == len(following) == (count // batch * batch if drop_last else count)


@given(count=st.integers(1, 60), batch=st.integers(1, 70), iteration=st.integers(0, 10_000), start=st.integers(0, 50))
def test_position_and_first_of_epoch_agree(count: int, batch: int, iteration: int, start: int) -> None:
    first = Order(count, batch, 0, shuffle=True, drop_last=False)
    order = Order(count, batch, 0, shuffle=True, drop_last=False, start=first.position(start))
    position = order.position(start + iteration)
    assert order.first_of_epoch(position.epoch) <= start + iteration < order.first_of_epoch(position.epoch + 1)
    assert 0 <= position.offset < count
    if position.offset == 0 and position.epoch > order.start.epoch:
        assert order.first_of_epoch(position.epoch) == start + iteration


def test_thirty_two_and_thirty_one() -> None:
    kept = Order(1000, 32, 0, shuffle=True, drop_last=False)
    dropped = Order(1000, 32, 0, shuffle=True, drop_last=True)
    assert (kept.per_epoch, dropped.per_epoch) == (32, 31)
    assert kept.locate(np.arange(32))[2].tolist() == [32] * 31 + [8]
    assert kept.locate(np.arange(64))[3].nonzero()[0].tolist() == [31, 63]


def test_a_batch_larger_than_the_data_is_all_of_them() -> None:
    order = Order(5, 1000, 0, shuffle=True, drop_last=True)
    assert (order.batch, order.per_epoch, order.takes_all(5)) == (5, 1, True)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_balanced_epochs_see_every_class_equally_often(seed: int, shuffle: bool) -> None:
    classes = np.array([0] * 900 + [1] * 80 + [2] * 20)
    order = Order(1000, 50, seed, shuffle=shuffle, drop_last=False, classes=classes)
    drawn = np.concatenate([classes[epoch] for epoch in epochs_of(order, 10 * 20)])
    shares = np.bincount(drawn) / len(drawn)
    np.testing.assert_allclose(shares, 1 / 3, atol=5 * (2 / 9 / len(drawn)) ** 0.5)
    assert not order.takes_all(1000)


def test_a_balanced_full_batch_is_drawn_anew_in_every_epoch() -> None:
    order = Order(20, 20, 0, shuffle=True, drop_last=False, classes=np.array([0] * 18 + [1] * 2))
    first, second = epochs_of(order, 2)
    assert first != second
