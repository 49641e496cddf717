"""Curves as dots, and the chart around them."""

from __future__ import annotations

import numpy as np
import pytest
from effort import calls

from tui_trainer.drawing.charts import braille
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.dashes import DASHES, sample
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import History, trailing_mean

DARK = make_theme()
ASCII = make_theme("dark", ColourDepth.TRUECOLOR, ascii_only=True)


def test_each_dot_has_its_bit() -> None:
    for row in range(4):
        for column in range(2):
            mask = np.zeros((4, 2), dtype=bool)
            mask[row, column] = True
            expected = {(0, 0): "⠁", (1, 0): "⠂", (2, 0): "⠄", (3, 0): "⡀", (0, 1): "⠈", (1, 1): "⠐", (2, 1): "⠠",
                        (3, 1): "⢀"}[row, column]  # fmt: skip
            assert chr(braille.pack(mask)[0, 0]) == expected
    assert chr(braille.pack(np.ones((4, 2), dtype=bool))[0, 0]) == "⣿"


def test_a_line_is_connected_in_every_column() -> None:
    heights = np.array([0.0, 9.0, 2.0, 2.0, 7.0])
    mask = braille.line(heights, 10)
    for left, right in zip(mask.T, mask.T[1:], strict=False):
        rows_left, rows_right = np.flatnonzero(left), np.flatnonzero(right)
        assert rows_left.min() - 1 <= rows_right.max()
        assert rows_right.min() - 1 <= rows_left.max()


def test_nan_breaks_a_line_and_loses_no_neighbour() -> None:
    place = np.array([0.0, 4.0, 8.0, 12.0])
    columns = braille.Columns(place, 16)
    joined = columns.spread(columns.extremes(np.array([1.0, 2.0, np.nan, 3.0]), np.fmin))
    assert joined[[0, 4, 12]].tolist() == [1.0, 2.0, 3.0]
    assert np.isnan(joined[5:12]).all()
    assert np.isnan(joined[13:]).all()
    assert not braille.line(joined, 8)[:, 6].any()


def test_many_values_in_a_column_keep_their_extremes_and_their_mean() -> None:
    place = np.repeat([0.0, 1.0], 3)
    values = np.array([1.0, 9.0, 2.0, 4.0, 4.0, 7.0])
    columns = braille.Columns(place, 2)
    assert columns.extremes(values, np.fmax).tolist() == [9.0, 7.0]
    assert columns.extremes(values, np.fmin).tolist() == [1.0, 4.0]
    assert columns.means(values).tolist() == [4.0, 5.0]
    assert columns.spread(columns.means(values)).tolist() == [4.0, 5.0]


def test_columns_of_nothing_draw_nothing() -> None:
    columns = braille.Columns(np.empty(0), 4)
    assert np.isnan(columns.spread(columns.means(np.empty(0)))).all()
    assert np.isnan(columns.spread(columns.extremes(np.empty(0), np.fmax))).all()


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_column_is_drawn_at_the_arithmetic_mean_of_its_values_or_at_the_last(logarithmic: bool) -> None:
    axis = Axis(1e-4, 1.0, logarithmic)
    for last, expected in ((False, 0.2502), (True, 1e-4)):
        plot = Plot(20, 12, Axis(0, 9), axis, DARK)
        x, y = np.repeat(np.arange(10.0), 4), np.tile([1.0, 1e-5, 7e-4, 1e-4], 10)
        plot.line(x, y, 7, last=last, thin=True)
        assert plot_rows(plot) == {int(plot.row(expected))}


def plot_rows(plot: Plot) -> set[int]:
    drawn = plot.cells.codes[: plot.rows, plot.left :]
    return set(np.nonzero((drawn > braille.BLANK) & (drawn < braille.BLANK + 256))[0].tolist())


def test_a_line_is_thin_up_to_where_it_is_told() -> None:
    plot, _ = curve([0.6] * 10, thin_until=4.0)
    row = plot.cells.codes[: plot.rows, plot.left :].max(axis=0) - braille.BLANK
    dots = [int(code).bit_count() for code in row]
    change = int(plot.column(4.0))
    assert dots[:change] == [2] * change
    assert dots[change + 1 :] == [4] * (len(dots) - change - 1)


@pytest.mark.parametrize("theme", [DARK, ASCII])
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (5, 2), (20, 5), (60, 15), (200, 60)])
def test_any_size_and_no_data(size: tuple[int, int], theme) -> None:
    plot = Plot(*size, Axis(0, 10), Axis(0, 1), theme)
    plot.line(np.array([]), np.array([]), theme.train)
    plot.band(np.array([1.0]), np.array([np.nan]), np.array([np.nan]), theme.train)
    plot.points([5, 7], [0.5, np.nan], "o", theme.best)
    plot.upright(3, "|", theme.event)
    assert (plot.cells.width, plot.cells.height) == size


def test_marks_stand_where_the_curve_passes() -> None:
    x = np.arange(0, 101, dtype=float)
    y = x / 100
    for rows in (6, 11, 30):
        plot = Plot(50, rows, Axis(0, 100), Axis(0, 1), DARK)
        plot.line(x, y, DARK.train)
        drawn = plot.cells.codes.copy()
        plot.points([50], [0.5], "●", DARK.best)
        (row,), (column,) = np.nonzero(plot.cells.codes == ord("●"))
        assert drawn[row, column] >= braille.BLANK


