"""What stands in every plot over time besides its curves: changes of settings with their labels, the moment shown."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.telemetry import Event, SettingChange, Snapshot
from tui_trainer.tui.cells import text_width
from tui_trainer.tui.charts.axis import Axis, time_axis
from tui_trainer.tui.charts.plot import Plot

_MOST_VALUES = 3
"""Values of one setting in one label; of more, the first and the last."""


def run_axis(snapshot: Snapshot) -> Axis:
    """Iterations from the start to beyond all that is drawn: the newest, other arms, the future that was left."""
    counts = [snapshot.iteration, snapshot.losses.batch.count]
    counts += [arm.losses.batch.count for arm in snapshot.arms]
    if snapshot.past is not None:
        counts.append(snapshot.past.newest)
    if snapshot.abandoned is not None:
        counts.append(snapshot.abandoned.batch.count)
    return time_axis(max(counts), snapshot.target_iterations)


def draw_events(plot: Plot, snapshot: Snapshot) -> None:
    """A dotted upright where something happened, and its label beside it where that covers nothing.

    Of two labels that would touch, the younger one stays; that of a setting before one that only tells how the run
    ended.
    """
    for event in snapshot.events:
        plot.upright(event.iteration, "┆", plot.theme.event)
    marks = [(plot.upright(event.iteration, "┆", plot.theme.event), event) for event in _merged(plot, snapshot.events)]
    for column, event in sorted(marks, key=lambda mark: (not isinstance(mark[1], SettingChange), -mark[1].iteration)):
        width = text_width(event.label)
        for start in (column + 1, column - width - 1):
            row = plot.free_row(start, width)
            if row is not None:
                plot.cells.text(start, row, event.label, plot.theme.event)
                break


def _merged(plot: Plot, events: tuple[Event, ...]) -> list[Event]:
    """Changes of one setting that follow each other too close for two labels under one: all values, or first and last.

    It stands at the last of them, where it is in force from.
    """
    merged: list[Event] = []
    before = 0
    for event, column in zip(events, plot.column([event.iteration for event in events]).astype(int), strict=True):
        last, apart, before = merged[-1] if merged else None, int(column) - before, int(column)
        if (
            not isinstance(event, SettingChange)
            or not isinstance(last, SettingChange)
            or event.key != last.key
            or apart > text_width(last.label) + 1
        ):
            merged.append(event)
            continue
        if apart or last.old != event.new:
            first, *values = last.label.split(" → ")
            if not apart:
                values.pop()  # in force too shortly to be seen
            between = values if len(values) < _MOST_VALUES else ["…"]
            label = " → ".join([first, *between, event.label.rpartition(" → ")[2]])
            event = structs.replace(event, label=label, old=last.old)
        merged[-1] = event
    return merged


def draw_moment(plot: Plot, snapshot: Snapshot) -> None:
    """An upright at the moment that is shown, where that is in the past."""
    if snapshot.past is not None:
        plot.upright(snapshot.past.iteration, "┃", plot.theme.fresh, over=True)
