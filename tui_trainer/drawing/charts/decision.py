"""The prediction over a plane, with the data on it: hue is the class, strength the confidence, letters the truth."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.drawing.cells import BOLD, DIM, Cells, style, style_array
from tui_trainer.drawing.charts.halfblocks import draw_pixels
from tui_trainer.drawing.colours import black_or_white
from tui_trainer.drawing.theme import CLASS_MARKS, Theme

Whole = NDArray[np.integer]

SHADES = " .,:;/IHMW"
"""From low to high for a map of values where there is no colour: none of them is the mark of a point."""
_GOLDEN = 0.6180339887498949
MOST_COVERED = 0.35
"""The largest share of the cells of a map that points may cover."""
_UNSURE = 0.15
"""Confidence below which a map without colour draws the border between classes."""


def draw_answers(classes: Whole, confidence: Array, width: int, height: int, theme: Theme) -> Cells:
    """A map of predictions: `classes` and `confidence` in [0, 1], both (rows, columns), row 0 at the top."""
    cells = Cells(width, height, theme.text)
    if theme.coloured:
        rows, columns = nearest(classes.shape, 2 * height, width)
        pixels = theme.confidence(classes[rows, columns], _resampled(confidence, 2 * height, width))
        draw_pixels(cells, 0, 0, pixels[: 2 * height], ascii_only=theme.ascii)
        return cells
    rows, columns = nearest(classes.shape, height, width)
    textures = np.array([ord(c) for c in class_textures(theme)], dtype=np.uint32)
    cells.codes[:] = textures[classes[rows, columns] % len(textures)]
    cells.codes[confidence[rows, columns] < _UNSURE] = ord("-")
    cells.styles[:] = style(attributes=DIM)
    return cells


def class_textures(theme: Theme) -> str:
    """A texture for each class, for maps without colour. Letters stand out against all of them."""
    return theme.sign(" ░.▒:▓,`'\"", " .:,;`'_\"^")


def draw_values(values: Array, width: int, height: int, theme: Theme) -> Cells:
    """A map of `values` in [−1, 1], (rows, columns), row 0 at the top: diverging colours, or shades of glyphs."""
    cells = Cells(width, height, theme.text)
    if theme.coloured:
        draw_pixels(cells, 0, 0, theme.diverging(_resampled(values, 2 * height, width)), ascii_only=theme.ascii)
    else:
        shares = np.nan_to_num(_resampled(values, height, width)) / 2 + 0.5
        level = (np.clip(shares, 0, 1) * (len(SHADES) - 1)).astype(np.intp)
        cells.codes[:] = np.array([ord(shade) for shade in SHADES], dtype=np.uint32)[level]
        cells.styles[:] = style(attributes=DIM)
    return cells


class DrawnPoints(Struct, frozen=True):
    """How many points a map shows, and in how many cells."""

    points: int
    cells: int
    shared: int
    """The cells among them with points of several classes."""


def draw_points(
    cells: Cells,
    columns: Array,
    rows: Array,
    labels: Whole,
    theme: Theme,
    *,
    marks: str = CLASS_MARKS,
) -> DrawnPoints:
    """Draw `marks`, by class, at (columns, rows) in cells, and the mark of `several` where classes meet in one cell.

    Points outside are left out. If they would cover more than `MOST_COVERED` of the cells, those in an evenly spread
    part of these cells are drawn.
    """
    place = np.rint(columns), np.rint(rows)
    inside = (place[0] >= 0) & (place[0] < cells.width) & (place[1] >= 0) & (place[1] < cells.height)
    at = (place[1][inside] * cells.width + place[0][inside]).astype(np.intp)
    kinds = int(labels.max(initial=0)) + 1
    held = np.bincount(at * kinds + labels[inside], minlength=cells.codes.size * kinds).reshape(-1, kinds)
    filled, most = np.flatnonzero(held.any(axis=1)), MOST_COVERED * cells.codes.size
    if len(filled) > most:
        filled = filled[np.argsort(np.unique(at, return_index=True)[1])]  # in the order of the points
        # Steps of the golden ratio take an even share of any pattern; every n-th would take one class of two.
        filled = filled[np.arange(len(filled)) * _GOLDEN % 1.0 < most / len(filled)]
    held = held[filled]
    classes, shared = held.argmax(axis=1), np.count_nonzero(held, axis=1) > 1
    where = np.divmod(filled, max(cells.width, 1))
    codes = np.array([ord(mark) for mark in marks], dtype=np.uint32)[classes % len(marks)]
    cells.codes[where] = np.where(shared, ord(several(theme)), codes)
    if theme.coloured:
        ground = (cells.styles[where] >> np.uint64(4) & np.uint64(0x1FFFFFF)).astype(np.int64) - 1
        colours = theme.point_colours(classes, ground)
        colours[shared] = black_or_white(ground[shared])
        cells.styles[where] = style_array(colours, ground, BOLD)
    else:
        cells.styles[where] = style(attributes=BOLD)
    return DrawnPoints(points=int(held.sum()), cells=len(filled), shared=int(shared.sum()))


def several(theme: Theme) -> str:
    """The mark of a cell with points of several classes."""
    return theme.sign("◇", "$")


def nearest(shape: tuple[int, ...], rows: int, columns: int) -> tuple[Whole, Whole]:
    """Indices that stretch an array of `shape` to (rows, columns), for `array[rows, columns]`."""
    down = ((np.arange(rows) + 0.5) * shape[0] / rows).astype(np.intp)
    across = ((np.arange(columns) + 0.5) * shape[1] / columns).astype(np.intp)
    return down[:, None], across[None, :]


def _resampled(values: Array, rows: int, columns: int) -> NDArray[np.float64]:
    """`values` stretched to (rows, columns), straight lines between neighbours."""
    if values.shape == (rows, columns):
        return np.asarray(values, dtype=np.float64)
    down, down_share = _between(values.shape[0], rows)
    across, across_share = _between(values.shape[1], columns)
    last_row, last_column = values.shape[0] - 1, values.shape[1] - 1
    with np.errstate(invalid="ignore"):
        upper, lower = values[down], values[np.minimum(down + 1, last_row)]
        mixed = upper + (lower - upper) * down_share[:, None]
        left, right = mixed[:, across], mixed[:, np.minimum(across + 1, last_column)]
        return np.asarray(left + (right - left) * across_share, dtype=np.float64)


def _between(count: int, room: int) -> tuple[Whole, NDArray[np.float64]]:
    """For each of `room` pixels over `count` samples: the sample before its centre, and the fraction to the next."""
    place = np.clip((np.arange(room) + 0.5) * count / room - 0.5, 0, count - 1)
    before = place.astype(np.intp)
    return before, place - before
