"""Who is who: the letters of the classes in a line, and of each class how many are answered right."""

from __future__ import annotations

from tui_trainer.drawing.cells import Cells, fit, text_width
from tui_trainer.drawing.charts.decision import class_textures
from tui_trainer.drawing.charts.numbers import count, percent
from tui_trainer.drawing.theme import Theme, class_mark
from tui_trainer.telemetry import Confusion, DataView

_NAME = 12
"""Cells of the name of a class, at most."""
BRIEFLY = {"validation": "val.", "training": "train"}
"""The sets, where room is short."""
_BETWEEN = 2
"""Blanks between two classes."""


def draw_classes(cells: Cells, y: int, data: DataView, theme: Theme, *, answered: Confusion | None = None) -> int:
    """o upper 98%  x lower 12% right (validation), in row `y` of a panel; returns where the line goes on.

    Where room is short, the shares of right answers leave first, then classes, with an ellipsis.
    """
    x, end = 2, cells.width - 2
    names = [fit(name, _NAME) for name in data.class_names]
    textures = [class_textures(theme)[number % 10] for number in range(len(names))]
    signs = ["" if theme.coloured or texture == " " else f" {texture * 2}" for texture in textures]
    needed = sum(_BETWEEN + 2 + text_width(name + sign) for name, sign in zip(names, signs, strict=True)) - _BETWEEN
    shares, each, last = _shares(answered, len(names), end - x - needed)
    for number, name in enumerate(names):
        if x + 2 + text_width(name) > end:
            return cells.text(x, y, "…", theme.muted, width=max(end - x, 0))
        x = cells.text(x, y, f"{class_mark(number)} ", theme.class_style(number))
        x = cells.text(x, y, name, theme.muted)
        x = cells.text(x, y, signs[number], theme.text, width=max(end - x, 0))
        if shares:
            x = cells.text(x, y, f" {shares[number]}", theme.text)
            x = cells.text(x, y, each, theme.muted)
        x += _BETWEEN
    return cells.text(x - _BETWEEN, y, last, theme.muted) + _BETWEEN


def names_of_set(answered: Confusion) -> tuple[str, str, str]:
    """Which examples were answered, the longest way to say it first: "validation", or "first 2,000 of validation"."""
    brief = BRIEFLY[answered.of]
    longer = "valid." if answered.of == "validation" else brief
    if not answered.left_out:
        return answered.of, longer, brief
    first = f"first {count(int(answered.counts.sum()))}"
    return f"{first} of {answered.of}", f"{first} {longer}", f"{first} {brief}"


def _shares(answered: Confusion | None, classes: int, room: int) -> tuple[list[str], str, str]:
    """The recall of every class, what stands behind each and behind the last, where it has `room`."""
    if answered is None or len(answered.counts) != classes:
        return [], "", ""
    counts = answered.counts
    shares = [percent(row[n] / row.sum()) if row.sum() else "–" for n, row in enumerate(counts)]
    of, longer, briefly = names_of_set(answered)
    # Of which set is always said: the points above are those of the training set.
    ways = ((" right", f" ({of})"), ("", f" right ({of})"), ("", f" right, {longer}"), ("", f" ({briefly})"))
    for each, last in ways:
        if classes * (len(" 100%") + len(each)) + len(last) <= room:  # of one width, whatever the numbers are
            return shares, each, last
    return [], "", ""
