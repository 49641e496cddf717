"""Matrices, decision maps and tables as cells."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from tui_trainer.drawing.cells import REVERSE, Cells, unpack
from tui_trainer.drawing.charts.bars import draw_bar, draw_gauge, share_of_decades
from tui_trainer.drawing.charts.confusion import draw_confusion, short_names
from tui_trainer.drawing.charts.decision import draw_answers, draw_points, draw_values
from tui_trainer.drawing.charts.halfblocks import draw_pixels, spread, strongest
from tui_trainer.drawing.charts.heatmap import draw_heatmap, draw_images, draw_matrix_numbers
from tui_trainer.drawing.theme import ColourDepth, Theme, make_theme

DARK = make_theme()
GREY = make_theme("dark", ColourDepth.NONE)
ASCII = make_theme("dark", ColourDepth.NONE, ascii_only=True)


def pixels_of(cells: Cells) -> np.ndarray:
    """(2·rows, columns) colours of a picture of half blocks."""
    colours = np.empty((2 * cells.height, cells.width), dtype=np.int64)
    for (y, x), packed in np.ndenumerate(cells.styles):
        foreground, background, _ = unpack(int(packed))
        upper = foreground if cells.codes[y, x] == ord("▀") else background
        colours[2 * y, x], colours[2 * y + 1, x] = upper, background
    return colours


def test_half_blocks_are_two_pixels_a_cell() -> None:
    pixels = np.random.default_rng(0).integers(0, 1 << 24, (6, 5))
    pixels[3] = pixels[2]
    cells = Cells(5, 3)
    draw_pixels(cells, 0, 0, pixels)
    assert (pixels_of(cells) == pixels).all()
    assert cells.lines()[1] == "     "


def test_blocks_are_whole_and_shrinking_keeps_the_strongest() -> None:
    assert spread(3, 8).tolist() == [0, 0, 1, 1, 2, 2]
    matrix = np.zeros((100, 60))
    matrix[37, 11], matrix[90, 50] = -5.0, 3.0
    small = strongest(matrix, 10, 6)
    assert small.shape == (10, 6)
    assert small.min() == -5.0
    assert small.max() == 3.0
    assert strongest(np.arange(1.0, 65)[None], 1, 46).tolist() == [list(range(2, 65, 2))]  # every pixel of as many
    assert np.isnan(strongest(np.array([[1.0, np.nan, 2.0, 3.0]]), 1, 2)[0, 0])


def test_signs_are_told_by_colour_and_without_it_by_glyph() -> None:
    matrix = np.array([[-1.0, -0.4, 0.0, 0.4, 1.0]])
    coloured = pixels_of(draw_heatmap(matrix, 5, 1, DARK, scale=1.0))[0]
    assert coloured.tolist() == DARK.diverging(matrix[0]).tolist()
    assert draw_heatmap(matrix, 5, 1, GREY, scale=1.0).lines() == ["=-.+#"]


@pytest.mark.parametrize("theme", [DARK, GREY, ASCII])
def test_a_broken_weight_cannot_be_overlooked(theme) -> None:
    matrix = np.ones((300, 200))
    matrix[123, 45] = np.nan
    text = "".join(draw_heatmap(matrix, 30, 8, theme, scale=1.0).lines())
    assert text.count("✗" if theme is DARK else "!") == 1


@pytest.mark.parametrize("theme", [DARK, GREY, ASCII])
@pytest.mark.parametrize("shape", [(1, 1), (2, 16), (64, 32), (784, 128), (3, 1)])
@pytest.mark.parametrize("size", [(0, 0), (1, 1), (16, 3), (76, 20), (196, 56)])
def test_maps_of_any_shape_fit_any_size(shape, size, theme) -> None:
    matrix = np.random.default_rng(1).normal(size=shape)
    for cells in (
        draw_heatmap(matrix, *size, theme, scale=1.0),
        draw_matrix_numbers(matrix, *size, theme, scale=1.0),
    ):
        assert (cells.width, cells.height) == size


@pytest.mark.parametrize("value", [-9.4e-5, -9.4e-12, -9.4e-105, 1e30, -123456.0, 0.001234])
def test_no_number_of_a_matrix_is_cut(value: float) -> None:
    shown = draw_matrix_numbers(np.full((1, 2), value), 14, 1, DARK, scale=1.0).lines()[0]
    assert "…" not in shown
    first, second = shown.split()
    assert first == second


def test_numbers_say_what_is_left_out() -> None:
    lines = draw_matrix_numbers(np.full((9, 9), -0.5), 30, 4, DARK, scale=1.0).lines()
    assert lines[0].split() == ["−0.500"] * 4 + ["…"]
    assert lines[3].startswith("… 6 more")


def test_the_first_layer_of_an_image_network_is_little_images() -> None:
    weight = np.zeros((6, 4))
    weight[:, 2] = 1.0
    cells, shown = draw_images(weight, (2, 3), 15, 1, DARK, scale=1.0)
    assert shown == 4
    full = int(DARK.diverging(1.0))
    assert (pixels_of(cells)[:2] == full).any(axis=0).tolist() == [False] * 8 + [True] * 3 + [False] * 4
    _, few = draw_images(weight, (2, 3), 7, 1, DARK, scale=1.0)
    assert few == 2
    none, shown = draw_images(weight, (2, 3), 2, 1, DARK, scale=1.0)
    assert (shown, none.lines()) == (0, ["  "])


def test_images_are_drawn_as_large_as_all_of_them_have_room_for() -> None:
    weight = np.ones((64, 32))
    cells, shown = draw_images(weight, (8, 8), 116, 32, DARK, scale=1.0)
    assert shown == 32
    drawn = pixels_of(cells) == int(DARK.diverging(1.0))
    assert drawn.sum() == 2 * weight.size  # drawn out, since four times as large not all have room
    four, _ = draw_images(weight[:, :4], (8, 8), 116, 32, DARK, scale=1.0)
    assert (pixels_of(four) == int(DARK.diverging(1.0))).sum() >= 16 * weight[:, :4].size


def test_a_decision_map_says_class_and_confidence() -> None:
    classes = np.array([[0, 1], [0, 1]])
    sure = np.array([[1.0, 1.0], [0.0, 0.0]])
    pixels = pixels_of(draw_answers(classes, sure, 2, 1, DARK))
    assert len(set(pixels.ravel().tolist())) == 4
    for theme in (GREY, ASCII):
        lines = draw_answers(classes, np.ones((2, 2)), 2, 1, theme).lines()
        assert lines[0][0] != lines[0][1]
        assert draw_answers(classes, np.zeros((2, 2)), 2, 1, theme).lines() == ["--"]


@pytest.mark.parametrize("theme", [DARK, GREY, ASCII])
def test_a_map_of_no_numbers_is_calm(theme) -> None:
    cells = draw_values(np.full((4, 4), np.nan), 8, 4, theme)
    assert len(set(cells.codes.ravel().tolist())) == 1


def test_points_keep_the_map_beneath_and_every_class_its_share() -> None:
    cells = draw_answers(np.zeros((4, 4), int), np.ones((4, 4)), 20, 10, DARK)
    ground = unpack(int(cells.styles[5, 5]))[1]
    rng = np.random.default_rng(0)
    columns = rng.uniform(-3, 25, 4000)
    drawn = draw_points(cells, columns, rng.uniform(-3, 14, 4000), (columns > 10.5).astype(int), DARK)
    text = "".join(cells.lines())
    assert (drawn.cells, drawn.shared) == (text.count("o") + text.count("x"), 0)
    assert text.count("o") > 20
    assert text.count("x") > 20
    assert text.count("o") + text.count("x") <= 0.4 * 200
    (y, x) = np.argwhere(cells.codes == ord("x"))[0]
    assert unpack(int(cells.styles[y, x]))[1] == ground


def test_a_confusion_matrix_counts_by_true_class_and_leaves_out_aloud() -> None:
    counts = np.array([[9, 1, 0], [0, 7, 3], [0, 0, 0]])
    lines = draw_confusion(counts, ("ant", "bee", "cat"), 30, 8, DARK).lines()
    assert lines[0].split() == ["ant", "bee", "cat", "right"]
    rows = [line.split() for line in lines[1:] if line.strip() and line[0] != " "]
    assert rows == [["ant", "9", "1", "·", "90%"], ["bee", "·", "7", "3", "70%"], ["cat", "·", "·", "·", "–"]]
    wide = draw_confusion(counts, ("ant", "bee", "cat"), 36, 8, DARK).lines()
    assert [line.split()[-1] for line in wide if line[:3] in ("ant", "bee", "cat")] == ["90%", "70%", "–"]
    assert wide[-1].split() == ["precision", "100%", "88%", "0%"]
    long = draw_confusion(counts, ("setosa", "versicolor", "virginica"), 22, 8, DARK).lines()
    assert long[0].split() == ["set…", "ver…", "vir…"]
    assert "prec" not in "".join(long)
    small = draw_confusion(np.full((10, 10), 5), tuple("0123456789"), 14, 5, DARK).lines()
    shown = len(small[1].split()) - 1
    assert small[0].rstrip().endswith(f" +{10 - shown}…")
    assert small[-1].split() == ["…", str(10 - (len(small) - 2)), "more"]
    assert "5" in small[1]


def test_all_columns_of_a_confusion_matrix_where_no_two_numbers_touch() -> None:
    counts, names = np.diag(np.full(10, 35)), tuple("0123456789")
    lines = draw_confusion(counts, names, 22, 11, DARK).lines()
    assert lines[0].split() == list(names)
    assert [line.split()[0] for line in lines[1:]] == list(names)
    assert all("35" in line for line in lines[1:])
    counts[3, 4] = 7
    assert "35 7" in draw_confusion(counts, names, 22, 11, DARK).lines()[4]
    counts[4, 3] = 7  # "735": colours part them, where there are any
    assert "…" not in draw_confusion(counts, names, 22, 11, DARK).lines()[0]
    grey = draw_confusion(counts, names, 22, 11, GREY)  # or what is on the diagonal is reversed
    assert "…" not in grey.lines()[0]
    reverse = [int(packed) & REVERSE != 0 for packed in grey.styles[5, 2:22]]
    assert [n // 2 for n, is_reversed in enumerate(reverse) if is_reversed] == [4, 4]
    counts[3, 4] = 12
    assert "…" in draw_confusion(counts, names, 22, 11, DARK).lines()[0]
    assert "…" not in draw_confusion(counts, names, 32, 11, DARK).lines()[0]


@pytest.mark.parametrize(
    ("names", "width", "short"),
    [
        (("setosa", "versicolor", "virginica"), 4, ("set…", "ver…", "vir…")),
        (("setosa", "versicolor", "virginica"), 3, ("se…", "ve…", "vi…")),
        (("setosa", "versicolor", "virginica"), 2, ("1", "2", "3")),
        (("cloud 1", "cloud 2", "cloud 3"), 4, ("c…1", "c…2", "c…3")),
        (("cloud 1", "cloud 2", "cloud 3"), 7, ("cloud 1", "cloud 2", "cloud 3")),
        (tuple("0123456789"), 1, tuple("0123456789")),
        (("", "one"), 2, ("", "o…")),
    ],
)
def test_names_of_classes_stay_different_when_they_are_cut(
    names: tuple[str, ...], width: int, short: tuple[str, ...]
) -> None:
    assert short_names(names, width) == short


@pytest.mark.parametrize("width", range(18, 30))
@pytest.mark.parametrize("names", [("setosa", "versicolor", "virginica"), ("cloud 1", "cloud 2", "cloud 3")])
def test_a_class_has_one_short_name_in_front_and_above(names: tuple[str, ...], width: int) -> None:
    lines = draw_confusion(np.full((3, 3), 5), names, width, 4, DARK).lines()
    front = [line.partition("  ")[0].strip() for line in lines[1:]]
    assert len(set(front)) == 3
    if tuple(front) != names:
        assert lines[0].split()[:3] == front


def test_bars_and_gauges() -> None:
    assert share_of_decades(1e-3, 1e-6, 1.0) == pytest.approx(0.5)
    assert share_of_decades(float("nan"), 1e-6, 1.0) == share_of_decades(0.0, 1e-6, 1.0) == -math.inf
    assert share_of_decades(float("inf"), 1e-6, 1.0) == math.inf
    cells = Cells(12, 5)
    draw_bar(cells, 0, 0, 10, 0.55, DARK.train, DARK)
    draw_gauge(cells, 0, 1, 11, 0.5, DARK.good, DARK)
    draw_gauge(cells, 0, 2, 11, float("nan"), DARK.good, DARK)
    draw_gauge(cells, 0, 3, 11, share_of_decades(2.0, 1e-6, 1.0), DARK.good, DARK)
    draw_gauge(cells, 0, 4, 11, share_of_decades(0.0, 1e-6, 1.0), DARK.good, DARK)
    lines = ["━━━━━╸────  ", "├────●────┤ ", "├─────────┤ ", "├────────▸┤ ", "├◂────────┤ "]
    assert cells.lines() == lines


@pytest.mark.parametrize("theme", [DARK, GREY])
@pytest.mark.parametrize("apart", [None, 0, 1])
def test_numbers_stand_in_their_blocks_wherever_they_fit(theme: Theme, apart: int | None) -> None:
    """Recomputed cell by cell: the number lies in the colour (or among the signs) of its own value."""
    rng = np.random.default_rng(5)
    for shape in ((1, 1), (1, 2), (2, 4), (3, 4), (5, 3)):
        matrix = rng.normal(size=shape)
        cells = draw_heatmap(matrix, 44, 11, theme, scale=2.0, numbers=True, apart=apart)
        lines = [line for line in cells.lines() if any(character.isdigit() for character in line)]
        assert len(lines) == shape[0]
        for line, row in zip(lines, matrix, strict=True):
            shown = re.findall(r"−?\d+\.\d+", line)
            assert len(shown) == shape[1]
            for text, value in zip(shown, row, strict=True):
                assert abs(float(text.replace("−", "-")) - value) <= 0.5 * 10.0 ** -len(text.partition(".")[2])
        if theme is DARK:
            y = next(y for y, line in enumerate(cells.lines()) if any(c.isdigit() for c in line))
            start = cells.lines()[y].index(re.findall(r"−?\d+\.\d+", lines[0])[0])
            assert unpack(int(cells.styles[y, start]))[1] == int(DARK.diverging(matrix[0, 0] / 2.0))


def test_equal_weights_are_told_by_their_numbers_and_too_many_are_not_cut() -> None:
    assert "".join(draw_heatmap(np.full((1, 2), 0.5), 22, 4, DARK, scale=0.5, numbers=True).lines()).count("0.500") == 2
    assert not any(
        c.isdigit() for c in "".join(draw_heatmap(np.ones((2, 16)), 44, 8, DARK, scale=1.0, numbers=True).lines())
    )
