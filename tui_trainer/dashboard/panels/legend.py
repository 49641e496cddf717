"""The line above a plot that names its curves, in as long words as fit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme

_BETWEEN = 2
"""Blanks between two entries."""
_ONE_LINE, _TWO_LINES = 5, 6
"""Rows from which a legend takes a line, and from which it may take a second one to name every curve."""
_ROOMY = 14
"""Rows from which it may take a second one to name curves in full."""


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


def naming_all(
    first: Sequence[LegendEntry],
    more: Sequence[LegendEntry],
    marks: Sequence[LegendEntry],
    room: int,
    rows: int,
    *,
    in_full: bool = False,
) -> list[list[LegendEntry]]:
    """The legend of curves and `marks` in a panel with `rows` lines inside: a line, or a second one for `more` curves
    where the first has no room to name all of them. Of marks some may be left out. `in_full`: where there are many
    rows, no name in `more` is shortened as long as a line each has room for it."""
    one = [*first, *more, *marks]
    in_full = in_full and rows >= _ROOMY
    is_named = len(_chosen(tuple(one), room)[1]) >= len(first) + len(more)
    if rows < _TWO_LINES or (is_named and not (in_full and _is_shortened(one, len(first), len(more), room))):
        return [one] if rows >= _ONE_LINE else []
    if in_full and _is_shortened(more, 0, len(more), room):
        return [[*first, *marks], *([entry] for entry in more)]
    return [[*first, *marks], list(more)]


def _is_shortened(entries: Sequence[LegendEntry], start: int, number: int, room: int) -> bool:
    """Whether a line of the entries leaves out one of a `number` of them, or a word of it."""
    chosen = _chosen(tuple(entries), room)[1][start : start + number]
    return len(chosen) < number or any(wording != entry.wordings[0] for entry, wording in chosen)


def edge_entries(axis: Axis, values: Floats, style: int, theme: Theme) -> list[LegendEntry]:
    """What a logarithmic axis does not reach down to, and shows at its bottom edge, if there is anything."""
    lowest = float(values[np.isfinite(values)].min(initial=np.inf))
    if not axis.logarithmic or lowest >= axis.low * (1 - 1e-9):
        return []
    wordings = Wordings(f"at the bottom edge: down to {compact(lowest)}", f"edge: {compact(lowest)}")
    return [LegendEntry(theme.sign("▁", "_"), style, wordings)]


def draw_legend(cells: Cells, y: int, entries: Sequence[LegendEntry], theme: Theme) -> None:
    """Draw the entries in row `y` of a panel. Where room is short, the longest names are shortened first, then the
    entries stand closer, then some are left out."""
    x, (between, chosen) = 2, _chosen(tuple(entries), cells.width - 4)
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


@lru_cache(maxsize=16)
def _chosen(entries: tuple[LegendEntry, ...], room: int) -> tuple[int, list[tuple[LegendEntry, str]]]:
    """The blanks between the entries, and as many as fit, each with its name. Cached: `naming_all` asks what the
    drawing asks again, and many legends stay as they are."""
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
