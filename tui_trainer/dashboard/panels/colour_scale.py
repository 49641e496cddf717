"""The scale of a map: what its strongest colours stand for, in numbers."""

from __future__ import annotations

import re

import numpy as np

from tui_trainer.drawing.cells import Cells, style_array
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme

_LENGTHS = (9, 5, 3)
"""Cells of colours between the two numbers."""
_RAMP = re.compile(f" {{{min(_LENGTHS) + 2},}}")
"""Those cells with a blank at each end. Other words have no such run of blanks."""


def scale_wordings(low: str, high: str, *glyphs: str) -> Wordings:
    """The numbers of both ends around room for the colours; or around one of the `glyphs` that stand for colours."""
    between = [f" {each} " for each in glyphs] or [" " * (length + 2) for length in _LENGTHS]
    return Wordings(*(f"{low}{each}{high}" for each in between))


def draw_scale(cells: Cells, x: int, y: int, scale: str, theme: Theme) -> int:
    """Write a wording of `scale_wordings`, with the colours in its room for them; return the next column."""
    end = cells.text(x, y, scale, theme.muted)
    if ramp := _RAMP.search(scale):
        first, last = x + ramp.start() + 1, x + ramp.end() - 1
        cells.styles[y, first:last] = style_array(0, theme.diverging(np.linspace(-1, 1, last - first)))
    return end
