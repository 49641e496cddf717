"""The curves that `L` turns to: learning rates by their formulas, accuracies by counts of right answers, dot by dot."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from drawn_curves import dots_of, plots_of

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import accuracy_curve, rate_curve
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment import build
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import commands as do

DARK, ASCII = make_theme(), make_theme(ascii_only=True)
SIZES = [(47, 14), (78, 22), (118, 37)]
BASE, TARGET = 0.1, 200
SCHEDULES = {
    "step": {"steps": 7, "gamma": 0.5},
    "exponential": {"end": 0.01},
    "cosine": {"end": 0.1, "warmup": 30},
    "linear": {"end": 0.2},
    "one_cycle": {"rise": 0.5, "warmup": 10},
}


def rate(name: str, options: dict[str, float], iteration: int, *, base: float) -> float:
    """The rate of the update after so many, from the definition of each schedule."""
    share = min(iteration / TARGET, 1.0)
    warmed = min((iteration + 1) / options.get("warmup", 1), 1.0)
    if name == "step":
        factor = options["gamma"] ** min(math.floor(share * options["steps"]), options["steps"] - 1)
    elif name == "exponential":
        factor = options["end"] ** share
    elif name == "cosine":
        factor = options["end"] + (1 - options["end"]) * (1 + math.cos(math.pi * share)) / 2
    elif name == "linear":
        factor = 1 - share * (1 - options["end"])
    else:  # one_cycle, as PyTorch has it
        now, top, last = min(iteration, TARGET - 1), options["rise"] * TARGET - 1, TARGET - 1
        begin, end, part = (1 / 25, 1.0, now / top) if now <= top else (1.0, 4e-6, (now - top) / (last - top))
        factor = end + (begin - end) * (1 + math.cos(math.pi * part)) / 2
    return base * factor * warmed


@cache
def run(schedule: str) -> Scheduler:
    """150 iterations of two hundred; from 100 on the base rate is a half of what it was."""
    tables = {
        "data": {"name": "moons", "samples": 60, "validation_samples": 100},
        "network": {"hidden": [8], "activation": "tanh"},
        "optimizer": {"name": "momentum", "learning_rate": BASE},
        "schedule": {"name": schedule, **SCHEDULES[schedule]},
        "training": {"batch_size": "full", "iterations": TARGET, "evaluate_every": 5},
    }
    driver = Scheduler(Control([("A", build(tables))], paused=True))
    for step in (do.StepIterations(100), do.ChangeSetting("optimizer.learning_rate", BASE / 2), do.StepIterations(50)):
        driver.obey(step)
    return driver


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("log_y", [False, True])
def test_the_rate_and_its_plan_follow_the_formula(schedule: str, log_y: bool) -> None:
    snapshot, options = run(schedule).snapshot(), SCHEDULES[schedule]
    assert snapshot.iteration == 150
    bases = [BASE if iteration < 100 else BASE / 2 for iteration in range(TARGET)]
    rates = [rate(schedule, options, iteration, base=base) for iteration, base in enumerate(bases)]
    after = [float(iteration + 1) for iteration in range(TARGET)]
    for size in SIZES:
        with plots_of(rate_curve) as plots:
            rate_curve.draw(snapshot, first_view(log_y=log_y), *size, ASCII)  # dots share no cells in ASCII
        made = dots_of(plots[-1], [ASCII.train], ASCII)
        assert made.worst(made.expected(after[:150], rates[:150]), aside=1) <= 1.0, size
        planned = dots_of(plots[-1], [ASCII.faint], ASCII)
        heights, columns = planned.expected(after[150:], rates[150:]), planned.lit.any(axis=1).nonzero()[0]
        assert len(columns) >= 0.3 * np.isfinite(heights).sum(), size  # every other one is dotted
        for column in columns:
            near = heights[max(column - 1, 0) : column + 2]
            rows = planned.lit[column].nonzero()[0]
            assert np.nanmin(near) - 1 <= rows.min() <= rows.max() <= np.nanmax(near) + 1, (size, column)


@pytest.mark.parametrize("theme", [DARK, ASCII])
def test_accuracies_are_counted_right_answers(theme) -> None:
    """By a forward pass of its own at every evaluation of the run done over again."""
    driver = run("linear")
    snapshot, data = driver.snapshot(), driver.control.run.trainer.data
    again = Scheduler(Control([("A", driver.control.run.trainer.experiment)], paused=True))
    again.obey(do.ChangeSetting("optimizer.learning_rate", BASE))
    trainer, counted = again.control.run.trainer, {}
    for iteration in range(0, 151, 5):
        if iteration == 100:
            again.obey(do.ChangeSetting("optimizer.learning_rate", BASE / 2))
        counted[iteration] = [
            100 * float(np.mean((answers(trainer.parameters, inputs) > 0) == (targets > 0.5)))
            for inputs, targets in (
                (data.train_inputs, data.train_targets),
                (data.validation_inputs, data.validation_targets),
            )
        ]
        again.obey(do.StepIterations(5))
    assert len({share for share, _ in counted.values()}) > 5
    for size in SIZES:
        with plots_of(accuracy_curve) as plots:
            accuracy_curve.draw(snapshot, first_view(), *size, theme)
        plot, dots = plots[-1], 1 if theme is ASCII else 2
        drawn = dots_of(plot, [theme.train], theme)
        heights = drawn.expected([float(at) for at in counted], [share for share, _ in counted.values()])
        hidden = np.isfinite(heights) & ~drawn.lit.any(axis=1)  # by points and marks of the validation set
        assert hidden.mean() < 0.3
        if theme is ASCII:  # in braille a cell has the dots of both lines
            assert drawn.worst(np.where(hidden, np.nan, heights), aside=1) <= 1.0, size
        cells = {
            (round(drawn.across.place(at)) // dots, plot.rows - 1 - round(drawn.up.place(share)) // (dots**2))
            for at, (_, share) in counted.items()
        }
        signs = (plot.cells.codes == ord(theme.sign("●", "o"))) & (plot.cells.styles == theme.validation)
        points = [(x - plot.left, y) for y, x in zip(*signs.nonzero(), strict=True)]
        assert len(points) >= 3
        assert cells >= set(points), size


def answers(parameters, inputs: np.ndarray) -> np.ndarray:
    """Pre-activations of the output, (examples,), by the definition of a network of tanh units."""
    (first, bias), (last, out) = ((weight.astype(float), bias.astype(float)) for weight, bias in parameters)
    return (np.tanh(inputs @ first + bias) @ last + out)[:, 0]
