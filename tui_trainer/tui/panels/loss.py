"""The loss by iteration: every mini-batch as a band, their smoothed mean as a line, validation as dashes and dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import Buckets, Evaluations, Phase, Snapshot
from tui_trainer.tui.cells import Cells, text_width
from tui_trainer.tui.charts.axis import Axis, time_axis, value_axis
from tui_trainer.tui.charts.numbers import compact, count, plain, short_count
from tui_trainer.tui.charts.plot import Plot
from tui_trainer.tui.panels.border import Freshness, freshness, open_panel, say
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View
from tui_trainer.tui.words import fewer_words

_DECADES_BELOW = 1e-2
"""How far below the usual a lucky batch may lie before it stretches a logarithmic axis no further …"""
_FEW = 16
"""… where one in so many is not usual."""
_MARK_EVERY = 6
"""Columns between two marked validation points; the dashes between them show the rest."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    losses = snapshot.losses
    state: Freshness = "fresh" if freshness(snapshot, Phase.LOSS) == "fresh" else "calm"
    axis = _value_axis(losses.batch, losses.evaluations, view.log_y)
    scale = "log y" if axis.logarithmic else "linear y"
    cells = open_panel("loss", "Loss", view, width, height, theme, note=scale, state=state)
    room, rows = width - 2, height - 2
    if room < 8 or rows < 2:
        return cells
    if not losses.batch.count and not len(losses.evaluations.iteration):
        say(cells, "No loss yet: press space to run.", theme.muted)
        return cells
    above = 1 if rows >= 5 else 0
    newest = snapshot.past.newest if snapshot.past else snapshot.iteration
    time = time_axis(max(newest, losses.batch.count), snapshot.target_iterations)
    plot = Plot(room, rows - above, time, axis, theme, label=short_count)
    window = 1 << view.smoothing if view.smoothing else 0
    if window:
        plot.band(losses.batch.positions, losses.batch.low, losses.batch.high, theme.envelope)
    if snapshot.past:
        plot.upright(snapshot.past.iteration, "┃", theme.fresh, over=True)
    if view.cursor is not None:
        plot.upright(view.cursor, "│", theme.cursor, over=True)
    plot.line(losses.batch.positions, losses.batch.mean, theme.train, smoothing=window)
    _draw_validation(plot, losses.evaluations)
    _draw_non_finite(plot, losses.batch)
    _draw_events(plot, snapshot)
    cells.paste(plot.cells, 1, 1 + above)
    if above and view.cursor is not None:
        cells.text(2, 1, _reading(snapshot, view.cursor), theme.cursor, width=room - 2)
    elif above:
        _draw_legend(cells, losses.evaluations, theme)
    return cells


def _value_axis(batch: Buckets, evaluations: Evaluations, log_y: bool) -> Axis:
    """Round limits around all that is drawn; on a logarithmic axis around all but a few lucky batches."""
    low, high = batch.low, batch.high
    means = batch.mean[batch.mean > 0] if log_y else batch.mean[:0]
    if len(means) > _FEW:
        usual = np.partition(means, len(means) // _FEW)[len(means) // _FEW]
        low, high = (np.maximum(edge, usual * _DECADES_BELOW) for edge in (low, high))
    return value_axis(np.concatenate([low, high, evaluations.validation_loss]), logarithmic=log_y)


def _draw_validation(plot: Plot, evaluations: Evaluations) -> None:
    known = np.isfinite(evaluations.validation_loss)
    x, y = evaluations.iteration[known].astype(np.float64), evaluations.validation_loss[known]
    if not len(x):
        return
    theme = plot.theme
    plot.line(x, y, theme.validation, dashed=True, letter="-")
    groups = plot.column(x) // _MARK_EVERY
    marked = np.flatnonzero(np.diff(groups, append=np.inf))
    plot.points(x[marked], y[marked], theme.sign("●", "o"), theme.validation)
    best = evaluations.best
    if best is not None and best.validation_loss is not None:
        plot.points([best.iteration], [best.validation_loss], theme.sign("▲", "A"), theme.best)


def _draw_non_finite(plot: Plot, batch: Buckets) -> None:
    """✗ at the top of every other column in which a loss was no finite number."""
    broken = batch.positions[batch.non_finite > 0]
    if len(broken):
        columns = plot.column(broken)
        broken = broken[np.diff(columns // 2, prepend=-1) != 0]
        top = np.full(len(broken), plot.vertical.high)
        plot.points(broken, top, plot.theme.sign("✗", "X"), plot.theme.critical)


def _draw_events(plot: Plot, snapshot: Snapshot) -> None:
    """A dotted upright where something was changed, its label at the top unless it would touch the next one."""
    taken = plot.cells.width
    for event in reversed(snapshot.events):
        column = plot.upright(event.iteration, "┆", plot.theme.event)
        needed = text_width(event.label) + 1
        start = column + 1
        if start + needed > taken:
            start = column - needed + 1
            fits = taken >= plot.cells.width and start > plot.left
        else:
            fits = True
        if fits:
            plot.cells.text(start, 0, event.label, plot.theme.event)
            taken = min(start, column)
        else:
            taken = min(taken, column)


def _draw_legend(cells: Cells, evaluations: Evaluations, theme: Theme) -> None:
    end = cells.width - 2
    x = cells.text(2, 1, theme.sign("━━ ", "** "), theme.train, width=end - 2)
    x = cells.text(x, 1, "train  ", theme.muted, width=end - x)
    best = evaluations.best
    if best is None or best.validation_loss is None:
        return
    if x + 13 <= end:
        x = cells.text(x, 1, theme.sign("╍● ", "-o "), theme.validation)
        x = cells.text(x, 1, "validation  ", theme.muted, width=end - x)
    value = f"best {compact(best.validation_loss)}"
    text = fewer_words((f"{value} at {count(best.iteration)}", value, "best"), end - x - 2)
    if x + text_width(text) + 2 <= end:
        x = cells.text(x, 1, theme.sign("▲ ", "A "), theme.best)
        cells.text(x, 1, text, theme.muted)


def _reading(snapshot: Snapshot, cursor: int) -> str:
    """The values at the cursor in words."""
    parts = [f"at {count(cursor)}"]
    batch = snapshot.losses.batch
    index = (cursor - 1 - batch.start) // batch.width
    if 0 <= index < len(batch.mean):
        parts.append(f"train {_spread(batch, index)}")
    evaluations = snapshot.losses.evaluations
    before = int(np.searchsorted(evaluations.iteration, cursor, side="right")) - 1
    if before >= 0 and np.isfinite(evaluations.validation_loss[before]):
        parts.append(f"validation {compact(float(evaluations.validation_loss[before]))}")
    rates: NDArray[np.float64] = snapshot.losses.learning_rate.last
    rate = (cursor - 1) // snapshot.losses.learning_rate.width
    if 0 <= rate < len(rates):
        parts.append(f"lr {plain(float(rates[rate]), 3)}")
    return " · ".join(parts)


def _spread(batch: Buckets, index: int) -> str:
    if batch.non_finite[index] and not np.isfinite(batch.mean[index]):
        return "✗ not finite"
    low, high, mean = (compact(float(v[index])) for v in (batch.low, batch.high, batch.mean))
    return mean if low == high else f"{mean} ({low} to {high})"
