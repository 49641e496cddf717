"""The colour of every block is that of the weight it stands for, and the legend says how strong that is.

Colours are decoded as they leave for the terminal, by the theme's file alone; the strongest weight of every block is
looked up anew.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import product

import made_up
import numpy as np
import pytest
import short_runs as samples

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import weights
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.encoder import presentable
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import LayerView, Snapshot

SIZES = [(36, 9), (58, 14), (118, 17)]
SHAPES = [(2, 16), (3, 7), (16, 1), (64, 32), (5, 300)]
UNNUMBERED = SHAPES[2:]
"""Without a number on any block; for numbers among signs see test_charts_maps."""
UPPER_HALF = 0x2580
ANSI_NAMES = (
    *("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "grey"),
    *(f"bright {hue}" for hue in ("red", "green", "yellow", "blue", "magenta", "cyan", "white")),
)
STEPS_OF_16 = (-1.0, -0.5, -0.06, 0.06, 0.5, 1.0)
STEPS_OF_SIGNS = (-1.0, -0.6, -0.2, 0.2, 0.6, 1.0)
SLACK = 0.012
"""Half a step of a table of 256 colours, and the rounding of its channels."""

Interval = tuple[float, float]
NOTHING = (math.inf, -math.inf)


def of_hex(text: str) -> tuple[int, ...]:
    return tuple(int(text[at : at + 2], 16) for at in (1, 3, 5))


@cache
def of_256(index: int) -> tuple[int, ...]:
    levels = (0, 95, 135, 175, 215, 255)
    if index >= 232:
        return (8 + 10 * (index - 232),) * 3
    return levels[(index - 16) // 36], levels[(index - 16) // 6 % 6], levels[(index - 16) % 6]


def decoder(depth: ColourDepth) -> Callable[[int], Interval]:
    """A colour as it is sent → the shares of the strongest weight that have it."""
    theme = tomllib.loads((files("tui_trainer.drawing") / "themes" / "dark.toml").read_text("utf-8"))
    if depth is ColourDepth.TRUECOLOR:
        stops = np.array([of_hex(text) for text in theme["diverging"]])
        shares = np.linspace(-1, 1, 2001)
        places = (shares + 1) / 2 * (len(stops) - 1)
        ramp = np.stack([np.interp(places, range(len(stops)), stops[:, channel]) for channel in range(3)], axis=1)

        def smooth(colour: int) -> Interval:
            off = np.abs(ramp - [colour >> 16 & 255, colour >> 8 & 255, colour & 255]).max(axis=1)
            near = shares[off <= 1.0]
            return (near.min(), near.max()) if len(near) else NOTHING

        return smooth
    if depth is ColourDepth.COLOURS_256:
        steps = [of_hex(text) for text in theme["diverging_256"]]
        edges: tuple[float, ...] = tuple(np.linspace(-1, 1, len(steps) + 1))
        number = {index: steps.index(of_256(index)) for index in range(16, 256) if of_256(index) in steps}
    else:
        number = {ANSI_NAMES.index(name): step for step, name in enumerate(theme["sixteen"]["diverging"])}
        edges = STEPS_OF_16
    return lambda index: edges[number[index] : number[index] + 2] if index in number else NOTHING  # type: ignore


def shown(matrix: np.ndarray, bias: np.ndarray, image: tuple[int, int] | None = None) -> Snapshot:
    layer = LayerView(name="layer 1", index=0, count=2, weight=matrix, bias=bias, image_shape=image)
    return made_up.changed(samples.moons(), layer=layer)


def intervals(cells: Cells, depth: ColourDepth, rows: slice) -> np.ndarray:
    """(pixel rows, columns, 2): the shares that the colours of the panel's inside may stand for."""
    sent, decode = presentable(cells, depth), decoder(depth)
    codes, styles = sent.codes[rows, 2:-2], sent.styles[rows, 2:-2].astype(np.int64)
    fore, back = (styles >> 32) - 1, (styles >> 4 & 0x1FFFFFF) - 1
    pixels = np.stack([np.where(codes == UPPER_HALF, fore, back), back], axis=1).reshape(-1, codes.shape[1])
    known = {colour: decode(colour) for colour in np.unique(pixels).tolist()}
    return np.array([[known[colour] for colour in row] for row in pixels.tolist()])


def glyphs(cells: Cells, rows: slice) -> np.ndarray:
    """The same of signs, of which a line has one row."""
    known = {sign: STEPS_OF_SIGNS[n : n + 2] for n, sign in enumerate("=-.+#")}
    return np.array([[known.get(sign, NOTHING) for sign in line[2:-2]] for line in cells.lines()[rows]])


def strongest(part: np.ndarray) -> float:
    return float(part.ravel()[np.abs(part).argmax()])


def merged_as_said(caption: str, shape: tuple[int, ...], room: int) -> tuple[int, int]:
    """How many rows and columns a block stands for, in the words above the picture."""
    if both := re.search(r"strongest of (\d+) rows × (\d+) columns|(?:strongest|1) of (\d+)×(\d+)", caption):
        rows, columns = (int(each) for each in both.groups() if each)
        return rows, columns
    if one := re.search(r"(\d+) a (column|row)|(?:strongest|1) of (\d+)", caption):
        across = one[2] == "column" if one[2] else shape[1] > room
        return (1, int(one[1] or one[3])) if across else (int(one[1] or one[3]), 1)
    return 1, 1


