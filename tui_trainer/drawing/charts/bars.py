"""Bars and gauges of one line: a length for a quantity, a place on a scale for a judgement."""

from __future__ import annotations

import math

from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme


def share_of_decades(value: float, low: float, high: float) -> float:
    """Where `value` stands between `low` and `high` on a logarithmic scale, clipped to [0, 1]; NaN counts as 0."""
    if not value > 0:
        return 0.0
    if math.isinf(value):
        return 1.0
    return min(max(math.log(value / low) / math.log(high / low), 0.0), 1.0)


def draw_bar(cells: Cells, x: int, y: int, width: int, share: float, packed: int, theme: Theme) -> None:
    """A bar over `share` (0 to 1) of `width` cells in half-cell steps, on a faint track."""
    halves = round(share * 2 * width)
    cells.text(x, y, "─" * width, theme.border)
    cells.text(x, y, "━" * (halves // 2) + "╸" * (halves % 2), packed)


def draw_gauge(
    cells: Cells,
    x: int,
    y: int,
    width: int,
    share: float,
    packed: int,
    theme: Theme,
    *,
    healthy: tuple[float, float] | None = None,
) -> None:
    """A scale ├──●──┤ with a mark at `share` (0 to 1; NaN draws none) and the `healthy` stretch drawn heavier."""
    cells.text(x, y, "├" + "─" * (width - 2) + "┤", theme.muted)
    if healthy:
        start, end = (round(part * (width - 3)) for part in healthy)
        cells.text(x + 1 + start, y, "━" * (end - start + 1), theme.good)
    if math.isfinite(share):
        cells.text(x + 1 + round(min(max(share, 0.0), 1.0) * (width - 3)), y, "●", packed)
