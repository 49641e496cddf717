"""Pictures of half blocks: two square pixels in each cell, the upper in the foreground, the lower in the background."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.cells import Cells, style_array
from tui_trainer.drawing.colours import Colours

UPPER_HALF = 0x2580


def draw_pixels(cells: Cells, x: int, y: int, pixels: Colours, *, ascii_only: bool = False) -> None:
    """Put 24-bit colours `pixels` (2·rows, columns) at (x, y), in cells of two pixels; they must fit.

    Where both pixels are alike, and where the screen is ASCII only, the cell is a blank on a coloured ground.
    """
    upper, lower = pixels[0::2], pixels[1::2]
    rows, columns = upper.shape
    flat = (upper == lower) | ascii_only
    cells.codes[y : y + rows, x : x + columns] = np.where(flat, ord(" "), UPPER_HALF)
    cells.styles[y : y + rows, x : x + columns] = style_array(upper, lower)


def spread(count: int, room: int) -> NDArray[np.intp]:
    """The index, of `count` items, that each of at most `room` pixels shows. All items get equally many pixels."""
    return np.repeat(np.arange(count), room // count)


def merged(count: int, room: int) -> int:
    """The number of neighbours that share a pixel, the same everywhere, for `count` of them to fit."""
    return -(-count // max(room, 1))


def strongest(values: NDArray[np.floating], rows: int, columns: int) -> NDArray[np.float64]:
    """`values` shrunk to at most (rows, columns), each block of `merged` ones by its value of largest size, sign kept.

    NaN in a block wins, so that no broken weight is hidden by its neighbours.
    """
    shrunk = np.asarray(values, dtype=np.float64)
    for axis, room in ((0, rows), (1, columns)):
        if shrunk.shape[axis] > room:
            starts = np.arange(0, shrunk.shape[axis], merged(shrunk.shape[axis], room))
            high = np.maximum.reduceat(shrunk, starts, axis=axis)
            low = np.minimum.reduceat(shrunk, starts, axis=axis)
            shrunk = np.where(-low > high, low, high)
    return shrunk
