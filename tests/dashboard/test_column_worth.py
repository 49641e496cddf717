"""What each column is worth, in signs that mean one thing."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.dashboard.panels.hard_examples import draw_columns
from tui_trainer.drawing.ascii import make_ascii
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import ColumnWorth


@pytest.mark.parametrize(("plain", "sign"), [(False, "±"), (True, "+-")])
def test_a_spread_is_no_range(plain: bool, sign: str) -> None:
    """In ASCII the sign of a range, 0.1 ~ 1, stood for both."""
    worth = ColumnWorth(
        names=("size", "rooms"),
        rise=np.array([0.12, 0.01], dtype=np.float32),
        spread=np.array([0.03, 0.02], dtype=np.float32),
        loss=0.5,
        shuffles=5,
        of="validation",
        examples=40,
    )
    for width in (26, 40, 80):
        theme, cells = make_theme(ascii_only=plain), Cells(width, 8)
        draw_columns(cells, worth, theme)
        if plain:
            make_ascii(cells)
        assert f"0.12 {sign} 0.030" in "\n".join(cells.lines())
