"""Earlier runs of a preset stand behind the loss curve, and the best of them is named with what differs."""

from __future__ import annotations

import numpy as np
import pytest
from driven_run import TABLES, DrivenRun, opened, press
from msgspec import structs

from tui_trainer.dashboard.earlier_runs import best_words
from tui_trainer.dashboard.panels import loss
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

THEME = make_theme("dark", ColourDepth.TRUECOLOR)
ASCII = make_theme("dark", ColourDepth.NONE, ascii_only=True)


@pytest.fixture
def state() -> ScreenState:
    return opened(DrivenRun(build(TABLES, "driven")))


def finish(state: ScreenState) -> None:
    state.change(state.view, do.StepIterations(1000))
    state.poll()


def again(state: ScreenState, key: str, value: object) -> None:
    """Begin the run anew with another value."""
    state.change(state.view, do.Restart(), do.ChangeSetting(key, value))
    state.poll()


def legend(state: ScreenState) -> str:
    return best_words(state.view.earlier, state.snapshot)[0]


def test_the_best_earlier_run_is_named_with_what_differs(state: ScreenState) -> None:
    finish(state)
    first = state.snapshot.losses.evaluations.validation_loss
    assert state.view.earlier == ()  # its own curve is there already
    again(state, "optimizer.learning_rate", 1e-4)
    assert legend(state) == f"earlier best {compact(first.min())} (learning rate 0.02)"
    finish(state)
    again(state, "optimizer.learning_rate", 0.02)
    assert len(state.view.earlier) == 2
    assert legend(state) == f"earlier best {compact(first.min())} (the same settings)"
    finish(state)
    assert "beaten" not in legend(state)  # the same run is no better
    again(state, "optimizer.learning_rate", 0.05)
    finish(state)
    assert state.snapshot.losses.evaluations.validation_loss.min() < first.min()
    assert legend(state).startswith(f"earlier best {compact(first.min())}, beaten (")


def test_a_run_that_was_changed_says_so_and_one_that_goes_on_is_kept_once(state: ScreenState) -> None:
    state.change(state.view, do.StepIterations(50), do.ChangeSetting("optimizer.weight_decay", 0.01))
    finish(state)
    finish(state)
    again(state, "optimizer.weight_decay", 0.0)
    assert len(state.view.earlier) == 1
    assert state.view.earlier[0].iteration[-1] == 200  # as it was at its target
    assert "(weight decay 0.01, changed on the way)" in legend(state)


def test_only_what_can_be_compared_is_drawn(state: ScreenState) -> None:
    finish(state)
    again(state, "loss.name", "mean_squared_error")
    assert state.view.earlier == ()
    again(state, "loss.name", "binary_cross_entropy")
    assert len(state.view.earlier) == 1
    press(state, "b")
    assert state.snapshot.arms
    assert state.view.earlier == ()


def test_the_best_and_the_last_are_drawn_behind_and_stretch_the_axis_downwards_only(state: ScreenState) -> None:
    for rate in (0.02, 0.01, 1e-4, 2e-4, 5e-4, 1e-3):  # the first is one too many
        again(state, "optimizer.learning_rate", rate)
        finish(state)
    again(state, "optimizer.learning_rate", 0.05)
    rates = [run.settings["optimizer.learning_rate"] for run in state.view.earlier]
    assert rates == [0.01, 1e-3]  # the best and the last
    state.change(state.view, do.StepIterations(5))
    state.poll()
    for theme, sign in ((THEME, "⠆"), (ASCII, ",")):
        for width, height in ((40, 12), (110, 36)):
            shown = loss.draw(state.snapshot, state.view, width, height, theme).lines()
            alone = loss.draw(state.snapshot, structs.replace(state.view, earlier=()), width, height, theme).lines()
            assert shown != alone
            assert sum(line.count(sign) for line in shown) > sum(line.count(sign) for line in alone)
    huge = structs.replace(state.view.earlier[0], loss=np.full_like(state.view.earlier[0].loss, 1e9))
    shown = loss.draw(state.snapshot, structs.replace(state.view, earlier=(huge,)), 80, 20, THEME).lines()
    alone = loss.draw(state.snapshot, structs.replace(state.view, earlier=()), 80, 20, THEME).lines()
    assert shown[2:] == alone[2:]
