"""A confusion matrix: a row for each true class, a column for each predicted one, right predictions on the diagonal."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.drawing.cells import BOLD, REVERSE, Cells, fit, printable, style, text_width
from tui_trainer.drawing.charts.numbers import short_count
from tui_trainer.drawing.colours import black_or_white
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.wording import percent

_NAME = 10
"""The most cells for a class name in front of its row, if the table needs the rest."""
_LONGEST = 16
"""The most cells for a class name."""
_WIDEST = 20
"""The widest column in cells, unless names are longer: neighbouring numbers are to be compared."""
_SHARE = 6
"""Cells of the share behind a row, including the blank before it."""


class _Table(Struct, frozen=True, kw_only=True):
    """The layout. There may be fewer columns and rows than classes."""

    front: int
    each: int
    columns: int
    rows: int
    tall: int
    recall: str
    """The heading of the shares behind the rows; "" if there is no room for them."""
    precision: bool
    dense: bool = False
    """Whether the longest number fills its column. Numbers are then aligned at the right."""

    def indent(self, width: int) -> int:
        """Blanks in front of a text of `width` cells in a column."""
        return max(self.each - width if self.dense else (self.each - width) // 2, 0)


def draw_confusion(counts: NDArray[np.integer], names: tuple[str, ...], width: int, height: int, theme: Theme) -> Cells:
    """`counts` (true class, predicted class) as a table with class names, each number shaded by its share of the row.

    Recall stands behind each row and precision below each column if there is room. Classes without room are left out,
    with an ellipsis.
    """
    cells = Cells(width, height, theme.text)
    table = _table(counts, names, width, height, theme.coloured)
    front, each, tall = table.front, table.each, table.tall
    room = max(each - 1, 1)  # a blank parts the names
    short = short_names(names, min(room, front))
    # Whole names in front say what those above are short for; cut ones are cut alike.
    above, before = (names if all(text_width(name) <= there for name in names) else short for there in (room, front))
    if table.columns < len(counts) and table.columns:
        cells.text(front + 1 + table.columns * each, 0, _more(len(counts) - table.columns), theme.muted)
    if table.rows < len(counts) and table.rows:
        more = len(counts) - table.rows
        cells.text(0, 1 + table.rows, Wordings(f"… {more} more classes", f"… {more} more").fitting(width), theme.muted)
    for column in range(table.columns):
        start = front + 1 + column * each + table.indent(text_width(above[column]))
        cells.text(start, 0, above[column], theme.muted, width=room)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    end = front + 1 + table.columns * each
    cells.text(end + 1, 0, table.recall, theme.muted)
    for row in range(table.rows):
        top = 1 + row * tall
        middle = top + (tall - 1) // 2
        cells.text(0, middle, before[row], theme.muted, width=front)
        for column in range(table.columns):
            start = front + 1 + column * each
            packed = _style(float(shares[row, column]), row == column, int(counts[row, column]), theme)
            if table.dense and row == column and not theme.coloured:
                packed = style(attributes=BOLD | REVERSE)
            cells.styles[top : top + tall, start : start + each] = packed
            number = short_count(int(counts[row, column])) if counts[row, column] else theme.sign("·", ".")
            cells.text(start + table.indent(len(number)), middle, number, packed)
        if table.recall:
            share = _share(counts[row, row], counts[row].sum())
            cells.text(end + 1 + max(len(table.recall) - len(share), 0) // 2, middle, share, theme.text)
    if table.precision:
        y = 1 + table.rows * tall
        cells.text(0, y, "precision", theme.muted, width=front)
        for column in range(table.columns):
            share = _share(counts[column, column], counts[:, column].sum())
            cells.text(front + 1 + column * each + (each - len(share)) // 2, y, share, theme.text)
    return cells


def _table(counts: NDArray[np.integer], names: tuple[str, ...], width: int, height: int, coloured: bool) -> _Table:
    """The layout: first numbers, then whole names, then recall and precision, then larger cells."""
    classes = max(len(counts), 1)
    longest = min(max((text_width(name) for name in names), default=1), _LONGEST)
    most = len(short_count(int(counts.max(initial=0))))
    front = min(longest, max(width // 4, 1), _NAME)
    if longest + 1 + classes * max(most + 1, 7) <= width:
        front = longest
    wide = max(front, len("precision"))
    cramped = wide + 1 + classes * max(longest + 1, most + 1, _SHARE - 1)
    # Recall comes first: precision does not widen the front at the cost of its room.
    precision = height - 2 >= 2 * classes and cramped + (_SHARE if wide > front else 0) <= width
    front = wide if precision else front
    needed = front + 1 + classes * max(longest + 1, most + 1, _SHARE - 1 if precision else 2)
    recall = next((word for word in ("right (recall)", "right") if needed + max(len(word) + 1, _SHARE) <= width), "")
    room = width - front - 1 - (max(len(recall) + 1, _SHARE) if recall else 0)
    each = max(min(room // classes, max(longest + 2, _WIDEST if height > 2 * classes + 1 else 7)), most + 1, 2)
    dense = room // each < classes <= room // max(most, 2) and not _touch(counts, most, coloured)
    each = max(most, 2) if dense else each
    columns, rows = min(max(room // each, 0), classes), min(max(height - 1, 0), classes)
    while 1 < columns < classes and width - front - 1 - columns * each < len(_more(classes - columns)):
        columns -= 1
    rows -= 1 if 0 < rows < len(counts) else 0
    below = 2 if precision else 1
    tall = max(min((height - below) // max(rows, 1), each // 2), 1)
    return _Table(
        front=front,
        each=each,
        columns=columns,
        rows=rows,
        tall=tall,
        recall=recall,
        precision=precision,
        dense=dense,
    )


def short_names(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The names cut to `width` cells, all in the same way, so that they stay different: to their beginnings ("set…"),
    to the first letter and the end ("c…1"), or else to the number of the class, from 1."""
    if all(text_width(name) <= width for name in names):
        return names
    beginnings = tuple(fit(name, width) for name in names)
    ends = (tuple(f"{name[:1]}…{name[-kept:]}" for name in map(printable, names)) for kept in range(1, width - 1))
    for way in (beginnings, *ends):
        if len(set(way)) == len(names) and all(text_width(name) <= width for name in way):
            return way
    return tuple(str(number) for number in range(1, len(names) + 1))


def _more(columns: int) -> str:
    """Words for the columns that have no room."""
    return f"+{columns}…"


def _touch(counts: NDArray[np.integer], width: int, coloured: bool) -> bool:
    """Whether two right-aligned numbers would touch in columns of this width. One that fills its column touches its
    neighbour; where cells have colours of their own, only two such numbers touch."""
    filled = np.array([[len(short_count(int(number))) == width for number in row] for row in counts])
    before = filled if coloured else counts > 0
    touching = filled[:, 1:] & before[:, :-1]
    if not coloured:  # what is on the diagonal is reversed
        right = np.eye(len(counts), dtype=np.bool_)
        touching &= ~(right[:, 1:] | right[:, :-1])
    return bool(touching.any())


def _share(right: int, of: int) -> str:
    """A share in per cent; a dash if there is nothing to count."""
    return percent(right / of) if of else "–"


def _style(share: float, right: bool, count: int, theme: Theme) -> int:
    """Blue for right predictions, orange for wrong ones, stronger the larger their share of the row."""
    if not theme.coloured:
        return theme.strong if right else theme.text if count else theme.muted
    if not count:
        return theme.muted
    colour = int(theme.diverging(0.15 + 0.6 * share if right else -0.25 - 0.6 * share))
    return style(int(black_or_white(colour)), colour, BOLD if right else 0)
