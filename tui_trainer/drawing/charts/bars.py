"""Bars and gauges of one line: a bar's length is a quantity, a gauge's mark a position between healthy and not."""

from __future__ import annotations

import math

from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme


def share_of_decades(value: float, low: float, high: float) -> float:
    """Position of `value` on a logarithmic scale: 0 at `low`, 1 at `high`, −∞ for 0, negative numbers and NaN."""
    if not value > 0:
        return -math.inf
    return (math.log(value) - math.log(low)) / math.log(high / low)


def draw_bar(cells: Cells, x: int, y: int, width: int, share: float, packed: int, theme: Theme) -> None:
    """A bar over `share` (clipped to 0 … 1) of `width` cells in half-cell steps, on a faint track."""
    halves = round(min(max(share, 0.0), 1.0) * 2 * width)
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
    """A scale ├──●──┤ with a mark at `share` (0 to 1, ◂ or ▸ at the end beyond which it lies; NaN draws none) and the
    `healthy` stretch drawn heavier."""
    cells.text(x, y, "├" + "─" * (width - 2) + "┤", theme.muted)
    if healthy:
        start, end = (round(part * (width - 3)) for part in healthy)
        cells.text(x + 1 + start, y, "━" * (end - start + 1), theme.good)
    if not math.isnan(share):
        mark = "◂" if share < 0 else "▸" if share > 1 else "●"
        cells.text(x + 1 + round(min(max(share, 0.0), 1.0) * (width - 3)), y, mark, packed)
