"""A chart with axes, drawn in layers from back to front: bands, lines, uprights, marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tui_trainer.arrays import Floats
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts import braille
from tui_trainer.drawing.charts.axis import Axis, horizontal_labels, vertical_labels
from tui_trainer.drawing.charts.dashes import SOLID, on
from tui_trainer.drawing.charts.numbers import plain
from tui_trainer.drawing.theme import Theme

_SPACE = ord(" ")


class Plot:
    """The `cells` of the whole chart. The drawing area is inside its axes, which are left out if there is no room."""

    def __init__(
        self,
        width: int,
        height: int,
        horizontal: Axis,
        vertical: Axis,
        theme: Theme,
        *,
        label: Callable[[float], str] = plain,
    ) -> None:
        """`label` writes the numbers below the horizontal axis."""
        self.horizontal, self.vertical, self.theme = horizontal, vertical, theme
        self._across, self._down = _dots_of_a_cell(theme)
        axes, self.left, self.rows = _axes(width, height, horizontal, vertical, theme, label)
        self.cells, self.columns = axes.copy(), max(width - self.left, 0)
        self._inner = slice(0, self.rows), slice(self.left, self.left + self.columns)
        self._dots = np.zeros((self.rows, self.columns), dtype=np.uint32)
        self._known_columns: dict[int, tuple[Floats, braille.Columns]] = {}
        """By the identity of an array of positions: the array, and its dot columns."""

    def band(self, x: Floats, low: Floats, high: Floats, packed: int) -> None:
        """Fill between `low` and `high` (n,) at increasing `x`, values joined to their extremes in each column."""
        if self._drawable:
            columns, dots = self._columns_of(x), self.rows * self._down
            bottom, top = (
                columns.spread(self.vertical.place(columns.extremes(edge, reduce), dots))
                for edge, reduce in ((low, np.fmin), (high, np.fmax))
            )
            mask = braille.band(bottom, top, dots)
            if not self.theme.ascii and not self.theme.coloured:  # not every terminal has a dim style
                mask[::2, ::2] = mask[1::2, 1::2] = False
            self._blend(mask, packed, ":", keep=False)

    def line(
        self,
        x: Floats,
        y: Floats,
        packed: int,
        *,
        last: bool = False,
        dash: str = SOLID,
        thin: bool = False,
        thin_until: float = -np.inf,
        over: bool = False,
        letter: str = "*",
        until: float = np.inf,
        after: int | None = None,
    ) -> tuple[int, int] | None:
        """A line through (n,) points at increasing `x`: in each column through their arithmetic mean, on whatever axis,
        or through the `last` of them.

        `dash` is a pattern of `dashes`; `letter` draws the line where there is no braille. It is thin, or that only
        before `thin_until` ("." for the letter). Dots of other lines in its cells join its own, unless it goes `over`
        them. What lies beyond `until` has the style `after`, or is left out. Returns the cell (column, row) of its last
        dot before that.
        """
        if not self._drawable:
            return None
        columns, dots = self._columns_of(x), self.rows * self._down
        # First the values, then their places: a mean of places on a logarithmic axis would be another kind of mean.
        values = columns.lasts(y) if last else columns.means(y)
        heights = columns.spread(self.vertical.place(values, dots))
        mask = braille.line(heights, dots, 1 if self.theme.ascii or thin else 2)
        full = self._dot_of(thin_until, len(heights)) if thin_until > -np.inf else 0
        if full and not thin and not self.theme.ascii:
            mask[:, :full] = braille.line(heights[: full + 1], dots)[:, :full]
        if dash != SOLID:
            mask &= on(dash, mask.shape[1])
        stop = len(heights)
        if until < np.inf:
            stop = min(self._dot_of(until, len(heights)) + 1, stop)
            if after is not None:
                self._blend(mask & (np.arange(len(heights)) >= stop), after, letter, keep=True)
            mask[:, stop:] = False
        self._blend(mask, packed, letter, keep=not over)
        if full and self.theme.ascii:
            mask[:, full:] = False
            self._blend(mask, packed, ".", keep=not over)
        drawn = np.flatnonzero(np.isfinite(heights[:stop]))
        if not len(drawn):
            return None
        height = int(np.rint(heights[drawn[-1]]))
        return int(drawn[-1]) // self._across, self.rows - 1 - height // self._down

    def name_ends(self, ends: Sequence[tuple[int, int, str, int]]) -> None:
        """A letter or a number behind the end of each line: (column, row) as `line` returns, letter, style.

        Those that would meet stand side by side, in the order given.
        """
        by_row: dict[int, list[tuple[int, str, int]]] = {}
        for column, row, letter, packed in ends:
            by_row.setdefault(row, []).append((column, letter, packed))
        for row, letters in by_row.items():
            placed, x = [], 0
            for column, letter, packed in sorted(letters, key=lambda end: end[0]):
                start = max(column + 1, x)
                x = start + text_width(letter)
                placed.append((start, letter, packed))
            excess = max(x - self.columns, 0)
            for place, letter, packed in placed:
                self.cells.text(self.left + place - excess, row, letter, packed)

    def points(self, x: ArrayLike, y: ArrayLike, glyph: str, packed: int) -> None:
        """A character at each (x, y) within the axes; later ones cover earlier ones."""
        columns, rows = self.column(x), self.row(y)
        seen = np.isfinite(columns) & np.isfinite(rows) & self._drawable
        where = rows[seen].astype(np.intp), columns[seen].astype(np.intp) + self.left
        self.cells.codes[where] = ord(glyph)
        self.cells.styles[where] = packed

    def cloud(self, x: Floats, y: Floats, glyph: str, packed: int) -> str:
        """A character for each of many (x, y), another where several meet in a cell; return that one, "" if none do."""
        more = self.theme.sign("●", "8")
        columns, rows = self.column(x), self.row(y)
        seen = np.isfinite(columns) & np.isfinite(rows)
        places, held = np.unique(np.stack([columns[seen], rows[seen]], axis=1), axis=0, return_counts=True)
        shared = places[held > 1]
        self.points(x, y, glyph, packed)
        if not len(shared) or not self._drawable:
            return ""
        where = shared[:, 1].astype(np.intp), shared[:, 0].astype(np.intp) + self.left
        self.cells.codes[where] = ord(more)
        return more

    def upright(self, x: float, glyph: str, packed: int, *, over: bool = False) -> int:
        """A vertical line at `x` through what is empty, or `over` everything; returns its column in `cells`."""
        return int(self.uprights([x], glyph, packed, over=over)[0])

    def uprights(self, x: ArrayLike, glyph: str, packed: int, *, over: bool = False) -> NDArray[np.intp]:
        """The same at each `x` (n,), (n,) columns."""
        if not self._drawable:
            return np.full(np.shape(x), self.left)
        columns = self.left + self.column(x).astype(np.intp)
        marked = np.zeros(self.cells.width, np.bool_)
        marked[columns] = True
        where = ((self.cells.codes[: self.rows] == _SPACE) | over) & marked
        self.cells.codes[: self.rows][where] = ord(glyph)
        self.cells.styles[: self.rows][where] = packed
        return columns

    def free_row(
        self, x: int, width: int, upright: str, *, beside: int | None = None, crossing: bool = False
    ) -> int | None:
        """The highest row of `cells` with room for `width` cells of text from `x` on, without a neighbour that it would
        run into; uprights of this glyph may stand beside it, and within it if it is `crossing` them. `beside`: a column
        in which such an upright is to be seen there."""
        end = x + width
        if x < self.left or end > self.cells.width or not self._drawable:
            return None
        codes = self.cells.codes[: self.rows]
        empty, passing = codes == _SPACE, codes == ord(upright)
        apart = empty | passing
        free = (apart if crossing else empty)[:, x:end].all(axis=1) & apart[:, end : end + 1].all(axis=1)
        if x > self.left:
            free &= apart[:, x - 1]
        if beside is not None:
            free &= passing[:, beside]
        return int(free.argmax()) if free.any() else None

    def is_free(self, row: int, x: int, width: int) -> bool:
        """Whether nothing is drawn in these cells of `cells`."""
        return bool((self.cells.codes[row, x : x + width] == _SPACE).all())

    def column(self, x: ArrayLike) -> Floats:
        """Columns of the drawing area, from 0; NaN stays NaN."""
        return self.horizontal.cell(x, self.columns, self._across)

    def row(self, y: ArrayLike) -> Floats:
        """Rows of the drawing area, 0 at the top; NaN stays NaN."""
        return np.asarray(self.rows - 1 - self.vertical.cell(y, self.rows, self._down))

    @property
    def dots_across(self) -> int:
        """Columns of dots in the drawing area."""
        return self.columns * self._across

    @property
    def _drawable(self) -> bool:
        return self.rows > 0 and self.columns > 0

    def _dot_of(self, x: float, dots: int) -> int:
        return int(np.rint(self.horizontal.place(x, dots)))

    def _columns_of(self, x: Floats) -> braille.Columns:
        """The dot columns of `x`; a band and the line in it have the same."""
        if id(x) not in self._known_columns:
            places = self.horizontal.place(x, self.dots_across)
            self._known_columns[id(x)] = x, braille.Columns(places, self.dots_across)
        return self._known_columns[id(x)][1]

    def _blend(self, mask: NDArray[np.bool_], packed: int, letter: str, *, keep: bool) -> None:
        """Put dots over what is there. `keep` joins them with the dots of lines drawn before."""
        codes: NDArray[np.uint32]
        if self.theme.ascii:
            drawn, codes = mask, np.full(mask.shape, ord(letter), dtype=np.uint32)
        else:
            codes = braille.pack(mask)
            drawn = codes != braille.BLANK
            if keep:
                codes = np.where(drawn, codes | self._dots, self._dots)
                self._dots = codes
        self.cells.codes[self._inner][drawn] = codes[drawn]
        self.cells.styles[self._inner][drawn] = packed


def _dots_of_a_cell(theme: Theme) -> tuple[int, int]:
    """How many dots lie beside each other in a cell, and how many above each other."""
    return (1, 1) if theme.ascii else (2, 4)


@lru_cache(maxsize=16)
def _axes(
    width: int, height: int, horizontal: Axis, vertical: Axis, theme: Theme, label: Callable[[float], str]
) -> tuple[Cells, int, int]:
    """The axes with their labels, the first column of the drawing area, and its rows. Cached, since axes stay put while
    curves move; do not write to the cells."""
    cells = Cells(width, height, theme.text)
    across, down = _dots_of_a_cell(theme)
    below = 1 if height >= 4 else 0
    labels = vertical_labels(vertical, max(height - below, 1), down)
    gutter = max(map(text_width, labels.values()), default=0) + 1
    left, rows = gutter + 1 if width >= gutter + 12 else 0, max(height - below, 0)
    if left:
        cells.codes[:rows, gutter] = ord("│")
        cells.styles[:rows, gutter] = theme.border
        for row, text in labels.items():
            cells.text(gutter - 1 - text_width(text), row, text, theme.muted)
            cells.text(gutter, row, "┤", theme.border)
    if below and width > left:
        for start, text in horizontal_labels(horizontal, width - left, across, label):
            cells.text(left + start, height - 1, text, theme.muted)
    return cells, left, rows
