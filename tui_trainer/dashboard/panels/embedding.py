"""The plane into which a contrastive loss puts phrases: those with similar meanings should lie together."""

from __future__ import annotations

from collections import Counter

import numpy as np
from msgspec import Struct

from tui_trainer.dashboard.panels.border import mark_cursor, write_foot
from tui_trainer.dashboard.panels.classes import draw_classes
from tui_trainer.dashboard.panels.phrase_cursor import all_points, reading
from tui_trainer.drawing.cells import Cells, printable, text_width
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme, class_mark
from tui_trainer.telemetry import DataView, Embedding

_WITH_TEXTS = 60
"""Columns from which the phrases are written beside their points, where they cover nothing."""


class _SharedCell(Struct, frozen=True, kw_only=True):
    column: int
    row: int
    points: tuple[int, ...]


def draw_embedding(cells: Cells, picture: Embedding, data: DataView, chosen: int | None, theme: Theme) -> None:
    """Draw the plane into a panel with the `chosen` phrase marked, and below it the classes, and that phrase in words
    or the distances."""
    below = 0 if cells.height < 7 else 1 if cells.height < 10 else 2
    body, hidden, at = _draw_plane(picture, chosen, cells.width - 2, cells.height - 2 - below, theme)
    cells.paste(body, 1, 1)
    if at is not None:
        sign = _own_mark(theme) if chosen == len(picture.points) else chr(body.codes[at[1], at[0]])
        mark_cursor(cells, 1 + at[0], 1 + at[1], sign, theme)
    y, end = cells.height - 2, cells.width - 2
    beneath = f"{hidden} of {len(picture.points)} beneath others"
    if picture.validation.any():
        both = "points: training and validation"
        sets = Wordings(
            f"{both} · nearest right: of validation", "points: both sets · right: valid.", "both sets · right: val."
        )
        write_foot(cells, sets, theme)
    wordings = _distances(picture)
    if below == 2:
        x = draw_classes(cells, y - 1, data, theme)
        ends = Wordings(beneath, f"+{hidden} beneath", f"+{hidden}")
        if not hidden:
            ends = Wordings(f"{_times(theme)}3 three in one place", "")
        note = ends.fitting(end - x)
        cells.text(end - text_width(note), y - 1, note, theme.muted)
    elif hidden:
        wordings = wordings.suffixed(f" · {beneath}").or_else(f"+{hidden} beneath")
    if below and chosen is not None:
        cells.text(2, y, reading(picture, data, chosen).fitting(end - 2), theme.cursor, width=end - 2)
    elif below:
        cells.text(2, y, wordings.fitting(end - 2), theme.muted, width=end - 2)


def _draw_plane(
    picture: Embedding, chosen: int | None, width: int, height: int, theme: Theme
) -> tuple[Cells, int, tuple[int, int] | None]:
    """The points as letters of their classes, with ×3 behind three in one cell; the number of hidden points; and the
    cell of the `chosen` one. The person's own point has a mark, and its text beside it where there is room."""
    body = Cells(width, height, theme.text)
    points = all_points(picture)
    finite = np.isfinite(points).all(axis=1)
    known = len(picture.points)
    if not finite.any() or width < 1 or height < 1:
        return body, known, None
    columns = np.rint(value_axis(points[:, 0]).place(points[:, 0], width))
    rows = np.rint(height - 1 - value_axis(points[:, 1]).place(points[:, 1], height))
    points_at: dict[tuple[int, int], list[int]] = {}
    for point in np.flatnonzero(finite[:known]).tolist():
        points_at.setdefault((int(columns[point]), int(rows[point])), []).append(point)
    filled = [_SharedCell(column=x, row=y, points=tuple(found)) for (x, y), found in points_at.items()]
    for cell in filled:
        _write(body, cell.column, cell, [(int(picture.labels[cell.points[0]]), 1)], theme)
    ends = [_count(body, cell, picture, theme) for cell in filled]
    hidden = sum(len(cell.points) - seen for cell, (_, _, seen) in zip(filled, ends, strict=True))
    if picture.asked is not None and finite[known]:
        x, y = int(columns[known]), int(rows[known])
        hidden += (x, y) in points_at
        body.text(x, y, _own_mark(theme), theme.badge)
        own = _SharedCell(column=x, row=y, points=(0,))
        _write_texts(body, own, x, x + 1, (printable(picture.asked.text),), theme.cursor)
    if width >= _WITH_TEXTS:
        for cell, (start, end, _) in zip(filled, ends, strict=True):
            _write_texts(body, cell, start, end, picture.texts, theme.muted)
    at = None if chosen is None or not finite[chosen] else (int(columns[chosen]), int(rows[chosen]))
    return body, hidden + int((~finite[:known]).sum()), at


def _own_mark(theme: Theme) -> str:
    """The mark of the person's own phrase: no letter of a class."""
    return theme.sign("◆", "@")


def _distances(picture: Embedding) -> Wordings:
    """The distances between phrases."""
    within, between = compact(picture.within_distance, 2), compact(picture.between_distance, 2)
    return Wordings(
        f"distance within a subject {within} · between subjects {between}",
        f"within {within} · between {between}",
        f"same {within} other {between}",
        f"{within} / {between}",
    )


def _times(theme: Theme) -> str:
    """The sign before a number of points; an x would be a class in ASCII."""
    return theme.sign("×", ":")


def _write(body: Cells, x: int, cell: _SharedCell, counts: list[tuple[int, int]], theme: Theme) -> int:
    """Write the letter of each class and its number of points from `x`; return the next column."""
    for label, count in counts:
        x = body.text(x, cell.row, class_mark(label), theme.class_style(label))
        if count > 1:
            x = body.text(x, cell.row, f"{_times(theme)}{count}", theme.text)
    return x


def _count(body: Cells, cell: _SharedCell, picture: Embedding, theme: Theme) -> tuple[int, int, int]:
    """Write the number of points in the cell where that covers nothing; return the first and the next column, and how
    many points are visible."""
    counts = list(Counter(int(picture.labels[point]) for point in cell.points).items())
    needed = sum(1 if count == 1 else 1 + len(f"{_times(theme)}{count}") for _, count in counts)
    for start in (cell.column, cell.column - needed + 1):
        if start >= 0 and start + needed <= body.width:
            cells = np.arange(start, start + needed)
            others = body.codes[cell.row, cells[cells != cell.column]]
            if (others == ord(" ")).all():
                return start, _write(body, start, cell, counts, theme), len(cell.points)
    return cell.column, cell.column + 1, 1


def _write_texts(body: Cells, cell: _SharedCell, start: int, end: int, texts: tuple[str, ...], style: int) -> None:
    """Write the phrases of the cell to its right or left, or only the first, where they fit."""
    phrases = [texts[point] for point in cell.points]
    for text in (", ".join(phrases), f"{phrases[0]}, …"):
        needed = text_width(text) + 2
        for x in (end, start - needed):
            if x >= 0 and x + needed <= body.width and (body.codes[cell.row, x : x + needed] == ord(" ")).all():
                body.text(x + 1, cell.row, text, style)
                return
