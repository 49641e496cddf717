"""The line above a plot that says which curve is which, in as many words as there is room for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme

_BETWEEN = 2
"""Blanks between two entries."""


class Entry(Struct, frozen=True):
    """One curve or mark of the plot."""

    sign: str
    """A piece of the curve, as it is drawn."""
    packed: int
    wordings: Wordings
    """Ways to name it, the longest first; "" where the sign says enough."""


def in_lines(entries: Sequence[Entry], lines: int) -> list[list[Entry]]:
    """The entries parted into so many lines of about as many each, in their order."""
    each = -(-len(entries) // lines) if lines else len(entries)
    return [list(entries[start : start + each]) for start in range(0, len(entries), each)] if lines else []


def legend_width(entries: Sequence[Entry], *, least: bool = False) -> int:
    """Cells that the entries take in their longest words, or at least."""
    wordings = [entry.wordings[-1 if least else 0] for entry in entries]
    names = (text_width(way) + (way != "") for way in wordings)
    return sum(text_width(entry.sign) for entry in entries) + sum(names) + _BETWEEN * (len(entries) - 1)


def draw_legend(cells: Cells, y: int, entries: Sequence[Entry], theme: Theme) -> None:
    """The entries in row `y` of a panel; where room is short, the longest words are saved first, then entries."""
    x = 2
    for entry, way in _chosen(entries, cells.width - 4):
        x = cells.text(x, y, entry.sign, entry.packed)
        if way:
            x = cells.text(x + 1, y, way, theme.muted)
        x += _BETWEEN


def _chosen(entries: Sequence[Entry], room: int) -> list[tuple[Entry, str]]:
    """As many of the entries as there is room for, each with the words for it."""
    widths = [[text_width(way) + (way != "") for way in entry.wordings] for entry in entries]
    signs = [text_width(entry.sign) for entry in entries]
    for number in range(len(entries), 0, -1):
        words = [0] * number
        needed = sum(signs[:number]) + sum(each[0] for each in widths[:number]) + _BETWEEN * (number - 1)
        while needed > room:
            longer = [n for n in range(number) if words[n] + 1 < len(widths[n])]
            if not longer:
                break
            longest = max(longer, key=lambda n: (widths[n][words[n]], n))
            words[longest] += 1
            needed -= widths[longest][words[longest] - 1] - widths[longest][words[longest]]
        else:
            return [(entry, entry.wordings[way]) for entry, way in zip(entries, words, strict=False)]
    return []
