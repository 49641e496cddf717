"""The diagram of the network: its lines have the colours of their weights, its units the values of the weights that
made them, and crossed out is what dropout has silenced."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import weights
from tui_trainer.dashboard.panels.network import rows_of_diagram
from tui_trainer.drawing.charts.network import LayerColumn, draw_network
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment import build
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import PictureRequest, Snapshot
from tui_trainer.telemetry import commands as do

DARK = make_theme()
NODE = 3
"""Cells of a unit that is a colour."""
TABLES: dict[str, Any] = {
    "data": {"name": "gauss", "dim": 3, "classes": 3, "samples": 60},
    "network": {"hidden": [6], "activation": "relu", "dropout": 0.5},
    "optimizer": {"name": "sgd", "learning_rate": 0.3},
    "training": {"batch_size": 8, "iterations": 200},
}


def shown(driver: Scheduler, width: int, height: int, numbers: bool) -> tuple[Snapshot, list[str]]:
    view = first_view(weights_mode="network", focus="weights", numbers=numbers)
    driver.obey(do.RequestPictures(PictureRequest(network_units=rows_of_diagram(view, width, height))))
    snapshot = driver.snapshot()
    return snapshot, weights.draw(snapshot, view, width, height, DARK).lines()


def matrices(driver: Scheduler) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(weight.astype(float), bias.astype(float)) for weight, bias in driver.control.run.trainer.parameters]


@pytest.mark.parametrize("size", [(26, 12), (78, 20), (118, 36)])
def test_units_say_of_which_weights_their_values_are(size: tuple[int, int]) -> None:
    """After an update nobody gets them from the weights that are shown."""
    driver = Scheduler(Control([("A", build(TABLES))], paused=True))
    driver.obey(do.StepIterations(30))
    (first, bias), (last, out) = matrices(driver)
    driver.obey(do.StepPhase())
    during, while_open = shown(driver, *size, numbers=False)
    driver.obey(do.StepIterations(1))
    after, lines = shown(driver, *size, numbers=False)
    assert "before the update" in lines[1]
    assert "before" not in while_open[1]
    for snapshot in (during, after):
        step = snapshot.step
        assert step is not None
        hidden = np.maximum(step.inputs @ first + bias, 0.0)
        layer = step.layers[0]
        assert layer.dropped is not None
        kept = np.where(layer.dropped, 0.0, hidden * 2)  # half of them, so each counts twice
        np.testing.assert_allclose(layer.activation, kept, atol=1e-5)
        logits = kept @ last + out
        np.testing.assert_allclose(step.prediction, np.exp(logits) / np.exp(logits).sum(), atol=1e-5)
    assert 0 < after.step.layers[0].dropped.sum() < 6  # type: ignore[union-attr]
    if size[0] > 26:
        _, numbered = shown(driver, *size, numbers=True)
        crossed = sum(line.count("╳") for line in numbered)
        assert crossed == after.step.layers[0].dropped.sum()  # type: ignore[union-attr]
        for value in after.step.layers[0].activation[~after.step.layers[0].dropped].tolist():  # type: ignore
            assert any(compact(value, 2) in line for line in numbered)
    strongest = [compact(float(np.abs(weight).max()), 2) for weight, _ in matrices(driver)]
    assert " · ".join(strongest) in lines[-1]


@pytest.mark.parametrize("seed", range(8))
def test_every_line_has_the_colour_of_a_weight_that_passes_there_and_is_broken_where_it_is_negative(seed: int) -> None:
    random = np.random.default_rng(seed)
    inputs, units, rows = (int(each) for each in [*random.integers(2, 7, 2).tolist(), random.integers(12, 34)])
    width = int(random.integers(30, 100))
    matrix = random.normal(size=(inputs, units)) * random.choice([1e-3, 1, 30])
    values = [np.linspace(0.3, 1, n) for n in (inputs, units)]
    cells = draw_network(
        [LayerColumn(size=inputs, values=values[0]), LayerColumn(size=units, values=values[1])],
        [matrix], width, rows, DARK,
        numbers=False,
    )  # fmt: skip
    strongest = float(np.abs(matrix).max())
    ends = [middles(cells, x, each) for x, each in zip((1, width - 2), values, strict=True)]
    drawn: dict[int, list[tuple[int, int]]] = {}
    for source, unit in np.argwhere(np.abs(matrix) >= 0.08 * strongest).tolist():
        drawn.setdefault(int(DARK.diverging(matrix[source, unit] / strongest)), []).append((source, unit))
    across = width - 2 * NODE
    foreground = (cells.styles >> np.uint64(32)).astype(np.int64) - 1
    there = cells.codes[:, NODE : width - NODE] != ord(" ")
    for y, x in np.argwhere(there).tolist():
        share, ways = (x + 0.5) / across, drawn[int(foreground[y, NODE + x])]
        beside = []
        for source, unit in ways:
            rise = ends[1][unit] - ends[0][source]
            beside.append(abs(ends[0][source] + rise * share - (y + 0.5)) - abs(rise) / across)
        assert min(beside) <= 1.0
    source, unit = divmod(int(np.abs(matrix).argmax()), units)
    own = foreground[:, NODE : width - NODE] == int(DARK.diverging(matrix[source, unit] / strongest))
    filled = (own & there).any(axis=0)
    assert filled.mean() > (0.95 if matrix[source, unit] > 0 else 0.6)
    assert (filled.mean() < 0.75) == (matrix[source, unit] < 0)


def middles(cells, x: int, values: np.ndarray) -> list[float]:
    """The middle of each unit in cells from the top, found by its colour."""
    ground = (cells.styles[:, x] >> np.uint64(4) & np.uint64(0x1FFFFFF)).astype(np.int64) - 1
    own = [np.flatnonzero(ground == int(DARK.diverging(value / values.max()))) for value in values.tolist()]
    return [(rows[0] + rows[-1] + 1) / 2 for rows in own]


def test_the_strengths_of_lines_have_numbers() -> None:
    driver = Scheduler(Control([("A", build(TABLES))], paused=True))
    driver.obey(do.StepIterations(5))
    for width in (26, 40, 118):
        _, lines = shown(driver, width, 12, numbers=False)
        assert re.search(r"strongest( line of each layer)? [\d.]+ · [\d.]+ ", lines[-1])