def test_the_tick_stands_where_its_value_is_drawn() -> None:
    plot = Plot(60, 30, Axis(0, 10), Axis(0, 0.9), DARK)
    plot.line(np.array([0.0, 10.0]), np.array([0.3, 0.3]), DARK.train)
    (row,) = [y for y, line in enumerate(plot.cells.lines()) if "0.3 ┤" in line]
    assert plot.cells.codes[row, -1] >= braille.BLANK


def test_ascii_has_no_other_signs() -> None:
    plot = Plot(40, 10, Axis(0, 100), Axis(0.01, 1, True), ASCII)
    plot.band(np.arange(100.0), np.full(100, 0.1), np.full(100, 0.5), ASCII.envelope)
    plot.line(np.arange(100.0), np.linspace(0.01, 1, 100), ASCII.train)
    inside = plot.cells.codes[: plot.rows, plot.left :]
    assert set(map(chr, inside.ravel())) == {" ", ":", "*"}


def test_a_hundred_times_the_iterations_take_no_more_effort() -> None:
    def effort(iterations: int) -> int:
        history = History(1024)
        history.extend(np.random.default_rng(0).uniform(0.1, 1, iterations))
        buckets = history.buckets()
        plot = Plot(60, 15, Axis(0, iterations), Axis(0.1, 1, True), DARK)
        assert len(buckets.positions) <= 1024

        def draw() -> None:
            plot.line(buckets.positions, trailing_mean(buckets, iterations // 500).mean, DARK.train)
            plot.line(buckets.positions, buckets.high, DARK.validation)

        return calls(draw)

    assert effort(10_000_000) <= 1.1 * effort(100_000)


def test_axes_that_stay_are_drawn_once_and_each_plot_has_its_own_cells() -> None:
    def empty() -> Plot:
        return Plot(61, 17, Axis(0, 4000), Axis(0.02, 2, True), DARK)

    before = empty().cells.lines()
    assert calls(empty) < 40
    drawn = empty()
    drawn.line(np.arange(4000.0), np.linspace(2, 0.02, 4000), DARK.train)
    assert drawn.cells.lines() != before
    assert empty().cells.lines() == before


def curve(values: list[float], theme=DARK, **options) -> tuple[Plot, tuple[int, int] | None]:
    """A plot of 20×6 with one line over iterations 0 to 9."""
    plot = Plot(20, 6, Axis(0, 9), Axis(0, 1), theme)
    return plot, plot.line(np.arange(10.0), np.array(values), 7, **options)


@pytest.mark.parametrize("dash", DASHES)
def test_a_dash_is_that_of_its_sample(dash: str) -> None:
    plot, _ = curve([0.5] * 10, dash=dash)
    row = next(line for line in plot.cells.lines() if any(0x2800 < ord(c) < 0x2900 for c in line))
    drawn = [braille_columns(c) for c in row[plot.left :]]
    named = [braille_columns(c) for c in sample(dash, plot.columns)]
    assert drawn == named


def braille_columns(character: str) -> tuple[bool, bool]:
    """Whether the left and the right half of a cell have a dot."""
    dots = ord(character) - braille.BLANK if ord(character) > braille.BLANK else 0
    return bool(dots & 0b01000111), bool(dots & 0b10111000)


def test_curves_of_one_plot_have_different_dashes() -> None:
    assert len({sample(dash, 6) for dash in DASHES}) == len(DASHES) == 6


def test_a_line_ends_where_it_is_told_and_goes_on_in_another_style() -> None:
    plot, end = curve([0.0] * 10, until=4.0)
    assert end is not None
    assert end[0] == plot.column(4.0)
    assert not (plot.cells.styles[:, plot.left + end[0] + 1 :] == 7).any()
    plot, _ = curve([0.0] * 10, until=4.0, after=9)
    rest = plot.cells.styles[plot.rows - 1, plot.left + end[0] + 1 : plot.left + plot.columns]
    assert (rest == 9).all()
    assert curve([float("nan")] * 10)[1] is None
    assert curve([0.0] * 5 + [float("nan")] * 5)[1] == (int(plot.column(4.0)), plot.rows - 1)


def test_names_stand_behind_the_ends_and_side_by_side_where_they_would_meet() -> None:
    plot, _ = curve([0.5] * 10, until=3.0)
    plot.name_ends([(5, 1, "A", 7), (5, 1, "B", 7), (6, 1, "C", 7), (5, 3, "D", 7)])
    lines = plot.cells.lines()
    assert lines[1][plot.left + 6 :].startswith("ABC")
    assert lines[3][plot.left + 6] == "D"
    last = plot.columns - 1
    plot.name_ends([(last, 0, "A", 7), (last, 0, "B", 7)])
    assert plot.cells.lines()[0].endswith("AB")
    plot.name_ends([(last, 2, "9", 7), (last, 2, "10", 7), (last, 4, "11", 7)])
    assert plot.cells.lines()[2].endswith("910")
    assert plot.cells.lines()[4].endswith("11")
