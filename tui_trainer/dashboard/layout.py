"""The rectangle of every panel, computed from the size of the screen: no overlap, nothing left over.

The panels form a row in which neighbours belong together. The row is cut into columns, as a newspaper cuts a text. Of
all cuts that give every panel its least size, the best one gives the most to its worst served panel, then to the second
worst, and so on. Where not all panels have room, they are added by importance, as long as such a cut exists.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from msgspec import Struct

Kind = Literal["panels", "tabs", "text", "enlarge"]

SMALLEST = (20, 6)
"""Columns and rows below which the screen only asks to be enlarged."""


class Wish(Struct, frozen=True):
    """The size that a panel asks for at this moment."""

    id: str
    importance: int
    """Panels with the smallest number get room first."""
    least: tuple[int, int]
    """The least columns and rows beside other panels; alone in a column it may be lower."""
    wanted: tuple[int, int]
    """The columns and rows in which it shows everything; it gets more or less in proportion."""
    widest: float = math.inf
    """Columns beyond which more width shows no more."""


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
    """How the screen is divided: header rows at the top, then verdict, strip, tabs, panels, footer."""

    kind: Kind
    header: int = 0
    """Rows of the header, the verdict line not counted."""
    strip: int = 0
    """Rows under the verdict for a lesson, or for a line to the person."""
    panels: dict[str, Rect] = {}
    """Together they cover everything between the verdict (or what is under it) and the footer."""


def arrange(
    width: int,
    height: int,
    focus: str,
    zoomed: bool,
    wishes: tuple[Wish, ...] = (),
    *,
    strip: int = 0,
    most_strip: int = 0,
) -> Layout:
    """The layout for a screen of this size. The panel in `focus` is always shown. `strip`: see `Layout`. `most_strip`:
    the rows that it may come to have; panels and columns are chosen for these, so that they keep their places."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return Layout(kind="enlarge")
    if width < 40 or height < 10:
        return Layout(kind="text")
    header = 2 if height >= 16 else 1
    top = header + 1 + strip
    if width < 60 and not zoomed:
        return Layout(
            kind="tabs", header=header, strip=strip, panels={focus: Rect(0, top + 1, width, height - top - 2)}
        )
    body = Rect(0, top, width, height - top - 1)
    rows = body.height - max(most_strip - strip, 0)
    panels = {focus: body} if zoomed else _panels(body, rows, focus, wishes)
    return Layout(kind="panels", header=header, strip=strip, panels=panels)


def is_narrow(width: int, height: int) -> bool:
    """Whether a screen of this size shows one panel at a time, with tabs."""
    return arrange(width, height, "", zoomed=False).kind == "tabs"


@lru_cache(maxsize=64)
def _panels(body: Rect, rows: int, focus: str, wishes: tuple[Wish, ...]) -> dict[str, Rect]:
    """The panels that have room in so many rows of `body`, the focused one first. They share all of it."""
    chosen: list[Wish] = []
    for wish in sorted(wishes, key=lambda wish: (wish.id != focus, wish.importance)):
        more = [each for each in wishes if each in chosen or each is wish]
        if not chosen or any(_cuts(more, body.width, rows)):
            chosen = more
    return _placed(_best_cut(body.width, rows, tuple(chosen)), body)


@lru_cache(maxsize=64)
def _best_cut(width: int, rows: int, wishes: tuple[Wish, ...]) -> list[Sequence[Wish]]:
    """Of all cuts of these panels the best one."""
    room = Rect(0, 0, width, rows)
    return max(_cuts(wishes, width, rows), key=lambda columns: _served(_placed(columns, room), wishes))


def _cuts(row: Sequence[Wish], width: int, height: int) -> Iterator[list[Sequence[Wish]]]:
    """All cuts of the row into columns that give every panel its least size; a panel alone in its column takes any
    height."""
    if not row:
        yield []
    for count in range(1, len(row) + 1):
        column = row[:count]
        needed = max(wish.least[0] for wish in column)
        if needed > width or (count > 1 and sum(wish.least[1] for wish in column) > height):
            return
        for columns in _cuts(row[count:], width - needed, height):
            yield [column, *columns]


def _placed(columns: Sequence[Sequence[Wish]], body: Rect) -> dict[str, Rect]:
    """The width of a column follows the widest wish in it, the heights of its panels their own wishes, in
    proportion."""
    placed, x = {}, body.x
    widths = divided(
        body.width,
        [max(wish.wanted[0] for wish in column) for column in columns],
        [max(wish.least[0] for wish in column) for column in columns],
        [max(wish.widest for wish in column) for column in columns],
    )
    for width, column in zip(widths, columns, strict=True):
        y = body.y
        heights = divided(body.height, [wish.wanted[1] for wish in column], [wish.least[1] for wish in column])
        for height, wish in zip(heights, column, strict=True):
            placed[wish.id] = Rect(x, y, width, height)
            y += height
        x += width
    return placed


def _served(placed: dict[str, Rect], wishes: Sequence[Wish]) -> list[float]:
    """The share of the wanted columns and rows that each panel gets, in tenths, the worst first."""
    columns = (placed[wish.id].width / wish.wanted[0] for wish in wishes)
    rows = (placed[wish.id].height / wish.wanted[1] for wish in wishes)
    return sorted(round(share, 1) for share in (*columns, *rows))


def divided(total: int, wanted: Sequence[float], least: Sequence[int], most: Sequence[float] = ()) -> list[int]:
    """`total` cells, divided in proportion to `wanted`. A part that would get less than its `least` or more than its
    `most` gets just that, and the others share the rest. The parts add up to `total`."""
    fixed: dict[int, int] = {}
    while True:
        free = [index for index in range(len(wanted)) if index not in fixed]
        shares = split(total - sum(fixed.values()), [wanted[index] for index in free])
        sizes = dict(zip(free, shares, strict=True))
        bound = {i: max(min(size, most[i] if most else size), least[i]) for i, size in sizes.items()}
        # Only those that need more or only those that want less, whichever is the more: both at once may not add up.
        grows = sum(bound.values()) >= sum(shares)
        wrong = {i: int(size) for i, size in bound.items() if (size > sizes[i] if grows else size < sizes[i])}
        if not wrong or len(wrong) == len(free):
            return [{**fixed, **sizes}[index] for index in range(len(wanted))]
        fixed |= wrong


def split(total: int, shares: Sequence[float]) -> list[int]:
    """`total` cells, divided in proportion to `shares`; the parts add up to `total`."""
    edges, whole, so_far = [0], sum(shares), 0.0
    for share in shares:
        so_far += share
        edges.append(round(total * so_far / whole))
    return [end - start for start, end in pairwise(edges)]
