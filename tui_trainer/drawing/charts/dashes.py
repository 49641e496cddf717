"""Line patterns, which distinguish curves without colour: the dots of a line that are drawn, repeated along it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.charts import braille

SOLID = "1"
DASHED = "1100"
DOTTED = "10"
SPARSE = "1000"
DASHES = (SOLID, "111100", "1100", DOTTED, "110000", "111010")
"""Patterns for the curves of one plot, in order and then repeated. Three cells (six dots) distinguish them."""


def on(dash: str, dots: int) -> NDArray[np.bool_]:
    """Which of `dots` dots in a row the pattern draws."""
    return np.resize(np.array([mark == "1" for mark in dash]), dots)


def sample(dash: str, cells: int) -> str:
    """A piece of such a line in braille, for a legend."""
    mask = np.zeros((4, 2 * cells), dtype=np.bool_)
    mask[1:3] = on(dash, 2 * cells)
    return "".join(chr(code) for code in braille.pack(mask)[0])