def agrees(levels: np.ndarray, expected: np.ndarray, tall: int, wide: int) -> bool:
    """Whether the blocks from the top left corner, each so tall and wide, have these shares."""
    rows, columns = expected.shape
    part = levels[: rows * tall, : columns * wide]
    if part.shape[:2] != (rows * tall, columns * wide):
        return False
    spread = expected.repeat(tall, axis=0).repeat(wide, axis=1)
    return bool(((part[..., 0] <= spread + SLACK) & (spread - SLACK <= part[..., 1])).all())


def hold(matrix: np.ndarray, bias: np.ndarray, size: tuple[int, int], depth: ColourDepth, *, ascii_only: bool) -> bool:
    """Whether the legend has had room for its numbers."""
    cells = weights.draw(shown(matrix, bias), first_view(), *size, make_theme("dark", depth, ascii_only=ascii_only))
    lines = cells.lines()
    caption, below = lines[1], next(y for y, line in enumerate(lines) if y > 1 and re.search("min | … |╰", line))
    with_glyphs = ascii_only or depth is ColourDepth.NONE
    inside = slice(2, below)
    levels = glyphs(cells, inside) if with_glyphs else intervals(cells, depth, inside)
    lies = matrix.shape[0] > matrix.shape[1]
    drawn, with_bias = (matrix.T if lies else matrix), "bias" in caption
    scale = max(np.abs(matrix).max(), np.abs(bias).max() if with_bias else 0.0)
    together = merged_as_said(caption, drawn.shape, levels.shape[1])
    counts = [math.ceil(n / each) for n, each in zip(drawn.shape, together, strict=True)]
    blocks = [[drawn[together[0] * y :][: together[0], together[1] * x :][:, : together[1]] for x in range(counts[1])]
              for y in range(counts[0])]  # fmt: skip
    expected = np.array([[strongest(part) for part in row] for row in blocks]) / scale
    wide = (levels.shape[1] - (with_bias and lies)) // (counts[1] + (with_bias and lies))
    fitting = [tall for tall in range(1, len(levels) + 1) if agrees(levels, expected, tall, wide)]
    assert fitting, (caption, matrix.shape, size)
    if with_bias:
        along = together[0] if lies else together[1]
        apart = np.array([strongest(bias[at : at + along]) for at in range(0, len(bias), along)]) / scale
        places = [levels[:, counts[1] * wide + 1 :]] if lies else [levels[start:] for start in range(len(levels))]
        apart = apart[:, None] if lies else apart[None]
        least = fitting[-1] if lies else 1
        assert any(agrees(place, apart, least, wide) for place in places), (caption, matrix.shape, size)
    legend = re.search(r"−(\S+) (?:\S{5}|\s{9}) (\S+?) ?[│─]", "\n".join(lines[below:]))
    if legend is None:
        return False
    assert legend[1] == legend[2]
    assert float(legend[1]) == pytest.approx(scale, rel=0.051)
    return True


@pytest.mark.parametrize(
    ("depth", "ascii_only"),
    [
        (ColourDepth.TRUECOLOR, False),
        (ColourDepth.COLOURS_256, False),
        (ColourDepth.COLOURS_16, False),
        (ColourDepth.NONE, False),
        (ColourDepth.NONE, True),
    ],
)
def test_every_block_has_the_colour_of_its_strongest_weight(depth: ColourDepth, ascii_only: bool) -> None:
    random, told = np.random.default_rng(3), 0
    for shape in UNNUMBERED if depth is ColourDepth.NONE else SHAPES:
        matrix = random.normal(size=shape) * random.choice([1e-3, 1, 50])
        for biases in (0.0, 0.1, 3.0):
            bias = random.normal(size=shape[1]) * biases * matrix.std()
            for size in SIZES:
                told += hold(matrix, bias, size, depth, ascii_only=ascii_only)
    assert told > 10


def test_biases_that_are_all_zero_do_not_make_the_weights_pale() -> None:
    """As at the start of nearly every run: the strongest weight had the colour of a tenth."""
    matrix = np.full((2, 16), 0.01)
    matrix[1, 3] = -0.1
    cells = weights.draw(shown(matrix, np.zeros(16)), first_view(), 58, 14, make_theme())
    assert "bias" in cells.lines()[1]
    assert "−0.10           0.10" in "\n".join(cells.lines())


@pytest.mark.parametrize("depth", [ColourDepth.TRUECOLOR, ColourDepth.NONE])
def test_images_are_the_weights_of_their_units_and_broken_ones_are_marked(depth: ColourDepth) -> None:
    matrix, theme = np.random.default_rng(4).normal(size=(64, 4)), make_theme("dark", depth)
    cells = weights.draw(shown(matrix, np.zeros(4), (8, 8)), first_view(), 58, 14, theme)
    levels = glyphs(cells, slice(2, 12)) if depth is ColourDepth.NONE else intervals(cells, depth, slice(2, 12))
    images = (matrix / np.abs(matrix).max()).T.reshape(4, 8, 8)
    assert any(
        all(agrees(levels[:, unit * (8 * wide + 1) :], image, tall, wide) for unit, image in enumerate(images))
        for tall, wide in product((1, 2), repeat=2)
    )
    matrix[10, 1], matrix[20, 2] = np.nan, np.inf
    broken = weights.draw(shown(matrix, np.zeros(4), (8, 8)), first_view(), 58, 14, theme).lines()
    assert sum(line.count("!" if depth is ColourDepth.NONE else "✗") for line in broken[2:11]) >= 2
    assert "✗ 2 of 256 are no finite numbers" in "".join(broken)
