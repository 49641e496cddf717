"""The common parts of plots over time: the axis, the losses at evaluations, changes of settings, the moment shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.panels.legend import LegendEntry
from tui_trainer.drawing.cells import text_width
from tui_trainer.drawing.charts.axis import Axis, time_axis
from tui_trainer.drawing.charts.dashes import DASHED, sample
from tui_trainer.drawing.charts.numbers import short_count, short_number
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment.words import setting_of, value_words
from tui_trainer.telemetry import Event, SettingChange, Snapshot

_UPRIGHT = "┆"
_FEWEST = 8.0
"""Positions on an axis, at least, unless they are seconds."""
_LONG = 100
"""An axis begins at this many times its length, or beyond, where its numbers are too long."""
_MOST_VALUES = 3
"""Values of one setting in a label; of more it has the first and the last."""
_TOUCHING = 2
"""The most columns between two changes of one setting that share a label: keys pressed in quick succession."""
_POINT_EVERY = 6
"""Columns between two points of the validation curve; the thin line shows the evaluations between them."""


class Mark(Struct, frozen=True):
    """One label: an event, or changes of one setting in quick succession."""

    number: int
    """The number of its last event among all, from 1."""
    event: Event
    """The last event."""
    column: int
    values: tuple[object, ...] = ()
    """The values of a changed setting, beginning with the old one; () for any other event."""

    @property
    def wordings(self) -> Wordings:
        """ "learning rate 0.01 → 0.02", "lr 0.01 → 0.02", "lr → 0.02", "lr→.02"."""
        event = self.event
        if not isinstance(event, SettingChange):
            return Wordings(event.label)
        setting, colon = setting_of(event.key), "" if "." in event.key else ":"  # a weight's name ends in a number
        name, short = setting.label + colon, (setting.short or setting.label) + colon
        first, last = (value_words(value, event.key) for value in (self.values[0], self.values[-1]))
        few = len(self.values) <= _MOST_VALUES
        between = [value_words(value, event.key) for value in self.values[1:-1]] if few else ["…"]
        shown = " → ".join([first, *between, last])
        tight = last[1:] if last.startswith("0.") else last
        return Wordings(f"{name} {shown}", f"{short} {shown}", f"{short} → {last}", f"{short}→{tight}")


def run_axis(snapshot: Snapshot) -> Axis:
    """From the start to the end of all that is drawn: the newest iteration, other arms, an abandoned future. A log that
    begins far from 0, with time stamps or in the middle of a run, has an axis that begins there."""
    curves = [snapshot.losses, *(arm.losses for arm in snapshot.arms)]
    if snapshot.abandoned is not None:
        curves.append(snapshot.abandoned)
    if snapshot.progress is not None:
        ends = [snapshot.iteration, snapshot.newest, *(each.batch.newest for each in curves)]
        return time_axis(max(ends), snapshot.progress.target_iterations)
    positions = np.concatenate([part for each in curves for part in (each.batch.positions, each.evaluations.positions)])
    if not len(positions):
        return time_axis(0.0, 0.0)
    first, last = float(positions.min()), max(float(positions.max()), *(each.batch.newest for each in curves), 0.0)
    least = _FEWEST if snapshot.losses.counts != "seconds" else (last - first) or _FEWEST
    return time_axis(last, 0.0, first if first > last / 2 else 0.0, least)


def time_plot(
    snapshot: Snapshot, width: int, height: int, vertical: Axis, theme: Theme, horizontal: Axis | None = None
) -> Plot:
    """An empty plot of the run over time. `horizontal`: another axis than `run_axis`."""
    horizontal = horizontal or run_axis(snapshot)
    whole = snapshot.losses.counts != "seconds"
    label = _since(horizontal.low) if counts_from_its_start(horizontal) else short_count if whole else short_number
    return Plot(width, height, horizontal, vertical, theme, label=label)


def counts_from_its_start(axis: Axis) -> bool:
    """Whether its numbers would be too long to tell apart, as time stamps are: then they count from its start."""
    return axis.low > _LONG * (axis.high - axis.low)


@lru_cache(maxsize=16)
def _since(start: float) -> Callable[[float], str]:
    return lambda value: f"+{short_number(value - start)}"


def draw_events(plot: Plot, snapshot: Snapshot) -> list[LegendEntry]:
    """Draw a dotted upright at each event, and its label beside it where that covers no curve.

    Labels are shortened until they fit between the marks, then they cross other marks in rows of their own. A label
    that still does not fit becomes a number, and its entry is returned for a legend. The youngest marks are labelled
    first, those of settings before others.
    """
    numbered: list[LegendEntry] = []
    if not snapshot.events:
        return numbered
    draw_uprights(plot, snapshot)
    for mark in sorted(_marks(plot, snapshot.events), key=lambda mark: (not mark.values, -mark.number)):
        if label(plot, mark.column, mark.wordings, plot.theme.event):
            continue
        if mark.values and label(plot, mark.column, Wordings(str(mark.number)), plot.theme.event):
            numbered.insert(0, LegendEntry(f"{_UPRIGHT}{mark.number}", plot.theme.event, mark.wordings))
    return numbered


def draw_uprights(plot: Plot, snapshot: Snapshot, *, over: bool = False) -> None:
    """Draw a dotted upright at each event, through empty cells, or `over` what is drawn."""
    plot.uprights([event.iteration for event in snapshot.events], _UPRIGHT, plot.theme.event, over=over)


def label(plot: Plot, column: int, wordings: Wordings, style: int) -> bool:
    """Write the first of the wordings that fits beside the upright in this column of the plot's cells; return whether
    one did.

    A row where the upright is visible comes first, to the right or to the left of it; then any other row.
    """
    for beside, crossing in product((column, None), (False, True)):
        for text in wordings:
            width = text_width(text)
            for start in (column + 1, column - width - 1):
                row = plot.free_row(start, width, _UPRIGHT, beside=beside, crossing=crossing)
                if row is not None:
                    plot.cells.text(start, row, text, style)
                    return True
    return False


def draw_validation_line(plot: Plot, x: Floats, y: Floats, *, until: float = np.inf) -> None:
    """A thin line through evaluations (n,). The training line is drawn over it."""
    plot.line(x, y, plot.theme.validation, last=True, thin=True, letter="-", until=until, after=plot.theme.faint)


def draw_validation_points(plot: Plot, x: Floats, y: Floats, *, until: float = np.inf) -> None:
    """Points of evaluations (n,), drawn over both lines. So each curve is visible where they coincide, even without
    colour."""
    x, y = x[x <= until], y[x <= until]
    groups = plot.column(x) // _POINT_EVERY
    marked = np.flatnonzero(np.diff(groups, append=np.inf))
    plot.points(x[marked], y[marked], plot.theme.sign("●", "o"), plot.theme.validation)


def validation_sign(theme: Theme) -> str:
    """A piece of the validation curve, for a legend."""
    return theme.sign("─●─", "-o-")


def abandoned_entries(snapshot: Snapshot, theme: Theme) -> list[LegendEntry]:
    """What a legend has for an abandoned future, if there is one."""
    names = Wordings("abandoned future", "abandoned", "left")
    return [] if snapshot.abandoned is None else [LegendEntry(theme.sign(sample(DASHED, 1), "~"), theme.muted, names)]


def draw_moment(plot: Plot, snapshot: Snapshot) -> None:
    """An upright at the moment shown, if that is in the past."""
    if snapshot.past is not None:
        plot.upright(snapshot.past.iteration, "┃", plot.theme.fresh, over=True)


def _marks(plot: Plot, events: tuple[Event, ...]) -> list[Mark]:
    """A mark for each event. Changes of one setting that touch share a mark at the last of them."""
    marks: list[Mark] = []
    columns = plot.left + plot.column([event.iteration for event in events]).astype(int)
    for number, (event, column) in enumerate(zip(events, columns.tolist(), strict=True), start=1):
        values: tuple[object, ...] = (event.old, event.new) if isinstance(event, SettingChange) else ()
        mark = Mark(number, event, column, values)
        last = marks[-1] if marks else None
        if last is None or not _are_one(last, mark):
            marks.append(mark)
            continue
        if last.column == column:
            kept = last.values[:-1]  # the last value was in force too briefly to be seen
            values = mark.values if kept == mark.values[-1:] else (*kept, *mark.values[1:])
        else:
            values = (*last.values, *mark.values[1:])
        marks[-1] = Mark(number, event, column, values)
    return marks


def _are_one(last: Mark, mark: Mark) -> bool:
    if not isinstance(last.event, SettingChange) or not isinstance(mark.event, SettingChange):
        return False
    return last.event.key == mark.event.key and mark.column - last.column <= _TOUCHING
