"""The loss by iteration: every mini-batch as a band, their moving mean as a line, validation as points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.dashboard import smoothing
from tui_trainer.dashboard.earlier_runs import best_of, on_plot, words_of
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.panels.arm_curves import decisive_curves, decisive_words, race_axis
from tui_trainer.dashboard.panels.border import Freshness, freshness, open_panel, say
from tui_trainer.dashboard.panels.legend import LegendEntry, draw_legend_lines, edge_entries, naming_all
from tui_trainer.dashboard.panels.race_curves import draw_overlay
from tui_trainer.dashboard.panels.scale import loss_scale
from tui_trainer.dashboard.panels.time_plot import (
    abandoned_entries,
    draw_events,
    draw_moment,
    draw_validation_line,
    draw_validation_points,
    time_plot,
    validation_sign,
)
from tui_trainer.dashboard.view import LOSS, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.axis import SINGLE, Axis, value_axis
from tui_trainer.drawing.charts.dashes import DASHED, DOTTED, SPARSE, sample
from tui_trainer.drawing.charts.numbers import compact, count, plain
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Buckets, EarlierRun, Evaluation, Evaluations, Phase, Smoothed, Snapshot, trailing_mean
from tui_trainer.telemetry.seeds import SeedFan
from tui_trainer.wording import counted

_DECADES_BELOW = 1e-2
"""A mini-batch below this share of the usual loss no longer stretches a logarithmic axis."""
_FEW = 16
"""The usual loss is that below which one mean in this many lies."""
_TITLE = 14
"""Cells of the upper border for the title and its ends."""
_TOLD = 34
"""Columns from which the legend always says what the training line is a mean of."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    losses = snapshot.losses
    state: Freshness = "fresh" if freshness(snapshot, Phase.LOSS) == "fresh" else "calm"
    window = smoothing.window(snapshot, view.smoothing)
    smoothed = trailing_mean(losses.train, window)
    left = trailing_mean(snapshot.abandoned.batch, window) if snapshot.abandoned else None
    scale = loss_scale(snapshot, view)
    if snapshot.arms:
        axis = race_axis(decisive_curves(snapshot), scale.logarithmic)
    else:
        axis = _value_axis(snapshot, smoothed, left, view.earlier, scale.logarithmic)
    named = scale.wordings(axis.logarithmic)
    if snapshot.arms:
        # The numbers at the axis show the scale too, but only the note names the curves.
        kinds = decisive_words(snapshot)
        named = Wordings(*(f"{kind} · {scale_words}" for scale_words in named for kind in kinds), *kinds)
    note = named.fitting(width - _TITLE)
    cells = open_panel(LOSS, "Loss", view, width, height, theme, note=note, state=state)
    room, rows = width - 2, height - 2
    if room < 8 or rows < 2:
        return cells
    if not losses.batch.count and not len(losses.evaluations.iteration):
        say(
            cells,
            "No loss yet." if snapshot.control is None else f"No loss yet: press {view.sign('toggle')} to run.",
            theme.muted,
        )
        return cells
    if snapshot.arms:
        draw_overlay(cells, snapshot, view, axis, theme, _reading(snapshot, smoothed, view.iteration_at_cursor))
    else:
        reading = _reading(snapshot, smoothed, view.iteration_at_cursor)
        _draw_curves(cells, snapshot, view, smoothed, left, axis, theme, reading)
    return cells


