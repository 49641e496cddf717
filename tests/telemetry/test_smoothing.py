"""A smoothed loss is the arithmetic mean of the batch losses up to each iteration, recomputed here one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.telemetry import Buckets, History, trailing_mean

CAPACITY = 16


def buckets(values: list[float] | np.ndarray, capacity: int = CAPACITY) -> Buckets:
    history = History(capacity)
    history.extend(np.asarray(values))
    return history.buckets()


def mean_of_the_last(values: np.ndarray, window: int) -> float:
    last = values[-window:]
    return float(last[np.isfinite(last)].mean())


NUMBERS = st.lists(st.floats(0.0, 1e6) | st.just(np.nan), min_size=1, max_size=CAPACITY)


@given(NUMBERS, st.integers(1, 20))
def test_every_value_is_the_mean_of_the_last_finite_ones(numbers: list[float], window: int) -> None:
    values = np.array(numbers)
    smoothed = trailing_mean(buckets(values), window)
    assert smoothed.window == window
    for place, mean in enumerate(smoothed.mean):
        if np.isfinite(values[place]):
            assert mean == pytest.approx(mean_of_the_last(values[: place + 1], window), rel=1e-12)
        else:
            assert np.isnan(mean)
    assert smoothed.full == (window - 1 if len(values) >= window else len(values))


@given(st.integers(CAPACITY + 1, 300), st.integers(1, 100), st.integers(0, 1000))
def test_beyond_the_capacity_every_value_is_the_mean_that_it_says(count: int, asked: int, seed: int) -> None:
    values = np.random.default_rng(seed).random(count)
    held = buckets(values)
    smoothed = trailing_mean(held, asked)
    assert asked <= smoothed.window < asked + held.width
    ends = np.minimum(np.arange(1, len(held.mean) + 1) * held.width, count)
    expected = [mean_of_the_last(values[:end], taken) for end, taken in zip(ends, smoothed.iterations, strict=True)]
    assert smoothed.mean == pytest.approx(expected, rel=1e-12)
    lacking = -count % held.width  # of the last bucket, which is filling
    taken = np.minimum(smoothed.window, ends)
    taken[-1] = min(smoothed.window - lacking, count)
    assert smoothed.iterations.tolist() == taken.tolist()
    assert smoothed.full == (int(np.argmax(ends >= smoothed.window)) if count >= smoothed.window else len(ends))


def test_a_window_that_would_begin_within_a_bucket_takes_all_of_it() -> None:
    held = buckets(np.arange(1.0, 18.0))  # of two each, and 17 alone
    assert held.width == 2
    smoothed = trailing_mean(held, 3)
    assert smoothed.window == 4
    assert smoothed.mean[1] == (1 + 2 + 3 + 4) / 4
    assert (smoothed.mean[-1], smoothed.iterations[-1]) == ((15 + 16 + 17) / 3, 3)


def test_a_window_narrower_than_a_bucket_is_that_of_a_bucket_and_says_so() -> None:
    held = buckets(np.arange(64.0))
    smoothed = trailing_mean(held, 1)
    assert smoothed.window == held.width == 4
    assert smoothed.mean.tolist() == held.mean.tolist()


def test_one_spike_leaves_no_trace_once_it_is_past() -> None:
    values = np.full(CAPACITY, 0.1)
    values[2] = 1e30
    assert trailing_mean(buckets(values), 3).mean[5:] == pytest.approx(np.full(CAPACITY - 5, 0.1), rel=1e-12)


def test_nothing_is_smoothed_to_nothing() -> None:
    smoothed = trailing_mean(History(CAPACITY).buckets(), 8)
    assert (len(smoothed.mean), smoothed.full) == (0, 0)
    assert np.isnan(trailing_mean(buckets([np.nan, np.inf]), 2).mean).all()
