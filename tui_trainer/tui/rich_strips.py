"""Cells as what Textual and Rich paint with: strips of segments, styles, and how many colours they may have."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip

from tui_trainer.drawing.cells import BOLD, DEFAULT, DIM, PLAIN, REVERSE, UNDERLINE, Cells, unpack
from tui_trainer.drawing.encoder import style_change
from tui_trainer.drawing.theme import ColourDepth


def strip_of(cells: Cells, y: int, depth: ColourDepth) -> Strip:
    """Row `y` of presentable cells as Textual's segments, one a run of equal style."""
    styles = cells.styles[y]
    starts = np.flatnonzero(np.r_[True, styles[1:] != styles[:-1]]) if len(styles) else np.zeros(0, int)
    codes = cells.codes[y].astype("<u4")
    segments = [
        Segment(codes[a:b].tobytes().decode("utf-32-le").replace("\0", ""), rich_style(int(styles[a]), depth))
        for a, b in zip(starts.tolist(), [*starts[1:].tolist(), len(codes)], strict=True)
    ]
    return Strip(segments, len(codes))


@lru_cache(maxsize=1 << 11)
def rich_style(packed: int, depth: ColourDepth) -> Style:
    """A presentable style as Rich writes it.

    Its sequence is worked out here: where Textual does that, it keeps the last 16,384 styles, some 20 MB of them.
    """
    foreground, background, attributes = unpack(packed)
    style = Style(
        color=_rich_color(foreground, depth),
        bgcolor=_rich_color(background, depth),
        bold=bool(attributes & BOLD),
        dim=bool(attributes & DIM),
        underline=bool(attributes & UNDERLINE),
        reverse=bool(attributes & REVERSE),
    )
    style._ansi = style_change(PLAIN, packed, depth)[len("\x1b[") : -len("m")]
    return style


def _rich_color(colour: int, depth: ColourDepth) -> Color | None:
    if colour == DEFAULT:
        return None
    if depth is ColourDepth.TRUECOLOR:
        return Color.from_rgb(colour >> 16, colour >> 8 & 0xFF, colour & 0xFF)
    return Color.from_ansi(colour)


def use_depth(app: App[Any], depth: ColourDepth) -> None:
    """Let Textual write the colours of its own widgets, and of its repaints of a canvas, at `depth`."""
    app.console._color_system = _RICH_SYSTEMS[depth]


_RICH_SYSTEMS = {
    ColourDepth.NONE: ColorSystem.STANDARD,
    ColourDepth.COLOURS_16: ColorSystem.STANDARD,
    ColourDepth.COLOURS_256: ColorSystem.EIGHT_BIT,
    ColourDepth.TRUECOLOR: ColorSystem.TRUECOLOR,
}
