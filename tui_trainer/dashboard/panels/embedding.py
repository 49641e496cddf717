"""The plane in which a contrastive loss puts phrases: those that mean similar things shall lie together."""

from __future__ import annotations

from collections import Counter

import numpy as np
from msgspec import Struct

from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme, class_mark
from tui_trainer.telemetry import Embedding

_WITH_TEXTS = 60
"""Columns from which on the phrases stand beside their points, as far as they cover nothing."""


class _Place(Struct, frozen=True, kw_only=True):
    """Points that share a cell."""

    column: int
    row: int
    points: tuple[int, ...]


def draw_embedding(picture: Embedding, width: int, height: int, theme: Theme) -> tuple[Cells, int]:
    """The points as letters of their classes, ×3 behind three of them in one cell; and how many are not to be seen."""
    body = Cells(width, height, theme.text)
    points = np.asarray(picture.points, dtype=np.float64)
    finite = np.isfinite(points).all(axis=1)
    if not finite.any() or width < 1 or height < 1:
        return body, len(points)
    columns = np.rint(value_axis(points[:, 0]).place(points[:, 0], width))
    rows = np.rint(height - 1 - value_axis(points[:, 1]).place(points[:, 1], height))
    shared: dict[tuple[int, int], list[int]] = {}
    for point in np.flatnonzero(finite).tolist():
        shared.setdefault((int(columns[point]), int(rows[point])), []).append(point)
    places = [_Place(column=x, row=y, points=tuple(found)) for (x, y), found in shared.items()]
    for place in places:
        _write(body, place.column, place, [(int(picture.labels[place.points[0]]), 1)], theme)
    ends = [_count(body, place, picture, theme) for place in places]
    hidden = sum(len(place.points) - seen for place, (_, _, seen) in zip(places, ends, strict=True))
    if width >= _WITH_TEXTS:
        for place, (start, end, _) in zip(places, ends, strict=True):
            _write_texts(body, place, start, end, picture.texts, theme)
    return body, hidden + int((~finite).sum())


def distances(picture: Embedding) -> Wordings:
    """How far phrases lie apart, ways to say it, the longest first."""
    within, between = compact(picture.within_distance, 2), compact(picture.between_distance, 2)
    return Wordings(
        f"distance within a subject {within} · between subjects {between}",
        f"within {within} · between {between}",
        f"same {within} other {between}",
        f"{within} / {between}",
    )


def times(theme: Theme) -> str:
    """What stands before a number of points; an x would be a class where there is only ASCII."""
    return theme.sign("×", ":")


def _write(body: Cells, x: int, place: _Place, counts: list[tuple[int, int]], theme: Theme) -> int:
    """The letter of each class, and how many there are of it, from `x` on."""
    for label, count in counts:
        x = body.text(x, place.row, class_mark(label), theme.class_style(label))
        if count > 1:
            x = body.text(x, place.row, f"{times(theme)}{count}", theme.text)
    return x


def _count(body: Cells, place: _Place, picture: Embedding, theme: Theme) -> tuple[int, int, int]:
    """Say how many points a place has, where that covers nothing: first and next column, and how many are said."""
    counts = list(Counter(int(picture.labels[point]) for point in place.points).items())
    needed = sum(1 if count == 1 else 1 + len(f"{times(theme)}{count}") for _, count in counts)
    for start in (place.column, place.column - needed + 1):
        if start >= 0 and start + needed <= body.width:
            cells = np.arange(start, start + needed)
            others = body.codes[place.row, cells[cells != place.column]]
            if (others == ord(" ")).all():
                return start, _write(body, start, place, counts, theme), len(place.points)
    return place.column, place.column + 1, 1


def _write_texts(body: Cells, place: _Place, start: int, end: int, texts: tuple[str, ...], theme: Theme) -> None:
    """The phrases of a place at its right or left, or the first of them, where the whole has room."""
    phrases = [texts[point] for point in place.points]
    for text in (", ".join(phrases), f"{phrases[0]}, …"):
        needed = text_width(text) + 2
        for x in (end, start - needed):
            if x >= 0 and x + needed <= body.width and (body.codes[place.row, x : x + needed] == ord(" ")).all():
                body.text(x + 1, place.row, text, theme.muted)
                return
