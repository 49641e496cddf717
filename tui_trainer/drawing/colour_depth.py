"""How many colours the terminal shows, and the nearest of them to any 24-bit colour."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.cells import DEFAULT, style, unpack
from tui_trainer.drawing.colours_256 import distance, nearest_of_256
from tui_trainer.drawing.palettes import ANSI
from tui_trainer.drawing.theme import ColourDepth

Styles = NDArray[np.uint64]


def depth_of(environment: Mapping[str, str]) -> ColourDepth:
    """The colours that the terminal can show, by the conventions of NO_COLOR, COLORTERM and TERM."""
    if environment.get("NO_COLOR"):
        return ColourDepth.NONE
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColourDepth.TRUECOLOR
    term = environment.get("TERM", "").lower()
    if "direct" in term or term in ("xterm-kitty", "xterm-ghostty", "alacritty", "wezterm", "foot"):
        return ColourDepth.TRUECOLOR
    if "256" in term:
        return ColourDepth.COLOURS_256
    return ColourDepth.NONE if term.startswith("vt") else ColourDepth.COLOURS_16


SLOW = 16.0
"""Kilobytes a second below which 24-bit colour is too slow: a first picture takes 34 kB, and 16 kB in 256 colours."""


def affordable(depth: ColourDepth, kilobytes: float | None) -> ColourDepth:
    """The depth to use for a terminal of `depth` on a line of `kilobytes` a second; None for no limit."""
    return min(depth, ColourDepth.COLOURS_256) if kilobytes is not None and kilobytes < SLOW else depth


@lru_cache(maxsize=1 << 14)
def nearest(colour: int, depth: ColourDepth) -> int:
    """The index (0 to 15 or 16 to 255) of the colour nearest to 0xRRGGBB at depth 16 or 256."""
    if depth is ColourDepth.COLOURS_16:
        return min(range(16), key=lambda index: distance(colour, ANSI[index]))
    return nearest_of_256(colour)


def reduced(styles: Styles, depth: ColourDepth) -> Styles:
    """Packed styles with the colours of the terminal: 24 bits unchanged, palette indices at 16 and 256, none at NONE.
    Same shape; the input itself where nothing changes."""
    if depth is ColourDepth.TRUECOLOR:
        return styles
    if depth is ColourDepth.NONE:
        return styles & np.uint64(0xF)
    different, where = np.unique(styles, return_inverse=True)
    return np.array([_reduced(int(packed), depth) for packed in different], np.uint64)[where].reshape(styles.shape)


@lru_cache(maxsize=1 << 14)
def _reduced(packed: int, depth: ColourDepth) -> int:
    foreground, background, attributes = unpack(packed)
    return style(
        foreground if foreground == DEFAULT else nearest(foreground, depth),
        background if background == DEFAULT else nearest(background, depth),
        attributes,
    )
