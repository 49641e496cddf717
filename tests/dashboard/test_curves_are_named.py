"""Every curve in a plot is named, however narrow it is, and what a logarithmic axis cannot show is said."""

from __future__ import annotations

from functools import cache

import made_up
import numpy as np
import pytest
import short_runs as samples
from drawn_curves import plots_of
from msgspec import structs

from tui_trainer.cli.loss_plot import PlotForm, loss_plot
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import loss_curve, rate_curve
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment import build
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.runs.seed_runs import SeedRuns
from tui_trainer.telemetry import EarlierRun, EvaluationLog, Snapshot
from tui_trainer.telemetry import commands as do

DARK, ASCII = make_theme(), make_theme(ascii_only=True)
NARROW = [(26, 8), (26, 12), (28, 10), (34, 9), (40, 20), (60, 12), (118, 30)]


@cache
def with_fan() -> Snapshot:
    tables = samples.MOONS | {"training": {"batch_size": 10, "iterations": 40, "evaluate_every": 4}}
    seeds = SeedRuns(build(tables), 3)
    while seeds.is_running:
        seeds.go_on(60.0)
    shown = samples.moons()
    return made_up.changed(shown, seed_fan=seeds.fan) if shown.control is not None else shown


def earlier(number: int, loss: float, rate: float) -> EarlierRun:
    iterations = np.arange(0, 201, 4)
    return EarlierRun(
        id=str(number),
        iteration=iterations,
        loss=loss + 0.1 * np.exp(-iterations / 60),
        of="validation",
        lowest=loss,
        settings=dict(samples.moons().values) | {"optimizer.learning_rate": rate},
        was_changed=False,
    )


@pytest.mark.parametrize("theme", [DARK, ASCII])
@pytest.mark.parametrize("size", NARROW)
def test_the_fan_and_the_earlier_runs_have_names_in_a_narrow_panel_too(size: tuple[int, int], theme) -> None:
    fanned = loss_curve.draw(with_fan(), first_view(), *size, theme).lines()[1:3]
    assert "3 seeds" in "".join(fanned)
    assert "train" in fanned[0]
    assert "val" in fanned[0]
    behind = (earlier(1, 0.45, 0.05), earlier(2, 0.6, 0.02))
    named = "".join(loss_curve.draw(samples.moons(), first_view(earlier=behind), *size, theme).lines()[1:4])
    assert "earlier" in named
    assert "last" in named


@pytest.mark.parametrize("size", [(47, 14), (78, 22), (118, 37)])
def test_each_earlier_run_lies_where_it_was_and_is_told_from_the_other(size: tuple[int, int]) -> None:
    behind = (earlier(1, 0.45, 0.05), earlier(2, 0.6, 0.02))
    with plots_of(loss_curve) as plots:
        loss_curve.draw(samples.moons(), first_view(earlier=behind), *size, ASCII)
    plot = plots[-1]
    for run, letter in zip(behind, (",", "'"), strict=True):  # the best, and the last
        ours = (plot.cells.codes[: plot.rows] == ord(letter)) & (plot.cells.styles[: plot.rows] == ASCII.faint)
        found = np.argwhere(ours)
        assert len(found) > 3
        low, high = plot.vertical.low, plot.vertical.high
        for row, column in found.tolist():
            at = (column - plot.left) / (plot.columns - 1) * plot.horizontal.high
            loss = float(np.interp(at, run.iteration, run.loss))
            assert abs((loss - low) / (high - low) * (plot.rows - 1) - (plot.rows - 1 - row)) <= 1.5
    best, last = ((plot.cells.codes[: plot.rows] == ord(letter)).sum() for letter in (",", "'"))
    assert best > last


@pytest.mark.parametrize("theme", [DARK, ASCII])
def test_a_rate_of_zero_is_at_the_bottom_edge_and_said(theme) -> None:
    tables = samples.MOONS | {
        "schedule": {"name": "linear", "end": 0.0},
        "training": {"batch_size": 10, "iterations": 60, "evaluate_every": 10},
    }
    driver = Scheduler(Control([("A", build(tables))], paused=True))
    for _ in range(2):  # the target stops the first
        driver.obey(do.StepIterations(60))
    snapshot = driver.snapshot()
    assert float(snapshot.losses.learning_rate.last[-1]) == 0.0
    said = theme.sign("▁", "_") + " at the bottom edge: down to 0"
    for log_y in (True, False):
        lines = rate_curve.draw(snapshot, first_view(log_y=log_y), 118, 30, theme).lines()[1:3]
        assert (said in "".join(lines)) == log_y
    narrow = "".join(rate_curve.draw(snapshot, first_view(log_y=True), 26, 12, theme).lines()[1:3])
    assert "edge: 0" in narrow


def test_a_validation_loss_of_zero_is_said_too() -> None:
    shown = samples.moons()
    log = EvaluationLog()
    evaluations = shown.losses.evaluations
    for index in range(len(evaluations.iteration)):
        each = evaluations.at(index)
        log.append(structs.replace(each, values=each.values | ({"validation_loss": 0.0} if index == 9 else {})))
    zero = structs.replace(shown, losses=structs.replace(shown.losses, evaluations=log.view()))
    for snapshot, expected in ((zero, True), (shown, False)):
        lines = loss_curve.draw(snapshot, first_view(log_y=True), 118, 30, DARK).lines()
        assert ("▁ edge: 0" in lines[1]) == expected
    form = PlotForm(80, 20, colour=False, ascii_only=False)
    assert "zeros left out" in loss_plot(zero.losses, form, "log")
    assert "zeros" not in loss_plot(shown.losses, form, "log")
