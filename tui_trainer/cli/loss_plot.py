"""The loss curve as text, drawn once by plotext when the run is over. Live charts are in `drawing`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TextIO

import numpy as np
import plotext

from tui_trainer.arrays import Floats
from tui_trainer.cli.safe_text import plain
from tui_trainer.dashboard.panels.arm_curves import FAR
from tui_trainer.dashboard.panels.scale import curves_span_decades, span_decades
from tui_trainer.drawing.ascii import in_ascii
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.telemetry import Buckets, Losses
from tui_trainer.telemetry.seeds import SeedFan
from tui_trainer.wording import counted

ROWS, LEAST_COLUMNS = 20, 40

HUES = ("orange+", "cyan+", "green+", "magenta+", "yellow+", "gray")

ANSI = re.compile(r"\x1b\[[0-9;]*m")

MARKS = (("•", "dot"), ("⠒", "braille"), ("▚", "hd"))
"""(sign in the legend, marker of plotext) for mini-batches, training and validation."""
ASCII_MARKS = ((".", "."), ("*", "*"), ("o", "o"))
"""The same in ASCII."""


class PlotForm(NamedTuple):
    """How a plot is written: `columns` × `rows` cells, a newline after each row."""

    columns: int
    rows: int
    colour: bool
    ascii_only: bool

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        return ASCII_MARKS if self.ascii_only else MARKS


def form_for(stream: TextIO, *, ascii_only: bool) -> PlotForm:
    """The form for a terminal, or for a file."""
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return PlotForm(max(shutil.get_terminal_size().columns, LEAST_COLUMNS), ROWS, colour, ascii_only)


def loss_plot(losses: Losses, form: PlotForm, axis: Literal["linear", "log"] | None = None) -> str:
    """Mini-batch losses (the mean of each column), training and validation loss over iterations.

    `axis`: the axis of the preset; None lets the losses decide, as on the screen. Non-finite losses are left out.
    """
    evaluations = losses.evaluations
    batches, train, validation = form.marks
    series = [
        (f"{batches[0]} mini-batch means", batches[1], "gray", *_column_means(losses.batch, form.columns)),
        (f"{train[0]} training", train[1], "cyan+", evaluations.positions, evaluations.train_loss),
        (
            f"{validation[0]} validation",
            validation[1],
            "orange+",
            evaluations.positions,
            evaluations.validation_loss,
        ),
    ]
    logarithmic = curves_span_decades(losses) if axis is None else axis == "log"
    return _plotted(series, form, logarithmic)


def race_plot(
    arms: Sequence[tuple[str, Losses]],
    form: PlotForm,
    *,
    comparable: bool,
    axis: Literal["linear", "log"] | None = None,
) -> str:
    """The validation loss of every arm (the training loss without a validation set), drawn in letters.

    Losses far above the first one are left out. `comparable`: whether the losses of the arms mean the same.
    """
    held_out = any(np.isfinite(losses.evaluations.validation_loss).any() for _, losses in arms)
    curves = [
        (each.evaluations.iteration, each.evaluations.validation_loss if held_out else each.evaluations.train_loss)
        for _, each in arms
    ]
    first = max((float(y[0]) for _, y in curves if len(y) and np.isfinite(y[0])), default=np.inf)
    series = [
        (
            f"{'ABCDEFGHIJ'[number % 10]} {plain(name)}",
            "ABCDEFGHIJ"[number % 10],
            HUES[number % len(HUES)],
            x.astype(np.float64),
            np.where(y <= FAR * first, y, np.nan),
        )
        for number, ((name, _), (x, y)) in enumerate(zip(arms, curves, strict=True))
    ]
    kind = "validation loss" if held_out else "training loss"
    title = kind if comparable else f"{kind}, not comparable"
    shown = np.concatenate([y for *_, y in series])
    logarithmic = span_decades(shown, shown) if axis is None else axis == "log"
    return _plotted(series, form, logarithmic, title)


def seeds_plot(fan: SeedFan, form: PlotForm) -> str:
    """Median and quartiles of the losses under several seeds, as `loss_plot` draws them."""
    marks, x = form.marks, fan.iteration.astype(np.float64)
    spread = {"": "", "middle half": "quartiles"}.get(fan.spread_name, "lowest and highest")
    seeds = counted(fan.runs, "seed")
    series = [
        (f"{marks[0][0]} {spread}", marks[0][1], "gray", x, fan.low),
        ("", marks[0][1], "gray", x, fan.high),
        (f"{marks[1][0]} {f'median of {seeds}' if spread else seeds}", marks[1][1], "cyan+", x, fan.middle),
    ][0 if spread else 2 :]
    logarithmic = span_decades(fan.low, fan.high)
    return _plotted(series, form, logarithmic, f"{fan.loss} loss")


def _plotted(
    series: Sequence[tuple[str, str, str, Floats, Floats]], form: PlotForm, logarithmic: bool, title: str = "loss"
) -> str:
    """Draw series of (name, plotext's marker, colour, iterations, losses) in one plot."""
    if not any(np.isfinite(y).any() for *_, y in series):
        return "no loss that is a number: nothing to draw\n"
    # A logarithmic axis needs at least one positive value.
    logarithmic &= any((y > 0).any() for *_, y in series)
    placed = [
        (name, marker, hue, x, np.where(y > 0, y, np.nan) if logarithmic else y) for name, marker, hue, x, y in series
    ]
    finite = [each for each in placed if np.isfinite(each[-1]).any()]
    drawn = [(name, marker, hue, *_thinned(x, y, 2 * form.columns)) for name, marker, hue, x, y in finite]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(form.columns, form.rows)
    zeros = ", zeros left out" if logarithmic and any((y <= 0).any() for *_, y in series) else ""
    plotext.title(f"{title}, logarithmic{zeros}" if logarithmic else title)
    # plotext's own legend would cover the curves.
    plotext.xlabel("   ".join(["iteration", *(name for name, *_ in drawn if name)]))
    if logarithmic:
        plotext.yscale("log")
    # plotext's own ticks have labels of 42 characters and lie between iterations.
    values = np.concatenate([y for *_, y in drawn])
    most = max(form.rows // 3, 2)
    heights = _ticks(values.min(), values.max(), lambda ticks: len(ticks) <= most, logarithmic=logarithmic)
    plotext.yticks(heights, [compact(each) for each in heights])
    across = np.concatenate([x for *_, x, _ in drawn])
    room = form.columns - max(map(len, map(compact, heights))) - 2
    iterations = _ticks(across.min(), across.max(), lambda ticks: _whole_and_apart(ticks, room))
    plotext.xticks(iterations, [count(each) for each in iterations])
    for _, marker, hue, x, y in drawn:
        plotext.plot(x.tolist(), y.tolist(), marker=marker, color=hue)
    text = str(plotext.build())
    text = in_ascii(text) if form.ascii_only else text
    return (text if form.colour else ANSI.sub("", text)).rstrip("\n") + "\n"


def _ticks(low: float, high: float, fits: Callable[[list[float]], bool], *, logarithmic: bool = False) -> list[float]:
    """Round numbers from `low` to `high`; only these two if none fit."""
    if not low < high:
        return [float(low)]
    return Axis(float(low), float(high), logarithmic).ticks(fits) or [float(low), float(high)]


def _whole_and_apart(ticks: list[float], room: int) -> bool:
    """Whether the ticks are whole numbers, and their labels fit side by side."""
    return all(each.is_integer() for each in ticks) and sum(len(count(each)) + 3 for each in ticks) <= room


def _column_means(batch: Buckets, columns: int) -> tuple[Floats, Floats]:
    """Positions and arithmetic means of the finite losses, for at most `columns` columns."""
    finite = np.isfinite(batch.mean)
    x, y = batch.positions[finite], batch.mean[finite]
    values = (batch.values - batch.non_finite)[finite].astype(np.float64)
    if len(x) <= columns:
        return x, y
    first = np.linspace(0, len(x), columns, endpoint=False).astype(np.intp)
    counts = np.add.reduceat(values, first)
    return np.add.reduceat(x * values, first) / counts, np.add.reduceat(y * values, first) / counts


def _thinned(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    """At most `most` finite points, evenly chosen, because plotext is slow."""
    finite = np.isfinite(y)
    x, y = x[finite], y[finite]
    if len(x) <= most:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, most).astype(np.int64))
    return x[chosen], y[chosen]
