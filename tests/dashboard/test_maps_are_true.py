"""Of the points in one cell of a picture none hides another in silence, and the colours of a map have numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from drawn_curves import plots_of
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import agreement, data
from tui_trainer.dashboard.panels.point_cursor import map_size
from tui_trainer.drawing.cells import unpack
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment import build
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import PictureRequest, Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.picture_request import NeuronAddress

DARK, ASCII = make_theme(), make_theme(ascii_only=True)
GREY = make_theme("dark", ColourDepth.NONE)
SIZES = [(26, 12), (40, 21), (118, 36)]


@cache
def run(name: str, iterations: int = 40) -> Scheduler:
    if name in ("linear_regression", "sine"):
        tables = {
            "data": {"name": name, "samples": 200, "noise": 0.3} | ({"dim": 2} if name != "sine" else {}),
            "network": {"hidden": [6], "activation": "tanh"},
            "optimizer": {"name": "adam", "learning_rate": 0.02},
        }
        experiment = build(tables)
    else:
        experiment = find(name).experiment()
    driver = Scheduler(Control([("A", experiment)], paused=True))
    driver.obey(do.StepIterations(iterations))
    return driver


def pictured(driver: Scheduler, width: int, height: int, **how: object) -> Snapshot:
    columns, lines = map_size(width, height)
    driver.obey(do.RequestPictures(PictureRequest(map_columns=columns, map_rows=2 * lines, **how)))  # type: ignore
    return driver.snapshot()


def values(driver: Scheduler, inputs: np.ndarray) -> list[np.ndarray]:
    """Of every layer, (examples, units), by the definition of a network of tanh units with a linear end."""
    found = [np.asarray(inputs, dtype=np.float64)]
    *hidden, (last, bias) = driver.control.run.trainer.parameters
    for weight, shift in hidden:
        found.append(np.tanh(found[-1] @ weight + shift))
    return [*found[1:], found[-1] @ last + bias]


@pytest.mark.parametrize("theme", [DARK, ASCII])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", ["imbalanced classes", "linear_regression"])
def test_where_classes_meet_in_a_cell_neither_hides_the_other(title: str, size: tuple[int, int], theme) -> None:
    snapshot = pictured(run(title), *size)
    shown, width, height = snapshot.data, *map_size(*size)
    is_regression = title == "linear_regression"
    marks, both = ("-+" if is_regression else "ox"), theme.sign("◇", "$")
    kinds = (shown.targets > shown.middle).astype(int) if is_regression else shown.targets.astype(int)
    there: dict[tuple[int, int], list[int]] = defaultdict(list)
    (left, bottom), (right, top) = shown.picture.low, shown.picture.high
    for (x, y), kind in zip(shown.inputs.tolist(), kinds.tolist(), strict=True):
        column = round((x - left) / (right - left) * (width - 1))
        there[column, height - 1 - round((y - bottom) / (top - bottom) * (height - 1))].append(kind)
    lines = data.draw(snapshot, first_view(), *size, theme).lines()
    inside = [line[1 : 1 + width] for line in lines[1 : 1 + height]]
    seen = {(x, y): sign for y, line in enumerate(inside) for x, sign in enumerate(line) if sign in marks + both}
    assert seen.keys() <= there.keys()
    assert len(seen) >= min(0.3 * width * height, 0.9 * len(there))
    for cell, sign in seen.items():
        assert sign == (both if len(set(there[cell])) > 1 else marks[there[cell][0]])
    foot = lines[-1]
    assert (f"{both} both" in "".join(lines[-2:])) == (both in seen.values())
    if told := re.search(r"([\d,]+ of )?([\d,]+) training (?:examples )?in ([\d,]+) places", foot):
        visible = sum(len(there[cell]) for cell in seen)
        assert (told[1] or f"{visible} of ") == f"{visible} of "
        assert (int(told[2]), int(told[3])) == (len(shown.inputs), len(seen))


@pytest.mark.parametrize("theme", [DARK, GREY])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("unit", [None, 2])
def test_the_colours_of_a_map_of_values_have_numbers(size: tuple[int, int], theme, unit: int | None) -> None:
    driver = run("linear_regression")
    address = {} if unit is None else {"neuron": NeuronAddress(0, unit)}
    snapshot = pictured(driver, *size, **address)
    picture, (width, height) = snapshot.data.picture, map_size(*size)
    x = np.linspace(picture.low[0], picture.high[0], width)
    y = np.linspace(picture.high[1], picture.low[1], 2 * height)
    grid = np.array([[across, up] for up in y for across in x])
    computed = values(driver, grid)[0 if unit is not None else -1][:, unit or 0].reshape(2 * height, width)
    most = float(np.abs(computed).max())
    cells = data.draw(snapshot, first_view(), *size, theme)
    foot = cells.lines()[-1]
    assert re.search(rf" {re.escape(compact(-most, 2))} .{{3,11}} {re.escape(compact(most, 2))} ", foot), foot
    if theme is GREY:
        return
    start = foot.index(compact(-most, 2)) + len(compact(-most, 2)) + 1
    assert unpack(int(cells.styles[-1, start]))[1] == int(theme.diverging(-1.0))
    blocks = 0
    for row in range(height):
        for column in range(width):
            sign, packed = chr(cells.codes[1 + row, 1 + column]), int(cells.styles[1 + row, 1 + column])
            if sign != "▀":  # a point, or both halves alike
                continue
            for colour, value in zip(unpack(packed)[:2], computed[2 * row : 2 * row + 2, column], strict=True):
                expected, blocks = int(theme.diverging(value / most)), blocks + 1
                assert all(abs((colour >> shift & 255) - (expected >> shift & 255)) <= 8 for shift in (0, 8, 16))
    assert blocks > width * height / 2


def test_a_map_without_colours_uses_no_mark_of_a_point() -> None:
    snapshot = pictured(run("linear_regression"), 40, 21)
    one = structs.replace(snapshot.data, inputs=snapshot.data.inputs[:1], targets=snapshot.data.targets[:1])
    lines = data.draw(structs.replace(snapshot, data=one), first_view(), 40, 21, GREY).lines()
    drawn = "".join(line[1:-1] for line in lines[1:-2])
    assert len(set(drawn)) > 6
    assert sum(sign in "-+ox*#@%&=~$" for sign in drawn) == 1


@pytest.mark.parametrize("theme", [DARK, ASCII])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["", "residuals", "sine"])
def test_where_many_examples_meet_in_a_cell_it_shows(size: tuple[int, int], theme, kind: str) -> None:
    driver, module = (run("sine"), data) if kind == "sine" else (five_inputs(), agreement)
    snapshot = pictured(driver, *size, kind="" if kind == "sine" else kind)
    shown = snapshot.data
    if kind == "sine":
        x, y = shown.inputs[:, 0], shown.targets
    else:
        x = shown.validation_targets
        answer = values(driver, shown.validation_inputs)[-1][:, 0]
        x, y = (answer, answer - x) if kind else (x, answer)
    with plots_of(module) as plots:
        lines = data.draw(snapshot, first_view(), *size, theme).lines()
    plot, dots = plots[-1], (1, 1) if theme.ascii else (2, 4)
    there: dict[tuple[int, int], int] = defaultdict(int)
    for across, up in zip(x.tolist(), y.tolist(), strict=True):
        h, v = plot.horizontal, plot.vertical
        column = round((across - h.low) / (h.high - h.low) * (plot.columns * dots[0] - 1)) // dots[0]
        row = round((up - v.low) / (v.high - v.low) * (plot.rows * dots[1] - 1)) // dots[1]
        if v.low <= up <= v.high:
            there[column, plot.rows - 1 - row] += 1
    more = theme.sign("●", "8")
    drawn = plot.cells.lines()
    signs = {
        cell: sign
        for cell in there
        if (sign := drawn[cell[1]][plot.left + cell[0]]) in "o" + more  # a curve may pass over it
    }
    assert len(signs) > 0.4 * len(there)
    assert all((sign == more) == (there[cell] > 1) for cell, sign in signs.items())
    assert more in signs.values()
    assert f"{more} " in lines[-1]


@cache
def five_inputs() -> Scheduler:
    tables = {
        "data": {"name": "linear_regression", "dim": 5, "samples": 100},
        "network": {"hidden": [8], "activation": "tanh"},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
    }
    driver = Scheduler(Control([("A", build(tables))], paused=True))
    driver.obey(do.StepIterations(60))
    return driver
