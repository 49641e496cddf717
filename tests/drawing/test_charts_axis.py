"""Axes: round limits, labels that never touch, and places that agree with the curves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_trainer.drawing.charts.axis import (
    SINGLE,
    Axis,
    horizontal_labels,
    round_down,
    round_up,
    time_axis,
    value_axis,
    vertical_labels,
)
from tui_trainer.drawing.charts.numbers import compact, count, plain, short_count, signed

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.5, "0.500"), (1.0, "1.00"), (31.4159, "31.4"), (12345.6, "12346"), (0.0123, "0.0123"),
        (3.14e-5, "3.14e-5"), (2e-9, "2e-9"), (1.5e7, "1.5e7"), (-0.25, "−0.250"),
        (float("nan"), "nan"), (float("inf"), "inf"), (float("-inf"), "−inf"),
    ],
)  # fmt: skip
def test_compact(value: float, text: str) -> None:
    assert compact(value) == text


def test_the_other_ways_to_write_a_number() -> None:
    assert signed(0.21) == "+0.210"
    assert signed(-0.21) == "−0.210"
    assert [plain(v) for v in (0.1, 1e-5, 20.0, -0.05, 1e7)] == ["0.1", "1e-5", "20", "−0.05", "1e7"]
    assert plain(0.0123456, 3) == "0.0123"
    assert count(41200) == "41,200"
    assert count(1e300) == "1e300"
    assert [short_count(v) for v in (0, 500, 1500, 12_000, 1.5e6, 2e9)] == ["0", "500", "1.5k", "12k", "1.5M", "2G"]


@given(st.floats(min_value=1e-200, max_value=1e200))
def test_rounding_encloses_and_gives_one_two_or_five(value: float) -> None:
    up, down = round_up(value), round_down(value)
    assert down <= value * (1 + 1e-8)
    assert up >= value * (1 - 1e-8)
    assert up / down <= 2.6
    for number in (up, down):
        assert f"{number:.3e}".split("e")[0] in ("1.000", "2.000", "5.000")


@given(st.lists(finite, max_size=20), st.booleans())
def test_the_limits_hold_all_values(values: list[float], logarithmic: bool) -> None:
    axis = value_axis(values, logarithmic=logarithmic)
    assert axis.low < axis.high
    inside = [v for v in values if v > 1e-300] if axis.logarithmic else values
    assert all(axis.low <= v + 1e-9 * abs(v) and v - 1e-9 * abs(v) <= axis.high for v in inside)


def test_a_logarithmic_axis_without_a_positive_value_is_linear() -> None:
    assert not value_axis([0.0, -1.0], logarithmic=True).logarithmic
    assert value_axis([]) == Axis(0.0, 1.0)
    assert value_axis([5e-324, 2e-322]) == value_axis([5e-324], logarithmic=True) == Axis(0.0, 1e-300)
    assert value_axis([np.nan, np.inf]) == Axis(0.0, 1.0)


@given(st.lists(finite, min_size=1, max_size=8), st.booleans(), st.integers(1, 60))
def test_labels_stand_on_different_rows_and_in_order(values: list[float], logarithmic: bool, rows: int) -> None:
    axis = value_axis(values, logarithmic=logarithmic)
    labels = vertical_labels(axis, rows, 4)
    assert all(0 <= row < rows for row in labels)
    near = 2 if rows > 3 else 1
    assert all(b - a >= near for a, b in itertools.pairwise(sorted(labels)))
    if rows >= 12:
        assert len(labels) >= 2
    numbers = [float(labels[row].replace("−", "-")) for row in sorted(labels)]
    assert numbers == sorted(numbers, reverse=True)


@given(st.floats(min_value=0, max_value=1e9), st.floats(min_value=1, max_value=1e7), st.integers(10, 200))
def test_labels_below_never_touch(iterations: float, target: float, columns: int) -> None:
    labels = horizontal_labels(time_axis(iterations, target), columns, 2, short_count)
    assert all(start + len(text) + 2 <= after for (start, text), (after, _) in itertools.pairwise(labels))
    assert all(start >= 0 and start + len(text) <= columns for start, text in labels)


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_the_time_axis_fits_and_seldom_changes(iterations: int, target: int) -> None:
    axis = time_axis(iterations, target)
    assert axis.high >= iterations
    assert axis.high <= max(2 * iterations, 16, target)
    ratio = np.log2(axis.high / max(target, 8))
    assert ratio == round(ratio)


def test_places_are_clipped_and_nan_stays() -> None:
    axis = Axis(1.0, 100.0, True)
    placed = axis.place([0.0, 1.0, 10.0, 100.0, 1e9, np.nan], 5)
    assert placed[:5].tolist() == [0, 0, 2, 4, 4]
    assert np.isnan(placed[5])
    assert axis.cell([1.0, 100.0], 10, 4).tolist() == [0, 9]


def test_no_label_of_an_axis_stands_there_twice() -> None:
    texts = [text for _, text in horizontal_labels(time_axis(3, 8), 120, 2, short_count)]
    assert texts == [str(number) for number in range(9)]


@pytest.mark.parametrize(
    "values", [(0.69314718, 0.69314725), (1000.0001, 1000.0009), (1e12, 1e12 + 5), (-5.0000001, -5)]
)
def test_numbers_at_an_axis_tell_values_apart_that_differ_in_late_digits(values: tuple[float, float]) -> None:
    """As the losses of a run that hardly moves: the same number at each tick would say nothing."""
    axis = value_axis(values)
    labels = vertical_labels(axis, 14, 4)
    assert len(labels) >= 2
    assert len(set(labels.values())) == len(labels)
    for row, text in labels.items():
        share = (float(text.replace("−", "-")) - axis.low) / (axis.high - axis.low)
        assert 13 - row == pytest.approx(share * 13.75, abs=1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_is_not_drawn_as_its_roundings(dtype: type) -> None:
    """The loss of guessing between two classes, batches in single precision and evaluations in double: its axis had
    labels such as 0.6931471825."""
    values = [float(dtype(np.log(2))), float(np.log(2))]
    axis = value_axis(values, resolution=SINGLE)
    assert axis.low == 0
    assert all(len(text) <= 3 for text in vertical_labels(axis, 12, 4).values())
    assert value_axis([0.6931, 0.6932], resolution=SINGLE) == value_axis([0.6931, 0.6932])


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1.0), st.integers(2, 40))
def test_a_label_tells_the_value_of_its_row(low: float, share: float, rows: int) -> None:
    axis = value_axis([low, low + share * max(abs(low), 1.0)])
    for row, text in vertical_labels(axis, rows, 4).items():
        assert rows - 1 - row == pytest.approx(axis.cell(float(text.replace("−", "-")), rows, 4), abs=1)
