"""The line above a plot that names its curves, in as long words as fit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from msgspec import Struct

from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme

_BETWEEN = 2
"""Blanks between two entries."""


class LegendEntry(Struct, frozen=True):
    """One curve or mark of the plot."""

    sign: str
    """A piece of the curve as it is drawn."""
    style: int
    wordings: Wordings
    """Its names; "" as the last where the sign is enough."""


def in_lines(entries: Sequence[LegendEntry], lines: int) -> list[list[LegendEntry]]:
    """The entries in order, divided into `lines` lines of about equal length."""
    each = -(-len(entries) // lines) if lines else len(entries)
    return [list(entries[start : start + each]) for start in range(0, len(entries), each)] if lines else []


def legend_width(entries: Sequence[LegendEntry], *, least: bool = False) -> int:
    """Cells of the entries with their longest names, or with their shortest."""
    wordings = [entry.wordings[-1 if least else 0] for entry in entries]
    names = (text_width(wording) + (wording != "") for wording in wordings)
    return sum(text_width(entry.sign) for entry in entries) + sum(names) + _BETWEEN * (len(entries) - 1)


def draw_legend(cells: Cells, y: int, entries: Sequence[LegendEntry], theme: Theme) -> None:
    """Draw the entries in row `y` of a panel. Where room is short, the longest names are shortened first, then the
    entries stand closer, then some are left out."""
    x, (between, chosen) = 2, _chosen(entries, cells.width - 4)
    for entry, wording in chosen:
        x = cells.text(x, y, entry.sign, entry.style)
        if wording:
            x = cells.text(x + 1, y, wording, theme.muted)
        x += between


def draw_legend_lines(
    cells: Cells, lines: Sequence[Sequence[LegendEntry]], theme: Theme, reading: Wordings | None
) -> None:
    """Draw the lines of a legend at the top of a panel; the `reading` at the cursor replaces the first of them."""
    for y, entries in enumerate(lines, start=1):
        if y == 1 and reading is not None:
            cells.text(2, y, reading.fitting(cells.width - 4), theme.cursor, width=cells.width - 4)
        else:
            draw_legend(cells, y, entries, theme)


def _chosen(entries: Sequence[LegendEntry], room: int) -> tuple[int, list[tuple[LegendEntry, str]]]:
    """The blanks between the entries, and as many as fit, each with its name."""
    widths = [[text_width(wording) + (wording != "") for wording in entry.wordings] for entry in entries]
    signs = [text_width(entry.sign) for entry in entries]
    for number, between in product(range(len(entries), 0, -1), (_BETWEEN, 1)):
        words = [0] * number
        needed = sum(signs[:number]) + sum(each[0] for each in widths[:number]) + between * (number - 1)
        while needed > room:
            longer = [n for n in range(number) if words[n] + 1 < len(widths[n])]
            if not longer:
                break
            longest = max(longer, key=lambda n: (widths[n][words[n]], n))
            words[longest] += 1
            needed -= widths[longest][words[longest] - 1] - widths[longest][words[longest]]
        else:
            return between, [(entry, entry.wordings[wording]) for entry, wording in zip(entries, words, strict=False)]
    return 0, []
