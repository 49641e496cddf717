"""Where every panel stands, as pure arithmetic on the size of the screen: no overlap, nothing left over."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

Kind = Literal["panels", "tabs", "text", "enlarge"]

SMALLEST = (20, 6)
"""Columns and rows below which nothing can be shown but the wish for more."""

_BY_IMPORTANCE = ("loss", "settings", "data", "weights", "gradients", "fit", "step")
_IN_A_RACE = ("loss", "fit", "settings", "data", "weights", "gradients", "step")
"""The fit panel then holds the comparison of the arms."""
_AROUND_TABLE = 3
"""Rows of a table of answers beside those of the classes: the border, and the names above the columns."""


class Rect(Struct, frozen=True):
    """A rectangle of cells; (x, y) is its top left corner on the screen."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: int, y: int) -> bool:
        """Whether the cell (x, y) lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


class Layout(Struct, frozen=True, kw_only=True):
    """How the screen is divided: header rows at the top, then the verdict, the tabs, the panels, the footer."""

    kind: Kind
    header: int = 0
    """Rows of the header, the verdict line not counted."""
    panels: dict[str, Rect] = {}
    """Together they cover everything between the verdict (or the tabs) and the footer."""


def arrange(
    width: int, height: int, focus: str, zoomed: bool, *, race: bool = False, by_phases: bool = False, classes: int = 0
) -> Layout:
    """The layout for a screen of this size; `focus` is always among the panels shown.

    In a race the comparison of the arms stands beside or below their curves, in the place of the fit panel. While the
    run moves by phases, their numbers are always there, in the place of another panel where room is short. A table of
    answers has as many rows as `classes`: it gets what it needs of its column; 0 where there is none.
    """
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Layout(kind="enlarge")
    if width < 40 or height < 10:
        return Layout(kind="text")
    header = 2 if height >= 16 else 1
    top = header + 1
    if width < 60 and not zoomed:
        return Layout(kind="tabs", header=header, panels={focus: Rect(0, top + 1, width, height - top - 2)})
    body = Rect(0, top, width, height - top - 1)
    return Layout(
        kind="panels", header=header, panels={focus: body} if zoomed else _panels(body, focus, race, by_phases, classes)
    )


def is_narrow(width: int, height: int) -> bool:
    """Whether a screen of this size has tabs: one panel at a time, in full screen or not."""
    return arrange(width, height, "loss", zoomed=False).kind == "tabs"


def split(total: int, shares: Sequence[float]) -> list[int]:
    """`total` cells divided in proportion to `shares`; they sum up to `total`."""
    edges, whole, so_far = [0], sum(shares), 0.0
    for share in shares:
        so_far += share
        edges.append(round(total * so_far / whole))
    return [end - start for start, end in pairwise(edges)]


def _panels(body: Rect, focus: str, race: bool, by_phases: bool, classes: int) -> dict[str, Rect]:
    """The grid that suits the room: all seven panels, or the most important ones and the one in focus."""
    if body.height < 16:
        return _in_a_row(body, focus, _IN_A_RACE if race else _BY_IMPORTANCE, by_phases)
    if body.height < 28:
        return _two_rows(body) if body.width >= 112 else _most_important(body, focus, race, by_phases, classes)
    if body.width < 100:
        return _most_important(body, focus, race, by_phases, classes)
    if body.width < 160 or body.height < 44:
        return _three_rows(body, race)
    return _spacious(body)


def _in_a_row(body: Rect, focus: str, by_importance: Sequence[str], by_phases: bool) -> dict[str, Rect]:
    """A low screen: as many panels side by side as can be read."""
    count = min(max(body.width // 30, 2), len(by_importance))
    first = [focus, "step"] if by_phases and focus != "step" else [focus]
    chosen = [*first, *(name for name in by_importance if name not in first)][:count]
    names = sorted(chosen, key=by_importance.index)
    names.sort(key=lambda name: name == "settings")  # the list stands at the right, as everywhere
    shares = [0.8 if name == "settings" else 1.2 if name == "loss" else 1.0 for name in names]
    return _columns(body, shares, [[(name, 1.0)] for name in names])


def _most_important(body: Rect, focus: str, race: bool, by_phases: bool, classes: int) -> dict[str, Rect]:
    """80×24: what the training does at the left, what it has made in the middle, the settings at the right."""
    settings = min(max(body.width * 30 // 100, 20), 27)
    data = min(max(body.height * 11 / 20, classes + _AROUND_TABLE), body.height * 13 / 20)
    middle = [("data", data), ("step" if focus == "step" else "weights", body.height - data)]
    if by_phases:
        middle = [("weights" if focus == "weights" else "data", 8.0), ("step", 12.0)]
    if body.height >= 32:
        middle = [("data", 11.0), ("weights", 9.0), ("step", 9.0)]
    left = [("loss", 10.0 if body.height < 40 else 14.0), ("gradients", 5.0), ("fit", 5.0)]
    if race:
        left = [("loss", 11.0), ("fit", 9.0)]
        if focus == "gradients" or body.height >= 32:
            left = [("loss", 10.0), ("fit", 8.0), ("gradients", 5.0)]
    rest = body.width - settings
    return _columns(body, [rest * 0.53, rest * 0.47, settings], [left, middle, [("settings", 1.0)]])


def _two_rows(body: Rect) -> dict[str, Rect]:
    """A wide and low screen: every panel, in two rows."""
    columns = [[("loss", 11.0), ("gradients", 9.0)], [("weights", 11.0), ("fit", 9.0)], [("data", 11.0), ("step", 9.0)]]
    settings = min(max(body.width // 5, 22), 34)
    each = (body.width - settings) / 3
    return _columns(body, [each, each, each, settings], [*columns, [("settings", 1.0)]])


def _three_rows(body: Rect, race: bool) -> dict[str, Rect]:
    """120×40: three rows of two, and the settings along the right side."""
    left = [("loss", 14.0), ("gradients", 8.0), ("data", 14.0)]
    right = [("weights", 14.0), ("fit", 8.0), ("step", 14.0)]
    if race:
        right = [("fit", 14.0), ("weights", 8.0), ("step", 14.0)]
    settings = min(max(body.width // 5, 24), 34)
    each = (body.width - settings) / 2
    return _columns(body, [each, each, settings], [left, right, [("settings", 1.0)]])


def _spacious(body: Rect) -> dict[str, Rect]:
    """200×60: two columns of large pictures, and one of lists."""
    return _columns(
        body,
        [38.0, 36.0, 26.0],
        [
            [("loss", 33.0), ("fit", 23.0)],
            [("data", 29.0), ("weights", 27.0)],
            [("settings", 22.0), ("step", 20.0), ("gradients", 14.0)],
        ],
    )


def _columns(body: Rect, shares: Sequence[float], columns: Sequence[Sequence[tuple[str, float]]]) -> dict[str, Rect]:
    """Columns of panels: widths by `shares`, heights by the share beside each panel."""
    placed, x = {}, body.x
    for width, column in zip(split(body.width, shares), columns, strict=True):
        y = body.y
        for height, (name, _) in zip(split(body.height, [share for _, share in column]), column, strict=True):
            placed[name] = Rect(x, y, width, height)
            y += height
        x += width
    return placed
