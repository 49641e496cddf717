"""The numbers of a confusion matrix are the counts, and the stronger its colours the larger the share of the row."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tui_trainer.drawing.cells import BOLD, unpack
from tui_trainer.drawing.charts.confusion import draw_confusion
from tui_trainer.drawing.charts.numbers import short_count
from tui_trainer.drawing.encoder import presentable
from tui_trainer.drawing.theme import ColourDepth, make_theme


def counted(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    classes = int(random.integers(2, 11))
    counts = random.integers(0, [3, 40, 900, 30_000][seed % 4], size=(classes, classes))
    counts[random.random(counts.shape) < 0.3] = 0
    return counts + np.diag(random.integers(0, 200, classes))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("depth", [ColourDepth.TRUECOLOR, ColourDepth.COLOURS_256, ColourDepth.NONE])
def test_numbers_and_shades(seed: int, depth: ColourDepth) -> None:
    counts, theme = counted(seed), make_theme("dark", depth)
    names = tuple(chr(ord("a") + number) for number in range(len(counts)))
    cells = presentable(draw_confusion(counts, names, 118, 40, theme), depth)
    lines = cells.lines()
    assert lines[0].split()[: len(names)] == list(names)
    rows = {line[0]: y for y, line in enumerate(lines) if line[:1].strip() and line[0] in names and y}
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    found: list[tuple[float, bool, int, int]] = []
    for row, name in enumerate(names):
        words = lines[rows[name]].split()[1:]
        assert words[: len(names)] == [short_count(each) if each else "·" for each in counts[row].tolist()]
        total = int(counts[row].sum())
        right = words[len(names)]
        assert right == "–" if not total else abs(float(right[:-1]) - 100 * counts[row, row] / total) <= 0.5
        position = 1
        for column, word in enumerate(words[: len(names)]):
            position = lines[rows[name]].index(word, position)
            _, ground, attributes = unpack(int(cells.styles[rows[name], position]))
            found.append((float(shares[row, column]), row == column, ground, attributes))
            position += len(word)
    if depth is ColourDepth.NONE:
        assert all(bool(attributes & BOLD) == right for share, right, _, attributes in found if share)
        return
    shade = make_shades(theme, depth)
    for (share, right, ground, _), (other, as_right, beside, _) in product(found, found):
        if share and (ground, right) == (beside, as_right):
            assert abs(share - other) < 0.31  # a step of the 256 colours
        if right == as_right and 0 < share < other - 0.02 and depth is ColourDepth.TRUECOLOR:
            assert shade[ground] <= shade[beside]
        if share and other and right and not as_right:
            assert ground != beside


def make_shades(theme, depth: ColourDepth) -> dict[int, float]:
    """Colour → how strong it is, as the theme has them for a map."""
    values = np.linspace(-1, 1, 2001)
    return {int(colour): abs(float(value)) for value, colour in zip(values, theme.diverging(values), strict=True)}
