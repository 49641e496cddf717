"""Whether the inputs of a table are the pixels of square images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.table import Column, Table
from tui_trainer.tables.useless import CONSTANT

BRIGHTEST, DIM = 255.0, 16.0
"""The highest value of a pixel of 8 and of 4 bits."""


def image_shape_of(inputs: Sequence[Column], rows: NDArray[np.int64]) -> tuple[int, int] | None:
    """(height, width) if the inputs are a square of whole numbers from 0 to 255: the pixels of an image."""
    side = round(len(inputs) ** 0.5)
    if side < 5 or side * side != len(inputs) or any(each.kind != "number" for each in inputs):
        return None
    highest = 0.0
    for column in inputs:
        values = column.values[rows[:1000]]
        if not ((values >= 0) & (values <= BRIGHTEST) & (values == np.round(values))).all():
            return None
        highest = max(highest, float(values.max()))
    return (side, side) if highest > 3 else None


def white_of(pixels: Sequence[Column]) -> float:
    """What a white pixel is: the highest value of 4 bits if none is higher, else of 8."""
    return DIM if max(float(each.values.max()) for each in pixels) <= DIM else BRIGHTEST


def without_pixels(reasons: dict[str, str], table: Table, target: Column) -> dict[str, str]:
    """The reasons to leave columns out, but for those that make a square of pixels complete: the corners of images are
    constant."""
    pixels = [
        column
        for column in table.columns
        if column is not target and column.kind == "number" and reasons.get(column.name, CONSTANT) == CONSTANT
    ]
    if image_shape_of(pixels, np.arange(table.rows)) is None:
        return reasons
    return {name: reason for name, reason in reasons.items() if reason != CONSTANT}
