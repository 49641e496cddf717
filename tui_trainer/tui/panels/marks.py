"""What stands in every plot over time besides its curves: changes of settings with their labels, the moment shown."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.telemetry import Event, SettingChange, Snapshot
from tui_trainer.tui.cells import text_width
from tui_trainer.tui.charts.axis import Axis, time_axis
from tui_trainer.tui.charts.plot import Plot


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
    """A dotted upright where something was changed, its label at the top unless it would touch the next one."""
    taken = plot.cells.width
    for event in reversed(_merged(plot, snapshot.events)):
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


def _merged(plot: Plot, events: tuple[Event, ...]) -> list[Event]:
    """Changes of one setting that follow each other too close for two labels as one, from the first to the last."""
    merged: list[Event] = []
    before = 0.0
    for event, column in zip(events, plot.column([event.iteration for event in events]).tolist(), strict=True):
        last, apart, before = merged[-1] if merged else None, column - before, column
        if (
            isinstance(event, SettingChange)
            and isinstance(last, SettingChange)
            and event.key == last.key
            and apart <= text_width(last.label) + 1
        ):
            label = f"{last.label.partition(' → ')[0]} → {event.label.rpartition(' ')[2]}"
            merged[-1] = structs.replace(event, label=label, old=last.old)
        else:
            merged.append(event)
    return merged


def draw_moment(plot: Plot, snapshot: Snapshot) -> None:
    """An upright at the moment that is shown, where that is in the past."""
    if snapshot.past is not None:
        plot.upright(snapshot.past.iteration, "┃", plot.theme.fresh, over=True)
