"""A series of any length in bounded memory tells the truth about every value that went into it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from allocations import traced
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.telemetry import Buckets, History

values = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-300])), max_size=300
)
cuts = st.lists(st.integers(0, 40), max_size=60)


def chunked(series: list[float], sizes: list[int]) -> list[np.ndarray]:
    """The series in pieces of these sizes, the rest in one."""
    ends = list(itertools.accumulate(sizes))
    return [np.array(series[a:b]) for a, b in itertools.pairwise([0, *ends, max(len(series), *ends, 0)])]


def expect(buckets: Buckets, series: list[float], capacity: int) -> None:
    """Every bucket against a plain list."""
    assert buckets.count == len(series)
    used = -(-len(series) // buckets.width)
    assert len(buckets.low) == len(buckets.positions) == used <= capacity
    for number in range(used):
        inside = series[number * buckets.width : (number + 1) * buckets.width]
        finite = [v for v in inside if math.isfinite(v)]
        assert buckets.non_finite[number] == len(inside) - len(finite)
        np.testing.assert_equal(buckets.last[number], inside[-1])
        if finite:
            assert (buckets.low[number], buckets.high[number]) == (min(finite), max(finite))
            assert buckets.mean[number] == pytest.approx(math.fsum(finite) / len(finite), rel=1e-9, abs=1e-9)
        else:
            assert np.isnan([buckets.low[number], buckets.high[number], buckets.mean[number]]).all()
        centre = number * buckets.width + (len(inside) - 1) / 2
        assert buckets.positions[number] == centre


@given(series=values, sizes=cuts, capacity=st.sampled_from([2, 4, 6, 16, 64]))
def test_agrees_with_a_plain_list_at_any_length(series: list[float], sizes: list[int], capacity: int) -> None:
    history = History(capacity)
    for chunk in chunked(series, sizes):
        history.extend(chunk)
    expect(history.buckets(), series, capacity)


@given(series=values, more=values, at=st.integers(0, 320), capacity=st.sampled_from([2, 8, 32]))
def test_cut_forgets_whole_buckets_and_goes_on(series: list[float], more: list[float], at: int, capacity: int) -> None:
    history = History(capacity)
    history.extend(np.array(series))
    width = history.width
    left = history.cut(at)
    assert left == history.count
    assert min(at, len(series)) - width < left <= min(at, len(series))
    expect(history.buckets(), series[:left], capacity)
    history.extend(np.array(more))
    expect(history.buckets(), series[:left] + more, capacity)


def test_narrow_until_full_then_the_width_doubles() -> None:
    history = History(8)
    history.extend(np.arange(8.0))
    assert history.buckets().width == 1
    history.extend(np.array([8.0]))
    assert history.buckets().width == 2
    history.extend(np.arange(9.0, 17.0))
    assert history.buckets().width == 4


def test_a_spike_survives_any_length() -> None:
    history = History(16)
    series = np.zeros(100_000)
    series[54_321] = 7.0
    for start in range(0, len(series), 777):
        history.extend(series[start : start + 777])
    buckets = history.buckets()
    spike = int(np.argmax(buckets.high))
    assert buckets.high[spike] == 7
    assert spike == 54_321 // buckets.width


def test_memory_is_bounded() -> None:
    history = History()
    chunk = np.random.default_rng(0).random(100_000)
    for _ in range(3):
        history.extend(chunk)
    with traced() as held:
        before = held()
        for _ in range(100):
            history.extend(chunk)
        grown = held() - before
    assert history.count == 10_300_000
    assert grown < 2_000
    assert len(history.buckets().mean) <= 4096


def test_buckets_are_copies() -> None:
    history = History(4)
    history.extend(np.array([1.0, 2.0]))
    before = history.buckets()
    history.extend(np.arange(100.0))
    np.testing.assert_array_equal(before.mean, [1, 2])


def test_float32_and_a_start_of_its_own() -> None:
    history = History(4, start=10)
    history.extend(np.array([1.5, 2.5], np.float32))
    np.testing.assert_array_equal(history.buckets().positions, [10, 11])


@given(steps=st.lists(st.floats(0.01, 1e6), max_size=200), sizes=cuts, capacity=st.sampled_from([2, 4, 16, 64]))
def test_values_stand_where_they_are_put(steps: list[float], sizes: list[int], capacity: int) -> None:
    positions, history = list(itertools.accumulate(steps)), History(capacity)
    for places in chunked(positions, sizes):
        history.extend(-places, places)
    buckets = history.buckets()
    expect_values = [positions[at : at + buckets.width] for at in range(0, len(positions), buckets.width)]
    assert buckets.first.tolist() == [inside[0] for inside in expect_values]
    assert buckets.final.tolist() == [inside[-1] for inside in expect_values]
    assert (-buckets.last).tolist() == buckets.final.tolist()
    assert (len(buckets.first) <= capacity, buckets.count) == (True, len(positions))


def test_a_log_every_fifty_steps_is_read_at_and_after_its_steps() -> None:
    history = History()
    history.extend(np.array([3.0, 2.0, 1.0]), np.array([50, 100, 150]))
    buckets = history.buckets()
    assert (buckets.newest, buckets.spacing) == (150, 50)
    assert [buckets.index_at(at) for at in (49, 50, 99, 100, 150, 151)] == [None, 0, 0, 1, 2, None]


def test_positions_are_increasing_and_for_all_values_or_for_none() -> None:
    placed, plain = History(), History()
    placed.extend(np.array([1.0]), np.array([10]))
    plain.extend(np.array([1.0]))
    for history, values, positions in (
        (placed, [2.0], [10]),
        (placed, [2.0, 3.0], [11]),
        (placed, [2.0, 3.0], [12, np.nan]),
        (placed, [2.0], None),
        (plain, [2.0], [11]),
    ):
        with pytest.raises(ValueError, match="positions"):
            history.extend(np.array(values), None if positions is None else np.array(positions, dtype=float))
        assert history.count == 1


@pytest.mark.parametrize("capacity", [0, 1, 3, -2])
def test_a_capacity_that_cannot_be_halved_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match="even number"):
        History(capacity)