def _draw_curves(
    cells: Cells,
    snapshot: Snapshot,
    view: View,
    smoothed: Smoothed,
    left: Smoothed | None,
    axis: Axis,
    theme: Theme,
    reading: Wordings | None,
) -> None:
    """The curves of one run. What comes after a past moment is dimmed, and so is an abandoned future."""
    losses = snapshot.losses
    positions = losses.train.positions  # one array for both band and line: the plot computes its columns once
    room, rows = cells.width - 2, cells.height - 2
    plot = time_plot(snapshot, room, rows - 1, axis, theme)
    lines = _legend(snapshot, view, smoothed, plot, rows, theme)
    if len(lines) != 1:
        plot = time_plot(snapshot, room, rows - len(lines), axis, theme)
    fan = _fan(snapshot)
    if fan is None:
        plot.band(positions, losses.train.low, losses.train.high, theme.envelope)
    else:
        at = fan.iteration.astype(np.float64)
        plot.band(at, fan.low, fan.high, theme.envelope)
        plot.line(at, fan.middle, theme.note, last=True, thin=True, dash=DASHED, letter="=")
    for run, dash, letter in _ghosts(view):
        x, y = on_plot(run, axis.low, axis.high, plot.horizontal.high)
        plot.line(x, y, theme.faint, last=True, thin=True, dash=dash, letter=letter)
    if snapshot.abandoned is not None and left is not None:
        plot.line(snapshot.abandoned.batch.positions, left.mean, theme.faint, dash=DASHED, thin=True, letter="~")
    draw_moment(plot, snapshot)
    if view.iteration_at_cursor is not None:
        plot.upright(view.iteration_at_cursor, "│", theme.cursor, over=True)
    now = snapshot.past.iteration if snapshot.past else np.inf
    known = np.isfinite(losses.evaluations.validation_loss)
    x, y = losses.evaluations.positions[known], losses.evaluations.validation_loss[known]
    full = float(positions[smoothed.full]) if smoothed.full < len(positions) else np.inf
    draw_validation_line(plot, x, y, until=now)
    plot.line(positions, smoothed.mean, theme.train, thin_until=full, over=True, until=now, after=theme.faint)
    draw_validation_points(plot, x, y, until=now)
    start = _start(losses.evaluations)
    if start is not None:
        plot.points([0], [start], theme.sign("○", "%"), theme.train)
    best = evaluations_shown(snapshot).best
    if best is not None and best.validation_loss is not None:
        plot.points([best.position], [best.validation_loss], "▲", theme.best)
    broken = positions[losses.train.non_finite > 0]
    if snapshot.autopsy is not None:  # the run shows the iteration before, so no curve has its loss
        broken = np.append(broken, snapshot.autopsy.iteration + 1)
    _draw_non_finite(plot, broken)
    numbered = draw_events(plot, snapshot)
    cells.paste(plot.cells, 1, 1 + len(lines))
    for line in lines[-1:]:
        line += numbered
    draw_legend_lines(cells, lines, theme, reading)


def _ghosts(view: View) -> list[tuple[EarlierRun, str, str]]:
    """The earlier runs, each with its dash and its letter: the best one, and the last where that is another."""
    best = best_of(view.earlier)
    return [(run, DOTTED, ",") if run is best else (run, SPARSE, "'") for run in view.earlier]


