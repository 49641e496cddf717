"""The lists and bars that only tables have, and the keys that go through them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from driven_run import DrivenRun, opened, press

from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment import build

ROWS = 60
THEME = make_theme("dark", ColourDepth.TRUECOLOR)


@pytest.fixture
def screen(tmp_path: Path) -> ScreenState:
    """A table of flowers in which the class of line 7 is wrong, trained to its end."""
    random = np.random.default_rng(1)
    lines = ["length,width,colour,kind"]
    for number in range(ROWS):
        kind = number % 2
        length, width = random.normal(kind * 4, 0.5), random.normal(0, 1)
        wrong = number == 5
        lines.append(f"{length:.3f},{width:.3f},{'rb'[number % 3 == 0]},{['rose', 'lily'][kind ^ wrong]}")
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join(lines) + "\n")
    data = {"name": "file", "file": str(path), "validation_share": 0.1}
    run = DrivenRun(build({"data": data, "training": {"epochs": 30, "seed": 2}}, "flowers"))
    state = opened(run)
    press(state, "m", "space")
    run.pass_seconds(1e6)
    draw(state)
    return state


def draw(state: ScreenState, width: int = 120, height: int = 40) -> str:
    state.poll()
    state.draw(width, height, THEME)
    state.poll()
    return "\n".join(state.draw(width, height, THEME).lines())


def turned_to(state: ScreenState, title: str) -> str:
    """The screen once the data panel shows this picture."""
    press(state, "5")
    for _ in range(8):
        if title in (shown := draw(state)):
            return shown
        press(state, "n")
    raise AssertionError(f"{title} never shown:\n{shown}")


def test_the_wrong_row_is_listed_first_and_can_be_left_out_and_taken_back(screen: ScreenState) -> None:
    shown = turned_to(screen, "Hardest examples")
    worst = next(line for line in shown.splitlines() if "→" in line and "train" in line and " 7 " in line)
    assert "rose → lily" in worst or "lily → rose" in worst
    before = len(screen.snapshot.data.inputs) if screen.snapshot.data else 0
    press(screen, "c")
    for _ in range(5):
        if screen.view.cursor is not None and "train" in chosen_line(screen):
            break
        press(screen, "down")
    left = press(screen, "delete")
    assert left.data is not None
    assert len(left.data.inputs) == before - 1
    back = press(screen, "u")
    assert back.data is not None
    assert len(back.data.inputs) == before


def chosen_line(screen: ScreenState) -> str:
    """The line that the cursor is on: the one with the style of what is chosen."""
    screen.poll()
    cells = screen.draw(120, 40, THEME)
    return next(
        line for line, styles in zip(cells.lines(), cells.styles, strict=True) if (styles == THEME.chosen).sum() > 20
    )


def test_columns_are_named_and_the_one_that_matters_is_first(screen: ScreenState) -> None:
    shown = turned_to(screen, "What each column is worth").splitlines()
    top = next(number for number, line in enumerate(shown) if "What each column" in line)
    assert "length" in shown[top + 2]
    assert {"width", "colour"} <= {word for line in shown[top + 3 : top + 5] for word in line.split()}


def test_other_columns_come_on_the_map(screen: ScreenState) -> None:
    press(screen, "5", "{")
    assert "length" in draw(screen)
    first = screen.snapshot.data
    assert first is not None
    press(screen, "}")
    draw(screen)
    second = screen.snapshot.data
    assert second is not None
    assert first.picture.axes != second.picture.axes  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
def test_pictures_fit_small_screens(screen: ScreenState, size: tuple[int, int]) -> None:
    for _ in range(5):
        press(screen, "5", "n") if screen.view.focus != "data" else press(screen, "n")
        draw(screen, *size)
