"""The letters of the classes in a line, and the share of each class that is predicted right."""

from __future__ import annotations

from tui_trainer.drawing.cells import Cells, fit, text_width
from tui_trainer.drawing.charts.decision import class_textures
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.theme import Theme, class_mark
from tui_trainer.telemetry import Confusion, DataView
from tui_trainer.wording import percent

_NAME = 12
"""The most cells for the name of a class."""
BRIEFLY = {"validation": "val.", "training": "train"}
"""Short names of the sets."""
_BETWEEN = 2
"""Blanks between two classes."""


def draw_classes(
    cells: Cells, y: int, data: DataView, theme: Theme, *, answered: Confusion | None = None, areas: bool = False
) -> int:
    """ "o upper 98% x lower 12% right (validation)" in row `y` of a panel; returns the next free column.

    `areas`: whether classes have areas, whose textures are named where there is no colour. Where room is short, the
    shares are left out first, then classes, with an ellipsis.
    """
    x, end = 2, cells.width - 2
    names = [fit(name, _NAME) for name in data.class_names]
    textures = [class_textures(theme)[number % 10] for number in range(len(names))]
    signs = ["" if not areas or theme.coloured or texture == " " else f" {texture * 2}" for texture in textures]
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
    """The examples that were predicted: the full name, "validation" or "first 2,000 of validation", then shorter
    ones."""
    brief = BRIEFLY[answered.of]
    longer = "valid." if answered.of == "validation" else brief
    if not answered.left_out:
        return answered.of, longer, brief
    first = f"first {count(int(answered.counts.sum()))}"
    return f"{first} of {answered.of}", f"{first} {longer}", f"{first} {brief}"


def _shares(answered: Confusion | None, classes: int, room: int) -> tuple[list[str], str, str]:
    """The recall of every class, the text behind each and behind the last, where they fit into `room`."""
    if answered is None or len(answered.counts) != classes:
        return [], "", ""
    counts = answered.counts
    shares = [percent(row[n] / row.sum()) if row.sum() else "–" for n, row in enumerate(counts)]
    of, longer, briefly = names_of_set(answered)
    # The set is always named: the points above are those of the training set.
    ways = ((" right", f" ({of})"), ("", f" right ({of})"), ("", f" right, {longer}"), ("", f" ({briefly})"))
    for each, last in ways:
        if classes * (len(" 100%") + len(each)) + len(last) <= room:  # of constant width
            return shares, each, last
    return [], "", ""
