"""A confusion matrix: what was true by row, what was answered by column; the diagonal is what went right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tui.cells import BOLD, Cells, style, text_width
from tui_trainer.tui.charts.numbers import short_count
from tui_trainer.tui.theme import Theme

_NAME = 10
"""Cells that the name of a class may take in front of its row."""


def draw_confusion(counts: NDArray[np.integer], names: tuple[str, ...], width: int, height: int, theme: Theme) -> Cells:
    """`counts` (true class, answered class) as a table with names in front and above, shaded by the row's share.

    Classes for which there is no room are left out, with an ellipsis.
    """
    cells = Cells(width, height, theme.text)
    classes = len(counts)
    longest = max((text_width(name) for name in names), default=1)
    front = min(longest, _NAME, max(width // 4, 1))
    most = len(short_count(int(counts.max(initial=0))))
    each = max(min((width - front - 1) // max(classes, 1), 7), most + 1, 2)
    columns, rows = max((width - front - 1) // each, 0), max(height - 1, 0)
    if columns < classes and columns:
        columns -= 1
        cells.text(front + 1 + columns * each + (each - 1) // 2, 0, "…", theme.muted)
    if rows < classes and rows:
        rows -= 1
        cells.text(0, 1 + rows, "…", theme.muted)
    columns, rows = min(columns, classes), min(rows, classes)
    tall = max(min((height - 1) // max(rows, 1), each // 2), 1)
    for column in range(columns):
        start = front + 1 + column * each
        room = max(each - 1, 1)  # a blank parts the names
        cells.text(start + max((each - text_width(names[column])) // 2, 0), 0, names[column], theme.muted, width=room)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    for row in range(rows):
        top = 1 + row * tall
        cells.text(0, top + (tall - 1) // 2, names[row], theme.muted, width=front)
        for column in range(columns):
            start = front + 1 + column * each
            packed = _style(float(shares[row, column]), row == column, int(counts[row, column]), theme)
            cells.styles[top : top + tall, start : start + each] = packed
            number = short_count(int(counts[row, column])) if counts[row, column] else theme.sign("·", ".")
            cells.text(start + (each - len(number)) // 2, top + (tall - 1) // 2, number, packed)
    return cells


def _style(share: float, right: bool, count: int, theme: Theme) -> int:
    """Right answers in the map's blue, wrong ones in its orange, the stronger the more of the row they are."""
    if not theme.coloured:
        return theme.strong if right else theme.text if count else theme.muted
    if not count:
        return theme.faint
    colour = int(theme.diverging(0.15 + 0.6 * share if right else -0.25 - 0.6 * share))
    red, green, blue = colour >> 16, colour >> 8 & 255, colour & 255
    ink = 0x000000 if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else 0xFFFFFF
    return style(ink, colour, BOLD if right else 0)
