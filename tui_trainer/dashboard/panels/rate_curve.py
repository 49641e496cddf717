"""The learning rate by iteration: that of every update made, the limit below which steps are stable, and faintly the
schedule's plan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.arm_labels import number_of
from tui_trainer.dashboard.panels.arm_curves import ArmCurve
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.legend import LegendEntry, draw_legend_lines, edge_entries, naming_all
from tui_trainer.dashboard.panels.race_curves import arms_legend, draw_arms
from tui_trainer.dashboard.panels.scale import curves_of, rate_scale, rates_shown
from tui_trainer.dashboard.panels.stability import stability_words
from tui_trainer.dashboard.panels.time_plot import abandoned_entries, draw_events, draw_moment, run_axis, time_plot
from tui_trainer.dashboard.view import LOSS, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.axis import Axis, value_axis
from tui_trainer.drawing.charts.dashes import DASHED, DASHES, DOTTED, sample
from tui_trainer.drawing.charts.numbers import count, plain
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment.words import value_words
from tui_trainer.telemetry import Losses, Snapshot

_TITLE = 23
"""Cells of the upper border for the title and its ends."""
_ABOVE = 1.05
"""A linear axis reaches at least this many times the largest rate, so a constant rate is not at the edge."""


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size, in place of the loss."""
    rates = rates_shown(snapshot)
    scale = rate_scale(rates, view)
    axis = _axis(rates, scale.logarithmic)
    note = scale.wordings(axis.logarithmic).fitting(width - _TITLE)
    cells = open_panel(LOSS, "Learning rate", view, width, height, theme, note=note)
    room, rows = width - 2, height - 2
    if room < 8 or rows < 2:
        return cells
    if not len(rates):
        hint = "No rate is told." if snapshot.control is None else f"No rate yet: press {view.sign('toggle')} to run."
        say(cells, hint, theme.muted)
        return cells
    lines = _legend(snapshot, axis, room - 2, rows, theme)
    plot = time_plot(snapshot, room, rows - len(lines), axis, theme, _time_axis(snapshot))
    if snapshot.abandoned is not None:
        plot.line(*lived(snapshot.abandoned), theme.faint, dash=DASHED, thin=True, letter="~")
    if snapshot.arms:
        for arm in snapshot.arms:
            plot.line(
                *planned(arm.losses, plot.horizontal.high),
                theme.faint,
                dash=DASHES[number_of(arm.letter) % len(DASHES)],
                thin=True,
                letter=".",
            )
        draw_arms(plot, snapshot, [ArmCurve(arm, *lived(arm.losses), until=arm.iteration) for arm in snapshot.arms])
    else:
        _draw_one(plot, snapshot)
    if view.iteration_at_cursor is not None:
        plot.upright(view.iteration_at_cursor, "│", theme.cursor, over=True)
    cells.paste(plot.cells, 1, 1 + len(lines))
    reading = None if view.iteration_at_cursor is None else _reading(snapshot, view.iteration_at_cursor)
    draw_legend_lines(cells, lines, theme, reading)
    return cells


def lived(losses: Losses) -> tuple[Floats, Floats]:
    """Iterations and rates; each rate is at the iteration of its update, as the batch's loss is."""
    return losses.learning_rate.positions, losses.learning_rate.mean


def planned(losses: Losses, until: float) -> tuple[Floats, Floats]:
    """The planned iterations and rates, up to the end of the axis; empty where there is no plan."""
    if losses.planned is None:
        return np.empty(0), np.empty(0)
    x = losses.planned.iterations.astype(np.float64) + 1
    return x[x <= until], losses.planned.rates[x <= until]


def _time_axis(snapshot: Snapshot) -> Axis:
    """The run's axis, or the whole plan where that is not constant."""
    so_far = run_axis(snapshot)
    plans = [each.planned for each in curves_of(snapshot) if each.planned is not None and np.ptp(each.planned.rates)]
    return Axis(so_far.low, max([so_far.high, *(float(plan.iterations[-1] + 1) for plan in plans)]))


