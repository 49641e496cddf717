"""The plane in which a contrastive loss puts phrases: those that mean similar things shall lie together."""

from __future__ import annotations

import numpy as np

from tui_trainer.telemetry import Embedding
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.axis import value_axis
from tui_trainer.tui.charts.decision import draw_points
from tui_trainer.tui.charts.numbers import compact
from tui_trainer.tui.theme import Theme

_WITH_TEXTS = 60
"""Columns from which on the phrases stand beside their points, as far as they cover nothing."""


def draw_embedding(picture: Embedding, width: int, height: int, theme: Theme) -> Cells:
    """The points as letters of their classes."""
    body = Cells(width, height, theme.text)
    points = np.asarray(picture.points, dtype=np.float64)
    if not len(points) or not np.isfinite(points).any():
        return body
    columns = value_axis(points[:, 0]).place(points[:, 0], width)
    rows = height - 1 - value_axis(points[:, 1]).place(points[:, 1], height)
    draw_points(body, columns, rows, picture.labels, theme, limit=1.0)
    if width >= _WITH_TEXTS and np.isfinite(points).all():
        _write_texts(body, columns, rows, picture.texts, theme)
    return body


def distances(picture: Embedding) -> tuple[str, ...]:
    """How far phrases lie apart, ways to say it, the longest first."""
    within, between = compact(picture.within_distance, 2), compact(picture.between_distance, 2)
    return (
        f"distance within a subject {within} · between subjects {between}",
        f"within {within} · between {between}",
        f"same {within} other {between}",
        f"{within} / {between}",
    )


def _write_texts(body: Cells, columns: np.ndarray, rows: np.ndarray, texts: tuple[str, ...], theme: Theme) -> None:
    """Each phrase right or left of its point, where the whole of it has room."""
    for column, row, text in zip(np.rint(columns).astype(int), np.rint(rows).astype(int), texts, strict=False):
        needed = text_width(text) + 2
        for start in (column + 1, column - needed):
            free = 0 <= row < body.height and start >= 0 and start + needed <= body.width
            if free and (body.codes[row, start : start + needed] == ord(" ")).all():
                body.text(start + 1, row, text, theme.muted)
                break
