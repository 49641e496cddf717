"""Earlier runs of a preset stand behind the loss curve, and the best of them is named with what differs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driven_run import REAL_CATALOGUE, TABLES, DrivenRun, opened, press
from msgspec import structs

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.earlier_runs import best_of, words_of
from tui_trainer.dashboard.panels import loss_curve
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.lessons.beginning import begun
from tui_trainer.lessons.steps import Goal, Task
from tui_trainer.lessons.walk import Lesson, Stage
from tui_trainer.recordings import earlier_runs as kept
from tui_trainer.studies.verify import outcome_of
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
    runs = state.view.earlier
    return words_of(best_of(runs), runs, state.snapshot)[0]


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


@pytest.mark.parametrize(
    ("tables", "key", "value"),
    [
        ({}, "data.validation_samples", 0),
        ({}, "loss.name", "mean_squared_error"),
        ({"loss": {"name": "mean_squared_error"}, "network": {"output": "sigmoid"}}, "network.output", "tanh"),
    ],
)
def test_losses_that_mean_something_else_are_no_earlier_ones(tables: dict[str, Any], key: str, value: object) -> None:
    """The training loss of a run without held-out examples, another function, squares of errors twice as long."""
    state = opened(DrivenRun(build(TABLES | tables, "driven")))
    finish(state)
    again(state, "optimizer.learning_rate", 0.01)
    assert len(state.view.earlier) == 1
    again(state, key, value)
    assert state.snapshot.values[key] == value
    assert state.view.earlier == ()


@pytest.mark.parametrize("size", [(48, 18), (80, 19), (120, 35)])
def test_its_settings_stand_on_the_screen(state: ScreenState, size: tuple[int, int]) -> None:
    finish(state)
    again(state, "optimizer.learning_rate", 1e-4)
    for has_beaten in (False, True):
        shown = "\n".join(loss_curve.draw(state.snapshot, state.view, *size, THEME).lines())
        assert re.search(r"earlier best [0-9.]+(, beaten)? \(learning rate (0.02|1e-4)\)", shown), shown
        if not has_beaten:
            finish(state)
            again(state, "optimizer.learning_rate", 0.05)
            finish(state)


def test_a_lower_loss_on_easier_examples_beats_nobody(state: ScreenState) -> None:
    again(state, "data.noise", 0.5)
    finish(state)
    hard = state.snapshot.losses.evaluations.validation_loss.min()
    again(state, "data.noise", 0.0)
    finish(state)
    assert state.snapshot.losses.evaluations.validation_loss.min() < hard
    assert legend(state) == f"earlier best {compact(hard)} (noise 0.5)"


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
    for rate in (0.02, 0.01, 1e-4, 2e-4, 5e-4, 1e-3):  # one too many, but the first is the best
        again(state, "optimizer.learning_rate", rate)
        finish(state)
    again(state, "optimizer.learning_rate", 0.05)
    rates = [run.settings["optimizer.learning_rate"] for run in state.view.earlier]
    assert rates == [0.02, 1e-3]  # the best and the last
    state.change(state.view, do.StepIterations(5))
    state.poll()
    for theme, sign in ((THEME, "⠆"), (ASCII, ",")):
        for width, height in ((40, 12), (110, 36)):
            shown = loss_curve.draw(state.snapshot, state.view, width, height, theme).lines()
            alone = loss_curve.draw(
                state.snapshot, structs.replace(state.view, earlier=()), width, height, theme
            ).lines()
            assert shown != alone
            assert sum(line.count(sign) for line in shown) > sum(line.count(sign) for line in alone)
    huge = structs.replace(state.view.earlier[0], loss=np.full_like(state.view.earlier[0].loss, 1e9))
    shown = loss_curve.draw(state.snapshot, structs.replace(state.view, earlier=(huge,)), 80, 15, THEME).lines()
    alone = loss_curve.draw(state.snapshot, structs.replace(state.view, earlier=()), 80, 15, THEME).lines()
    assert shown[2:] == alone[2:]


def session(folder: Path) -> ScreenState:
    """The screen of a new session that keeps its runs in the folder."""
    catalogue = structs.replace(
        REAL_CATALOGUE,
        earlier_runs=lambda title: kept.FILE.load(folder)[0].runs.get(title, ()),
        keep_run=lambda title, run: kept.keep(folder, title, run),
    )
    run = DrivenRun(build(TABLES, "driven"))
    return ScreenState(lambda request: run, catalogue, OpenRequest(preset="driven"))


def test_the_next_session_knows_them(tmp_path: Path) -> None:
    first = session(tmp_path)
    finish(first)
    lowest = first.snapshot.losses.evaluations.validation_loss.min()
    second = session(tmp_path)
    assert legend(second) == f"earlier best {compact(lowest)} (the same settings)"
    assert np.allclose(second.view.earlier[0].loss, first.snapshot.losses.evaluations.validation_loss, rtol=1e-5)
    finish(second)  # the same once more
    again(second, "optimizer.learning_rate", 1e-4)
    finish(second)
    third = session(tmp_path)
    assert [run.settings["optimizer.learning_rate"] for run in third.view.earlier] == [0.02, 1e-4]
    assert third.complaint == ""


def test_where_they_cannot_be_kept_it_is_said_once(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    state = session(blocked)
    finish(state)
    assert "memory of earlier runs is not kept" in state.complaint
    state.complaint = ""
    state.poll()
    assert state.complaint == ""


def test_the_ghost_of_a_task_stands_behind_the_curve_until_it_is_beaten() -> None:
    state = opened(DrivenRun(build(TABLES, "driven")))
    finish(state)
    task = Task(text="Beat it.", expect=Goal(beats={"optimizer.learning_rate": 0.01}))
    slow = outcome_of(build({**TABLES, "optimizer": {"name": "adam", "learning_rate": 0.001}}, "driven"), 0)
    state.catalogue = structs.replace(state.catalogue, compared=lambda walk, seed: slow)
    walk, commands = begun(Lesson(title="driven", opens="driven", steps=(task,)))
    state.change(structs.replace(state.view, lesson=walk), do.Restart(), *commands)
    state.poll()
    lowest = slow.losses.evaluations.validation_loss.min()
    assert [run.is_ghost for run in state.view.earlier] == [True]  # in place of the earlier run
    assert legend(state) == f"ghost {compact(lowest)} (learning rate 0.01)"
    state.change(state.view, do.Resume())
    finish(state)
    assert state.view.lesson is not None
    assert state.view.lesson.stage is Stage.SOLVED
    assert legend(state) == f"ghost {compact(lowest)}, beaten (learning rate 0.01)"
