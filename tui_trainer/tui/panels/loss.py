"""The loss by iteration: every mini-batch as a band, their smoothed mean as a line, validation as dashes and dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import Buckets, Evaluation, Evaluations, Phase, Snapshot
from tui_trainer.tui.cells import Cells
from tui_trainer.tui.charts.axis import Axis, value_axis
from tui_trainer.tui.charts.dashes import DASHED, sample
from tui_trainer.tui.charts.numbers import compact, count, plain, short_count
from tui_trainer.tui.charts.plot import Plot
from tui_trainer.tui.moment import evaluations_shown
from tui_trainer.tui.panels.border import Freshness, freshness, open_panel, say
from tui_trainer.tui.panels.legend import Entry, draw_legend
from tui_trainer.tui.panels.marks import draw_events, draw_moment, loss_iterations, run_axis
from tui_trainer.tui.panels.overlay import draw_overlay, training_axis
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words

_DECADES_BELOW = 1e-2
"""How far below the usual a lucky batch may lie before it stretches a logarithmic axis no further …"""
_FEW = 16
"""… where one in so many is not usual."""
_TITLE = 14
"""Cells of the upper border that the title and its ends take."""
_MARK_EVERY = 6
"""Columns between two marked validation points; the dashes between them show the rest."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    losses = snapshot.losses
    state: Freshness = "fresh" if freshness(snapshot, Phase.LOSS) == "fresh" else "calm"
    axis = training_axis(snapshot, view.log_y) if snapshot.arms else _value_axis(snapshot, view.log_y)
    scale = "log y" if axis.logarithmic else "linear y"
    # The verdict on a race goes by the validation losses, which the curves need not follow.
    ways = (f"training batches · {scale}", f"batches · {scale}", scale) if snapshot.arms else (scale,)
    note = fewer_words(ways, width - _TITLE)
    cells = open_panel("loss", "Loss", view, width, height, theme, note=note, state=state)
    room, rows = width - 2, height - 2
    if room < 8 or rows < 2:
        return cells
    if not losses.batch.count and not len(losses.evaluations.iteration):
        say(cells, f"No loss yet: press {view.sign('toggle')} to run.", theme.muted)
        return cells
    if snapshot.arms:
        draw_overlay(cells, snapshot, view, axis, theme)
    else:
        _draw_curves(cells, snapshot, view, axis, theme)
    if rows >= 5 and view.cursor is not None:
        reading = fewer_words(_reading(snapshot, view.cursor), room - 2)
        cells.text(2, 1, reading, theme.cursor, width=room - 2)
    return cells


def _draw_curves(cells: Cells, snapshot: Snapshot, view: View, axis: Axis, theme: Theme) -> None:
    """The curves of one run: what lies after a moment of the past is dimmed, and so is a future that was left."""
    losses = snapshot.losses
    positions = loss_iterations(losses.batch)  # one array for the band and the line: the plot gathers its columns once
    room, rows = cells.width - 2, cells.height - 2
    above = 1 if rows >= 5 else 0
    plot = Plot(room, rows - above, run_axis(snapshot), axis, theme, label=short_count)
    window = 1 << view.smoothing if view.smoothing else 0
    if window:
        plot.band(positions, losses.batch.low, losses.batch.high, theme.envelope)
    left = snapshot.abandoned
    if left is not None:
        plot.line(
            loss_iterations(left.batch),
            left.batch.mean,
            theme.faint,
            smoothing=window,
            dash=DASHED,
            thin=True,
            letter=".",
        )
    draw_moment(plot, snapshot)
    if view.cursor is not None:
        plot.upright(view.cursor, "│", theme.cursor, over=True)
    now = snapshot.past.iteration if snapshot.past else np.inf
    plot.line(positions, losses.batch.mean, theme.train, smoothing=window, until=now, after=theme.faint)
    _draw_validation(plot, losses.evaluations, now, evaluations_shown(snapshot).best)
    broken = positions[losses.batch.non_finite > 0]
    if snapshot.autopsy is not None:  # the run stands before it, so that its loss is in no curve
        broken = np.append(broken, snapshot.autopsy.iteration + 1)
    _draw_non_finite(plot, broken)
    numbered = draw_events(plot, snapshot)
    cells.paste(plot.cells, 1, 1 + above)
    if above and view.cursor is None:
        draw_legend(cells, 1, [*_legend(snapshot, view, theme), *numbered], theme)


