"""A bar is as long as the norm written behind it, on the scale in the title; a mark lies where its ratio does."""

from __future__ import annotations

import math
import re
from itertools import product

import made_up
import numpy as np
import pytest
import short_runs as samples

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import gradients
from tui_trainer.drawing.theme import make_theme

SIZES = [(26, 9), (36, 9), (50, 12), (78, 24), (118, 37)]
GAUGE = (1e-7, 10.0)
"""Its ends, as the explanation and the key signs name them."""


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def place(value: float, low: float, high: float) -> float:
    """0 at the low end, 1 at the high one."""
    return (math.log10(value) - math.log10(low)) / (math.log10(high) - math.log10(low))


@pytest.mark.parametrize("decades", [(-5, 0), (-9, -4), (-1, 7), (-14, 14)])
@pytest.mark.parametrize("theme", [make_theme(), make_theme(ascii_only=True)])
def test_bars_and_marks_are_where_their_numbers_are(decades: tuple[int, int], theme) -> None:
    random, seen = np.random.default_rng(1), {"bars": 0, "marks": 0, "beyond": 0}
    for size, _ in product(SIZES, range(5)):
        norms, ratios = 10.0 ** random.uniform(*decades, 3), 10.0 ** random.uniform(-9, 3, 3)
        measures = tuple(
            made_up.layer(f"layer {n}", gradient_norm=norm, update_ratio=ratio, weight_norm=1.0)
            for n, (norm, ratio) in enumerate(zip(norms, ratios, strict=True), 1)
        )
        snapshot = made_up.changed(samples.moons(), measures=measures)
        lines = gradients.draw(snapshot, first_view(), *size, theme).lines()
        ends = re.search(r"(\S+)(?: to |…)(\S+?)(?:,| )", lines[0])
        assert ends is not None, lines[0]
        low, high = number(ends[1]), number(ends[2])
        for y, line in enumerate(lines[1:-1], 1):
            found = re.search(r"(?:layer |L)([123]) +([━╸─]+) +(\S+)", line)
            if found is None:
                continue
            norm, ratio = norms[int(found[1]) - 1], ratios[int(found[1]) - 1]
            halves, whole = 2 * found[2].count("━") + found[2].count("╸"), 2 * len(found[2])
            assert abs(halves - whole * place(norm, low, high)) <= 0.51, line
            assert number(found[3]) == pytest.approx(norm, rel=0.006), line
            seen["bars"] += 1
            if (gauge := re.search("├([━─●◂▸]+)┤", lines[y + 1])) is None:
                continue
            share, last = place(ratio, *GAUGE), len(gauge[1]) - 1
            mark = "◂" if share < 0 else "▸" if share > 1 else "●"
            assert abs(gauge[1].index(mark) - last * min(max(share, 0.0), 1.0)) <= 0.51, gauge[1]
            seen["marks"] += 1
            seen["beyond"] += mark != "●"
            usual = [at for at, sign in enumerate(gauge[1]) if sign == "━"]
            assert abs(usual[0] - last * place(1e-4, *GAUGE)) <= 1.5, gauge[1]  # the mark may hide its end
            assert abs(usual[-1] - last * place(1e-1, *GAUGE)) <= 1.5, gauge[1]
    assert seen["bars"] >= 60
    assert min(seen.values()) > 5
