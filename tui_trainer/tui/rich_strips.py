"""Converts cells into the strips of segments that Textual and Rich paint."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_trainer.drawing.cells import BOLD, DEFAULT, DIM, PLAIN, REVERSE, UNDERLINE, Cells, unpack
from tui_trainer.drawing.encoder import style_change
from tui_trainer.drawing.theme import ColourDepth
from tui_trainer.tui.textual_private import with_sequence


def strip_of(cells: Cells, y: int, depth: ColourDepth) -> Strip:
    """Row `y` of presentable cells as segments, one for each run of equal style."""
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
    """A packed, presentable style as a style of Rich."""
    foreground, background, attributes = unpack(packed)
    style = Style(
        color=_rich_color(foreground, depth),
        bgcolor=_rich_color(background, depth),
        bold=bool(attributes & BOLD),
        dim=bool(attributes & DIM),
        underline=bool(attributes & UNDERLINE),
        reverse=bool(attributes & REVERSE),
    )
    return with_sequence(style, style_change(PLAIN, packed, depth)[len("\x1b[") : -len("m")])


def _rich_color(colour: int, depth: ColourDepth) -> Color | None:
    if colour == DEFAULT:
        return None
    if depth is ColourDepth.TRUECOLOR:
        return Color.from_rgb(colour >> 16, colour >> 8 & 0xFF, colour & 0xFF)
    return Color.from_ansi(colour)
