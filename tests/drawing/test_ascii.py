"""A screen in ASCII alone: what it says is as true as the signs that it stands for."""

from __future__ import annotations

import re

import pytest
import sample_moments as moments
import short_runs as samples
from hypothesis import given
from hypothesis import strategies as st
from textual.drivers.linux_driver import LinuxDriver

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import step
from tui_trainer.drawing.ascii import in_ascii, make_ascii, spelled_out
from tui_trainer.drawing.cells import Cells, character_width, style
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.tui.terminal_driver import Driver

ASCII = make_theme("dark", ColourDepth.NONE, ascii_only=True)


def plain(text: str) -> str:
    cells = Cells(len(text), 1)
    cells.text(0, 0, text)
    make_ascii(cells)
    return cells.lines()[0]


@pytest.mark.parametrize(
    ("pretty", "ascii_only"),
    [
        ("validation 0.37 → 0.63", "validation 0.37-> 0.63"),
        ("→ 64 units", "> 64 units"),
        ("w[1→2]  ←→ choose", "w[1>2]  <> choose"),
        ("loss ≤ 3, lr≥0.1", "loss <=3, lr>0.1"),
        ("y·ln p · 60 points", "y*ln p | 60 points"),
        ("·a·", "|a|"),
    ],
)
def test_no_sign_becomes_one_that_means_something_else_where_cells_allow_it(pretty: str, ascii_only: str) -> None:
    assert plain(pretty) == ascii_only


def test_an_arrow_of_two_cells_is_of_one_style() -> None:
    cells = Cells(3, 1)
    cells.text(1, 0, "→", style(0xFF0000))
    make_ascii(cells)
    assert cells.lines() == ["-> "]
    assert cells.styles[0].tolist() == [style(0xFF0000), style(0xFF0000), style()]


@pytest.mark.parametrize(
    ("formula", "ascii_only"),
    [
        ("½·l2·Σw²", "0.5*l2*sumw^2"),
        ("½ × (0.6 − 1)² = 0.08 · one", "0.5 * (0.6 - 1)^2 = 0.08 · one"),
        ("∂loss/∂w = a × δ", "dloss/dw = a * delta"),
    ],
)
def test_a_formula_can_be_read(formula: str, ascii_only: str) -> None:
    assert spelled_out(formula) == ascii_only


@pytest.mark.parametrize("sample", [*samples.ALL, *moments.ALL], ids=lambda f: f.__name__)
def test_this_step_has_room_for_its_formulas_spelled_out(sample) -> None:
    for size in ((100, 30), (40, 22), (27, 9)):
        cells = step.draw(sample(), first_view(), *size, ASCII)
        text = "\n".join(cells.lines())
        assert not set("√²½×αβδεΣ∂") & set(text)
        before = text.count("…")
        make_ascii(cells)
        assert "?" not in "\n".join(cells.lines())
        pretty = step.draw(sample(), first_view(), *size, make_theme("dark", ColourDepth.NONE))
        assert before <= "\n".join(pretty.lines()).count("…") + (size[0] < 40)


def test_the_update_of_adam_is_true_in_ascii() -> None:
    text = "\n".join(step.draw(samples.overfitting(), first_view(), 100, 22, ASCII).lines())
    assert "new = old - learning_rate * m_hat / (sqrt(v_hat) + epsilon)" in text
    assert "loss = -(y * ln p + (1 - y) * ln(1 - p))" in text
    number = r"-?[0-9.]+(?:e-?[0-9]+)?"
    filled = re.search(rf"({number}) = ({number}) ([-+]) 0\.05 \* ({number}) / \(sqrt\(({number})\) \+ 1e-8\)", text)
    assert filled is not None
    new, old, m_hat, v_hat = (float(filled[group]) for group in (1, 2, 4, 5))
    change = 0.05 * m_hat / (v_hat**0.5 + 1e-8)
    assert new == pytest.approx(old - change if filled[3] == "-" else old + change, abs=1e-4)


@given(st.text())
def test_what_textual_writes_becomes_ascii_of_the_same_width(text: str) -> None:
    spoken = in_ascii(text)
    assert spoken.isascii()
    assert len(spoken) == sum(map(character_width, text))
    assert in_ascii("(1 − 0.60)² = 0.16") == "(1 - 0.60)^2= 0.16"
    assert in_ascii("\x1b[1;31m▌ 语 → é█\x1b[m") == "\x1b[1;31m| ?? > ?o\x1b[m"


def test_the_driver_writes_ascii_once_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(LinuxDriver, "write", lambda self, data: written.append(data))
    driver = Driver.__new__(Driver)
    driver.write("│ ↑↓")
    driver.ascii_only = True
    driver.write("│ ↑↓")
    assert written == ["│ ↑↓", "| ^v"]
