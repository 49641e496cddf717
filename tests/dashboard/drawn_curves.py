"""Where the dots of a loss curve have to be, recomputed from the raw batch losses of a real run.

Nothing of the program's smoothing, axes and dots is used here: the limits of the axes that a panel chose are taken from
it, and all else is done over again, one number at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.panels import loss_curve, race_curves, time_plot
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import EvaluationLog, Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment

BRAILLE = 0x2800
BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Of a braille character, by column and row from the top."""


@dataclass
class RecordedRun:
    """A run, and every batch loss of it as the trainer handed it on."""

    driver: Scheduler
    raw: list[float] = field(default_factory=list)

    @property
    def snapshot(self) -> Snapshot:
        return self.driver.snapshot()

    def train(self, iterations: int) -> None:
        """Go on until so many are done in all, beyond the target if need be; a run that breaks stays where it does."""
        before = -1
        while before < len(self.raw) < iterations:
            before = len(self.raw)
            self.driver.obey(do.StepIterations(iterations - before))


def recorded(experiment: Experiment, iterations: int) -> RecordedRun:
    """Train, and write down all batch losses beside the run's own memory of them."""
    run = RecordedRun(Scheduler(Control([("A", experiment)], paused=True)))
    curves = run.driver.control.run.trainer.curves
    extend = curves.extend

    def extend_and_record(losses, rates, ends_epoch) -> None:
        run.raw.extend(losses.tolist())
        extend(losses, rates, ends_epoch)

    curves.extend = extend_and_record  # type: ignore[method-assign]
    run.train(iterations)
    return run


def trailing_means(raw: list[float], window: int) -> list[float]:
    """At every iteration the mean of the last `window` losses, or of all so far."""
    values = np.asarray(raw)
    return [float(np.mean(values[max(end - window, 0) : end])) for end in range(1, len(values) + 1)]


@contextmanager
def plots_of(module) -> Iterator[list]:
    """The plots that a panel makes meanwhile: their axes, and where they stand."""
    made, kind = [], time_plot.Plot

    class Watched(kind):
        def __init__(self, *arguments, **options) -> None:
            super().__init__(*arguments, **options)
            made.append(self)

    module.Plot = time_plot.Plot = Watched
    try:
        yield made
    finally:
        module.Plot = time_plot.Plot = kind


@dataclass
class Scale:
    """An axis: its limits, whether it is logarithmic, and how many dots it has."""

    low: float
    high: float
    logarithmic: bool
    dots: int

    def place(self, value: float) -> float:
        if self.logarithmic:
            value = max(value, self.low)
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(max(share, 0.0), 1.0) * (self.dots - 1)


@dataclass
class Drawn:
    """The dots of one curve as they are on the screen, and the scales of its plot."""

    lit: np.ndarray
    """(columns, rows) of dots, row 0 at the bottom."""
    across: Scale
    up: Scale

    def expected(self, iterations: list[float], values: list[float]) -> np.ndarray:
        """The height of every column (NaN: none): the mean of the values in it; between two that have any, a line."""
        by_column: dict[int, list[float]] = {}
        for iteration, value in zip(iterations, values, strict=True):
            if math.isfinite(value):
                by_column.setdefault(round(self.across.place(iteration)), []).append(value)
        heights = np.full(self.across.dots, np.nan)
        columns = sorted(by_column)
        places = [self.up.place(sum(by_column[c]) / len(by_column[c])) for c in columns]
        for (left, a), (right, b) in pairwise(zip(columns, places, strict=True)):
            for column in range(left, right):
                heights[column] = a + (b - a) * (column - left) / (right - left)
        if columns:
            heights[columns[-1]] = places[-1]
        return heights

    def worst(self, heights: np.ndarray, aside: int = 0) -> float:
        """By how many dots the drawn line is off, where it is the most; infinite where it is missing, or too much.

        `aside`: how many columns beside its own a dot may belong to as well.
        """
        columns = range(len(heights))
        return max(
            min(self._off(column, heights, other) for other in columns[max(column - aside, 0) : column + aside + 1])
            for column in columns
        )

    def _off(self, column: int, heights: np.ndarray, other: int) -> float:
        """How far the dots in `column` are from those that `other` should have."""
        rows = np.flatnonzero(self.lit[column])
        if math.isnan(heights[other]) or not len(rows):
            return 0.0 if math.isnan(heights[other]) and not len(rows) else math.inf
        near = [h for h in heights[max(other - 1, 0) : other + 2] if not math.isnan(h)]
        reach = [(heights[other] + h) / 2 for h in near]
        # A line is up to two dots thick, and joined with its neighbours half way.
        off = max(abs(rows[-1] - max(reach)), min(reach) - 1 - rows[0], rows[0] - min(reach))
        return max(off - 0.5, 0.0)  # of which half a dot is rounding


def drawn(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> tuple[Drawn, Cells]:
    """The training line of a snapshot in which nothing else covers it: no evaluations, no marks."""
    losses = structs.replace(snapshot.losses, evaluations=EvaluationLog().view())
    alone = structs.replace(snapshot, events=(), autopsy=None, losses=losses)
    with plots_of(loss_curve) as plots:
        cells = loss_curve.draw(alone, view, width, height, theme)
    return dots_of(plots[-1], [theme.train], theme), cells


def dots_of(plot, styles: list[int], theme: Theme) -> Drawn:
    """The dots in these styles within the axes of a plot."""
    codes = plot.cells.codes[: plot.rows, plot.left : plot.left + plot.columns]
    ours = np.isin(plot.cells.styles[: plot.rows, plot.left : plot.left + plot.columns], styles)
    across, down = (1, 1) if theme.ascii else (2, 4)
    lit = np.zeros((plot.columns * across, plot.rows * down), dtype=bool)
    for (row, column), code in np.ndenumerate(codes):
        if not ours[row, column]:
            continue
        for x in range(across):
            for y in range(down):
                dot = code != ord(" ") if theme.ascii else (int(code) - BRAILLE) & BITS[x][y]
                lit[column * across + x, (plot.rows - 1 - row) * down + down - 1 - y] = bool(dot)
    h, v = plot.horizontal, plot.vertical
    return Drawn(
        lit,
        Scale(h.low, h.high, h.logarithmic, plot.columns * across),
        Scale(v.low, v.high, v.logarithmic, plot.rows * down),
    )


def race_plot(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme):
    """The plot of the loss panel of a race."""
    with plots_of(race_curves) as plots:
        loss_curve.draw(snapshot, view, width, height, theme)
    return plots[-1]