def _axis(rates: Floats, log_y: bool) -> Axis:
    """Round limits around all rates, a linear one from 0."""
    if log_y and (rates > 0).any():
        return value_axis(rates, logarithmic=True)
    return value_axis(np.append(rates, [0.0, _ABOVE * rates.max(initial=0.0)]))


def _draw_one(plot: Plot, snapshot: Snapshot) -> None:
    """The rate of one run; what comes after a past moment is dimmed, and the plan is faint."""
    theme = plot.theme
    plot.line(*planned(snapshot.losses, plot.horizontal.high), theme.faint, dash=DOTTED, thin=True, letter=".")
    plot.line(*snapshot.stable_limits, theme.warning, dash=DASHED, letter="-")
    draw_moment(plot, snapshot)
    now = snapshot.past.iteration if snapshot.past else np.inf
    plot.line(*lived(snapshot.losses), theme.train, until=now, after=theme.faint)
    draw_events(plot, snapshot)


def _legend(snapshot: Snapshot, axis: Axis, room: int, rows: int, theme: Theme) -> list[list[LegendEntry]]:
    """The legend, in as many lines as there is room for."""
    after = abandoned_entries(snapshot, theme)
    if snapshot.arms:
        if any(arm.losses.planned is not None for arm in snapshot.arms):
            after.append(LegendEntry("faint:", theme.muted, Wordings("planned")))
        after += edge_entries(axis, rates_shown(snapshot), theme.muted, theme)
        return arms_legend(snapshot, after, room, rows, theme)
    first = [LegendEntry(theme.sign("━━", "**"), theme.train, Wordings("of every update", "updates", ""))]
    more = []
    if snapshot.losses.planned is not None:
        words = _schedule(snapshot.values)
        more.append(
            LegendEntry(theme.sign(sample(DOTTED, 2), ".."), theme.muted, Wordings(f"planned: {words}", "planned"))
        )
    if len(snapshot.stable_limits[0]):
        sign = theme.sign(sample(DASHED, 2), "--")
        said = stability_words(snapshot)
        now = Wordings(said, said.partition(" at ")[0], "stable below", "stable")
        before = Wordings("stable below, before a change", "was stable below", "was stable")
        more.append(LegendEntry(sign, theme.warning, now if said else before))
    made = edge_entries(axis, lived(snapshot.losses)[1], theme.train, theme)
    more += made or edge_entries(axis, rates_shown(snapshot), theme.muted, theme)
    return naming_all(first, [*more, *after], [], room, rows)


def _schedule(settings: Mapping[str, object]) -> str:
    """ "cosine, warm-up 20"."""
    name = settings.get("schedule.name")
    words = "" if name is None else value_words(name, "schedule.name")
    warmup = settings.get("schedule.warmup")
    return f"{words}, warm-up {warmup}" if warmup else words


def _reading(snapshot: Snapshot, cursor: int) -> Wordings:
    """The rate of the update that led to the cursor."""
    at = f"at {count(cursor)}"
    if snapshot.arms:
        values = [f"{arm.letter} {_rate(arm.losses, cursor)}" for arm in snapshot.arms]
        focused = next(value for arm, value in zip(snapshot.arms, values, strict=True) if arm.focused)
        return Wordings.joined((at, *values), (at, focused), (focused,))
    value = _rate(snapshot.losses, cursor)
    schedule = _schedule(snapshot.values)
    rate = f"learning rate {value}"
    return Wordings.joined((at, rate, schedule), (at, rate), (at, f"lr {value}"), (value,))


def _rate(losses: Losses, cursor: int) -> str:
    rates = losses.learning_rate
    index = rates.index_at(cursor)
    if index is None:
        return "–"
    low, high = float(rates.low[index]), float(rates.high[index])
    return plain(low, 3) if low == high else f"{plain(low, 3)} to {plain(high, 3)}"
