"""The inputs of a network for images, drawn as the image at the left of the diagram instead of as a list of pixels."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.halfblocks import draw_pixels
from tui_trainer.drawing.charts.heatmap import draw_signs
from tui_trainer.drawing.theme import Theme

_SHARE = 3
"""The image takes at most one part in this many of the width."""


class ImageBlock(Struct, frozen=True, kw_only=True):
    """Where the image stands, in cells from the top left corner of the diagram."""

    shape: tuple[int, int]
    zoom: int
    width: int
    height: int
    top: int

    @property
    def pixel_rows(self) -> NDArray[np.float64]:
        """(pixels,) the height in cells at which each pixel lies: where its weights begin."""
        rows, columns = self.shape
        return self.top + (np.arange(rows).repeat(columns) + 0.5) * self.height / rows


def image_block(shape: tuple[int, int], width: int, height: int, theme: Theme) -> ImageBlock | None:
    """The image of `shape` as large as it may be in a diagram of this size; None where it has no room."""
    lines = 1 if theme.ascii or not theme.coloured else 2
    zoom = min(width // _SHARE // shape[1], height * lines // shape[0])
    if zoom < 1:
        return None
    high = -(-shape[0] * zoom // lines)
    return ImageBlock(shape=shape, zoom=zoom, width=shape[1] * zoom, height=high, top=(height - high) // 2)


def draw_image_block(cells: Cells, block: ImageBlock, values: NDArray[np.floating] | None, theme: Theme) -> None:
    """Draw the pixels `values`, scaled by the largest; dots where there are no values."""
    if values is None:
        for y in range(block.top, block.top + block.height):
            cells.text(0, y, "·" * block.width, theme.faint)
        return
    shares = np.nan_to_num(values.astype(np.float64))
    shares /= float(np.abs(shares).max(initial=0.0)) or 1.0
    pixels = shares.reshape(block.shape).repeat(block.zoom, axis=0).repeat(block.zoom, axis=1)
    if theme.ascii or not theme.coloured:
        area = Cells(block.width, block.height, theme.text)
        draw_signs(area, pixels, theme)
        cells.paste(area, 0, block.top)
        return
    colours = np.full((2 * block.height, block.width), theme.background, dtype=np.int64)
    colours[: len(pixels)] = theme.diverging(pixels)
    draw_pixels(cells, 0, block.top, colours)