def _value_axis(snapshot: Snapshot, log_y: bool) -> Axis:
    """Round limits around all that is drawn; on a logarithmic axis around all but a few lucky batches."""
    batch, evaluations = snapshot.losses.batch, snapshot.losses.evaluations
    low, high = batch.low, batch.high
    means = batch.mean[batch.mean > 0] if log_y else batch.mean[:0]
    if len(means) > _FEW:
        usual = np.partition(means, len(means) // _FEW)[len(means) // _FEW]
        low, high = (np.maximum(edge, usual * _DECADES_BELOW) for edge in (low, high))
    left = snapshot.abandoned.batch.mean if snapshot.abandoned else batch.mean[:0]
    return value_axis(np.concatenate([low, high, evaluations.validation_loss, left]), logarithmic=log_y)


def _draw_validation(plot: Plot, evaluations: Evaluations, now: float, best: Evaluation | None) -> None:
    known = np.isfinite(evaluations.validation_loss)
    x, y = evaluations.iteration[known].astype(np.float64), evaluations.validation_loss[known]
    if not len(x):
        return
    theme = plot.theme
    plot.line(x, y, theme.validation, dash=DASHED, letter="-", until=now, after=theme.faint)
    x, y = x[x <= now], y[x <= now]
    groups = plot.column(x) // _MARK_EVERY
    marked = np.flatnonzero(np.append(groups[1:] != groups[:-1], True))
    plot.points(x[marked], y[marked], theme.sign("●", "o"), theme.validation)
    if best is not None and best.validation_loss is not None:
        plot.points([best.iteration], [best.validation_loss], theme.sign("▲", "A"), theme.best)


def _draw_non_finite(plot: Plot, broken: NDArray[np.float64]) -> None:
    """✗ at the top of every other column in which a loss was no finite number, at these iterations."""
    if len(broken):
        columns = plot.column(broken)
        broken = broken[np.diff(columns // 2, prepend=-1) != 0]
        top = np.full(len(broken), plot.vertical.high)
        plot.points(broken, top, plot.theme.sign("✗", "X"), plot.theme.critical)


def _legend(snapshot: Snapshot, view: View, theme: Theme) -> list[Entry]:
    """━━ batches, smoothed  ╍● validation  ⠶⠀ abandoned  ▲ best 0.31 at 140."""
    named = ("train: batches, smoothed", "train, smoothed", "train") if view.smoothing else ("train: batches", "train")
    entries = [Entry(theme.sign("━━", "**"), theme.train, named)]
    best = evaluations_shown(snapshot).best
    if best is not None:
        entries.append(Entry(theme.sign("╍●", "-o"), theme.validation, ("validation", "valid.", "val.")))
    if snapshot.abandoned is not None:
        left = theme.sign(sample(DASHED, 1), ".")
        entries.append(Entry(left, theme.muted, ("abandoned future", "abandoned", "left")))
    if best is not None and best.validation_loss is not None:
        value = f"best {compact(best.validation_loss)}"
        entries.append(Entry(theme.sign("▲", "A"), theme.best, (f"{value} at {count(best.iteration)}", value, "best")))
    return entries


def _reading(snapshot: Snapshot, cursor: int) -> list[str]:
    """The values at the cursor, ways to say them, the longest first."""
    at, train, mean, brief, measured, validation, at_rate = f"at {count(cursor)}", "", "", "", "", "", ""
    batch = snapshot.losses.batch
    index = (cursor - 1 - batch.start) // batch.width
    if 0 <= index < len(batch.mean):
        # Of the mini-batch: another number than the training loss of an evaluation, which is over the whole set.
        word = "batch loss" if batch.width == 1 else "batch losses"
        brief = _mean(batch, index)
        train, mean = f"{word} {_spread(batch, index)}", f"{word} {brief}"
    evaluations = snapshot.losses.evaluations
    before = int(np.searchsorted(evaluations.iteration, cursor, side="right")) - 1
    if before >= 0 and np.isfinite(evaluations.validation_loss[before]):
        validation = f"validation {compact(float(evaluations.validation_loss[before]))}"
        when = int(evaluations.iteration[before])
        measured = validation if when == cursor else f"{validation} (of {count(when)})"
    rates: NDArray[np.float64] = snapshot.losses.learning_rate.last
    rate = (cursor - 1) // snapshot.losses.learning_rate.width
    if 0 <= rate < len(rates):
        at_rate = f"lr {plain(float(rates[rate]), 3)}"
    short, shortest = validation.replace("validation", "valid."), validation.replace("validation", "val.")
    ways = (
        (at, train, measured, at_rate),
        (at, mean, measured, at_rate),
        (at, mean, measured),
        (at, mean, validation),
        (at, mean, short),
        (count(cursor), mean, short),
        (count(cursor), brief, shortest),
        (count(cursor), brief),
        (brief,),
    )
    return [" · ".join(part for part in way if part) for way in ways]


def _mean(batch: Buckets, index: int) -> str:
    if batch.non_finite[index] and not np.isfinite(batch.mean[index]):
        return "✗ not finite"
    return compact(float(batch.mean[index]))


def _spread(batch: Buckets, index: int) -> str:
    mean, low, high = _mean(batch, index), *(compact(float(v[index])) for v in (batch.low, batch.high))
    return mean if low == high or mean.startswith("✗") else f"{mean} ({low} to {high})"