def _value_axis(
    snapshot: Snapshot, smoothed: Smoothed, left: Smoothed | None, earlier: tuple[EarlierRun, ...], log_y: bool
) -> Axis:
    """Round limits around all curves, on a logarithmic axis without a few lucky batches; earlier runs stretch it
    downwards only."""
    batch, evaluations = snapshot.losses.train, snapshot.losses.evaluations
    curves = [batch.low, batch.high, smoothed.mean]
    means = smoothed.mean[smoothed.mean > 0] if log_y else smoothed.mean[:0]
    if len(means) > _FEW:
        usual = np.partition(means, len(means) // _FEW)[len(means) // _FEW]
        floor = min(usual * _DECADES_BELOW, means[-1])
        curves = [np.maximum(curve, floor) for curve in curves]
    start = [] if (first := _start(evaluations)) is None else [np.array([first])]
    fan = _fan(snapshot)
    if fan is not None:
        curves += [fan.low, fan.high[np.isfinite(fan.high)]]
    losses = np.concatenate([*curves, evaluations.validation_loss, *([left.mean] if left else []), *start])
    if earlier:
        highest = losses[np.isfinite(losses)].max(initial=-np.inf)
        losses = np.concatenate([losses, *(run.loss[run.loss < highest] for run in earlier)])
    return value_axis(losses, logarithmic=log_y, resolution=SINGLE)


def _fan(snapshot: Snapshot) -> SeedFan | None:
    """The runs under other seeds, once one has ended. They take the place of the mini-batches' range."""
    fan = None if snapshot.control is None else snapshot.control.seed_fan
    return fan if fan is not None and fan.runs else None


def _start(evaluations: Evaluations) -> float | None:
    """The training loss before the first update: a point of its own, since it is measured in evaluation mode."""
    if not len(evaluations.iteration) or evaluations.positions[0] or not np.isfinite(evaluations.train_loss[0]):
        return None
    return float(evaluations.train_loss[0])


def _draw_non_finite(plot: Plot, broken: NDArray[np.float64]) -> None:
    """✗ at the top of every other column with a loss at these iterations that is not finite."""
    if len(broken):
        columns = plot.column(broken)
        broken = broken[np.diff(columns // 2, prepend=-1) != 0]
        top = np.full(len(broken), plot.vertical.high)
        plot.points(broken, top, "✗", plot.theme.critical)


def _legend(
    snapshot: Snapshot, view: View, smoothed: Smoothed, plot: Plot, rows: int, theme: Theme
) -> list[list[LegendEntry]]:
    """ "━━ train: mean of the last epoch ─●─ validation ⠶⠀ abandoned ▲ best 0.31 at 140", in as many lines as it takes
    to name every curve."""
    mean_of = smoothing.words(snapshot, smoothed.window, several=plot.horizontal.high > plot.dots_across)
    means = mean_of.prefixed("train: ")
    means = means if plot.cells.width >= _TOLD and not view.earlier else means.or_else("train")
    first, more, marks = [LegendEntry(theme.sign("━━", "**"), theme.train, means)], [], []
    best, evaluations = evaluations_shown(snapshot).best, snapshot.losses.evaluations
    if best is not None:
        first.append(LegendEntry(validation_sign(theme), theme.validation, Wordings("validation", "valid.", "val.")))
    more += edge_entries(plot.vertical, smoothed.mean, theme.train, theme)
    if not more:
        more += edge_entries(plot.vertical, evaluations.validation_loss, theme.validation, theme)
    fan = _fan(snapshot)
    if fan is not None:
        seeds = counted(fan.runs, "seed")
        middle = f"{seeds}: {fan.loss} {compact(float(fan.middle[-1]))}"
        spread = f"{fan.spread_name} {compact(float(fan.low[-1]))} to {compact(float(fan.high[-1]))}"
        wordings = Wordings(*[f"{middle}, {spread}"] * bool(fan.spread_name), middle)
        more.append(LegendEntry(theme.sign(sample(DASHED, 1), "="), theme.note, wordings.or_else(seeds)))
    more += abandoned_entries(snapshot, theme)
    for run, dash, letter in _ghosts(view):
        more.append(
            LegendEntry(theme.sign(sample(dash, 2), letter), theme.muted, words_of(run, view.earlier, snapshot))
        )
    if best is not None and best.validation_loss is not None:
        value = f"best {compact(best.validation_loss)}"
        marks.append(LegendEntry("▲", theme.best, Wordings(f"{value} at {_position(best)}", value, "best")))
    if _start(evaluations) is not None:
        marks.append(LegendEntry(theme.sign("○", "%"), theme.train, Wordings("training set at 0", "at 0")))
    return naming_all(first, more, marks, plot.cells.width - 2, rows, in_full=bool(view.earlier))


def _position(evaluation: Evaluation) -> str:
    position = evaluation.position
    return plain(position, 3) if position < 100 and position % 1 else count(position)


def _reading(snapshot: Snapshot, smoothed: Smoothed, cursor: int | None) -> Wordings | None:
    """The values at the cursor, if there is one."""
    if cursor is None:
        return None
    at, train, mean, brief, line, measured, shown_here, at_rate = f"at {count(cursor)}", "", "", "", "", "", "", ""
    batch = snapshot.losses.train
    index = batch.index_at(cursor)
    if index is not None:
        # The loss of the mini-batch, not the training loss of an evaluation, which is over the whole set.
        word = "training loss" if snapshot.losses.evaluated_only else "batch loss"
        word = word if batch.width == 1 else f"{word}es"
        logged = float(batch.final[index])
        word = word if logged >= cursor else f"{word} of {count(logged)}"
        brief = _mean(batch, index)
        train, mean = f"{word} {_spread(batch, index)}", f"{word} {brief}"
        if smoothed.window > batch.width and np.isfinite(smoothed.mean[index]):
            full, taken = index >= smoothed.full, int(smoothed.iterations[index])
            of = smoothing.words(snapshot, taken)[0] if full else "mean so far"
            line = f"{of} {compact(float(smoothed.mean[index]))}"
    evaluations = snapshot.losses.evaluations
    before = int(np.searchsorted(evaluations.positions, cursor, side="right")) - 1
    if before >= 0 and np.isfinite(evaluations.validation_loss[before]):
        validation = f"validation {compact(float(evaluations.validation_loss[before]))}"
        when = int(evaluations.iteration[before])
        # A value of another iteration than the cursor's always names its iteration.
        measured, shown_here = (validation, validation) if when == cursor else (f"{validation} (of {count(when)})", "")
    rates = snapshot.losses.learning_rate
    rate = rates.index_at(cursor)
    if rate is not None:
        at_rate = f"lr {plain(float(rates.last[rate]), 3)}"
    valid, val = (measured.replace("validation", word) for word in ("valid.", "val."))
    return Wordings.joined(
        (at, train, line, measured, at_rate),
        (at, mean, line, measured, at_rate),
        (at, mean, line, measured),
        (at, train, measured, at_rate),
        (at, mean, measured, at_rate),
        (at, mean, measured),
        (at, mean, valid),
        (at, mean, val),
        (count(cursor), mean, val),
        (count(cursor), brief, shown_here.replace("validation", "val.")) if shown_here else (at, mean),
        (at, mean),
        (count(cursor), mean),
        (count(cursor), brief),
        (brief,),
    )


def _mean(batch: Buckets, index: int) -> str:
    if batch.non_finite[index] and not np.isfinite(batch.mean[index]):
        return "✗ not finite"
    return compact(float(batch.mean[index]))


def _spread(batch: Buckets, index: int) -> str:
    mean, low, high = _mean(batch, index), *(compact(float(v[index])) for v in (batch.low, batch.high))
    return mean if low == high or mean.startswith("✗") else f"{mean} ({low} to {high})"
