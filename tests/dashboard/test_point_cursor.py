"""The cursor of the data panel: it meets round numbers, asks the network, puts examples and takes them away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import short_runs as samples
from driven_run import DrivenRun, opened, press
from msgspec import structs

from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.mouse import clicked
from tui_trainer.dashboard.panels import data as panel
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry import present
from tui_trainer.training import build

THEME = make_theme("dark", "24-bit")
ARTICLE: dict[str, dict[str, Any]] = {"data": {"name": "glasses_or_ring"}}


def screen(tables: dict[str, dict[str, Any]]) -> ScreenState:
    state = opened(DrivenRun(build(tables)))
    state.draw(120, 40, THEME)  # the panel asks for its picture
    state.poll()
    return state


def panel_lines(state: ScreenState, width: int = 60, height: int = 20) -> list[str]:
    return panel.draw(state.snapshot, state.view, width, height, THEME).lines()


def go_to(state: ScreenState, x: float, y: float) -> None:
    """Move the cursor with the arrows until it is there."""
    for _ in range(200):
        at = state.view.cursor
        assert isinstance(at, tuple)
        if at == (x, y):
            return
        press(state, ("right" if at[0] < x else "left") if at[0] != x else ("up" if at[1] < y else "down"))
    raise AssertionError(f"the cursor never came to {x}, {y}")


def test_the_article_is_asked_and_contradicted() -> None:
    """The network is asked at (0.5, 0.55), as the article does; then a ring is put between the glasses."""
    state = screen(ARTICLE)
    press(state, "5", "c")
    go_to(state, 0.5, 0.55)
    assert "(0.5, 0.55) · nearest: glasses at " in panel_lines(state)[18]
    press(state, "enter")
    snapshot = press(state, ".")
    trainer = state.run.driver.control.run.trainer  # type: ignore[attr-defined]
    expected = float(trainer.predict(np.array([[0.5, 0.55]]))[0, 0])
    asked = present(snapshot.data).asked
    assert asked is not None
    assert asked.prediction[0] == np.float32(expected)
    assert f"asked at (0.5, 0.55): glasses {expected:.3f}" in panel_lines(state)[18]
    press(state, "0")
    assert trainer.experiment.data.added == ((0.5, 0.55, 0.0),)
    assert state.snapshot.message.text == "examples added 0 → 1: (0.5, 0.55) ring"
    press(state, "up", "delete")
    assert trainer.experiment.data.added == ()
    press(state, "u")
    assert trainer.experiment.data.added == ((0.5, 0.55, 0.0),)
    press(state, "escape", "1")
    assert state.view.cursor is None
    assert state.view.focus == "loss"


def test_a_value_is_put_at_the_height_of_the_cursor() -> None:
    state = screen({"data": {"name": "sine", "samples": 20}})
    press(state, "5", "c")
    go_to(state, 0.5, -0.2)
    press(state, "1")
    trainer = state.run.driver.control.run.trainer  # type: ignore[attr-defined]
    assert trainer.experiment.data.added == ((0.5, -0.2),)
    press(state, "enter")
    assert "asked at (0.5): answer " in panel_lines(state)[18]


@pytest.mark.parametrize(
    ("tables", "key", "words"),
    [
        (ARTICLE, "7", "there is no class 7: 0 ring, 1 glasses"),
        ({"data": {"name": "linear_regression", "dim": 2}}, "1", "a point here needs a value, which no digit says"),
        (ARTICLE, "delete", "no training example is near"),
    ],
)
def test_what_cannot_be_done_at_the_cursor_is_said(tables: dict[str, Any], key: str, words: str) -> None:
    state = screen(tables)
    press(state, "5", "c")
    if key == "delete":
        press(state, *["up"] * 30, *["right"] * 60)
    action = action_for(key, state.view)
    assert action is not None
    assert words in state.why_idle(action)


def test_without_a_plane_there_is_no_cursor() -> None:
    state = screen({"data": {"name": "iris"}})
    press(state, "5")
    state.poll()
    action = action_for("c", state.view)
    assert action is not None
    assert "no plane" in state.why_idle(action)


def test_a_click_on_the_map_puts_the_cursor_where_it_is_drawn() -> None:
    snapshot = samples.moons()
    rect = Rect(10, 5, 60, 20)
    for column, row in ((1, 1), (58, 17), (30, 9), (12, 4)):
        view, action = clicked({"data": rect}, rect.x + column, rect.y + row, snapshot, panel_view())
        assert (view.focus, action) == ("data", "")
        lines = panel.draw(snapshot, view, rect.width, rect.height, THEME).lines()
        down = next(y for y, line in enumerate(lines) if line[0] == "▸")
        across = lines[down].index("┼")
        assert abs(across - column) <= 2  # it meets round numbers
        assert abs(down - row) <= 2
    border, _ = clicked({"data": rect}, rect.x, rect.y, snapshot, panel_view())
    assert border.cursor is None


def panel_view() -> Any:
    return structs.replace(opened(DrivenRun()).view, focus="loss")


def test_a_new_run_takes_the_cursor_back() -> None:
    state = screen(ARTICLE)
    press(state, "5", "c")
    assert state.view.cursor is not None
    state.change(state.view, do.Restart())
    state.poll()
    assert state.view.cursor is None
