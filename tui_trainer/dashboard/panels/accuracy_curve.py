"""The share of right predictions by iteration, measured at evaluations on the training set and on the validation
set."""

from __future__ import annotations

from itertools import product

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.panels.arm_curves import ArmCurve, measured_curves
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.legend import LegendEntry, draw_legend_lines
from tui_trainer.dashboard.panels.race_curves import arms_legend, draw_arms
from tui_trainer.dashboard.panels.scale import curves_of
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
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import Axis, value_axis
from tui_trainer.drawing.charts.dashes import DASHED, DOTTED, sample
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.setting import SEED
from tui_trainer.telemetry import Evaluation, Losses, Snapshot
from tui_trainer.wording import percent

_TITLE = 18
"""Cells of the upper border for the title and its ends."""
_MEASURES = {"validation": "validation_accuracy", "training": "train_accuracy"}
"""Set → its measure in `Evaluation`, the more telling set first."""


def has_accuracy(snapshot: Snapshot) -> bool:
    """Whether any arm predicts classes."""
    return any(_known(each, kind).any() for each in curves_of(snapshot) for kind in _MEASURES)


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size, in place of the loss."""
    kind = next((kind for kind in _MEASURES if any(_known(each, kind).any() for each in curves_of(snapshot))), "")
    of = f"{kind} set · " if snapshot.arms and kind else ""
    note = Wordings(f"{of}% right", "% right").fitting(width - _TITLE) if kind else ""
    cells = open_panel(LOSS, "Accuracy", view, width, height, theme, note=note)
    room, rows = width - 2, height - 2
    if room < 8 or rows < 2:
        return cells
    if not kind:
        sign = view.sign("next_curve")
        say(cells, f"No accuracy: only answers that are classes can be right. {sign} goes on.", theme.muted)
        return cells
    constant = constant_accuracy(snapshot, kind)
    axis = _axis(snapshot, constant)
    lines = _legend(snapshot, kind, room - 2, rows, theme)
    plot = time_plot(snapshot, room, rows - len(lines), axis, theme)
    if constant is not None:
        ends = np.array([plot.horizontal.low, plot.horizontal.high])
        plot.line(ends, np.full(2, 100 * constant), theme.muted, dash=DOTTED, thin=True, letter=".")
    if snapshot.abandoned is not None:
        plot.line(*_percent(snapshot.abandoned, kind), theme.faint, last=True, dash=DASHED, thin=True, letter="~")
    if snapshot.arms:
        draw_arms(plot, snapshot, _of_arms(snapshot, kind))
    else:
        _draw_one(plot, snapshot)
    if constant is not None:
        _name_level(plot, constant)
    if view.iteration_at_cursor is not None:
        plot.upright(view.iteration_at_cursor, "│", theme.cursor, over=True)
    cells.paste(plot.cells, 1, 1 + len(lines))
    reading = None if view.iteration_at_cursor is None else _reading(snapshot, view.iteration_at_cursor, kind)
    draw_legend_lines(cells, lines, theme, reading)
    return cells


def constant_accuracy(snapshot: Snapshot, kind: str) -> float | None:
    """The share of this set that is right for the constant prediction, the commonest class of the training set; None
    where the arms have different data."""
    data = snapshot.data
    if data is None:
        return None
    labels = data.validation_targets if kind == "validation" else data.targets
    own = any(lived.key == SEED or lived.key.startswith("data.") for arm in snapshot.arms for lived in arm.differs)
    if own or data.task != "classification" or not len(data.targets) or not len(labels):
        return None
    classes, counts = np.unique(data.targets, return_counts=True)
    return float((labels == classes[counts.argmax()]).mean())


def _best(snapshot: Snapshot) -> tuple[Evaluation, float] | None:
    """The best evaluation up to the moment shown, as on every panel, and its validation accuracy; None where there is
    none."""
    best = evaluations_shown(snapshot).best
    return None if best is None or best.validation_accuracy is None else (best, best.validation_accuracy)


def _shares(losses: Losses, kind: str) -> Floats:
    """(n,), at the evaluations; NaN where there is none."""
    return np.asarray(getattr(losses.evaluations, _MEASURES[kind]))


def _known(losses: Losses, kind: str) -> NDArray[np.bool_]:
    return np.isfinite(_shares(losses, kind))


def _percent(losses: Losses, kind: str) -> tuple[Floats, Floats]:
    """Iterations and percentages at the evaluations that measured them."""
    known = _known(losses, kind)
    return losses.evaluations.positions[known], 100 * _shares(losses, kind)[known]


def _of_arms(snapshot: Snapshot, kind: str) -> list[ArmCurve]:
    """Percentages of all arms."""
    curves = measured_curves(snapshot, _MEASURES[kind])
    return [structs.replace(curve, values=100 * curve.values) for curve in curves]


def _axis(snapshot: Snapshot, constant: float | None) -> Axis:
    """Round limits from the lowest of the curves to 100 %: nothing is above it."""
    shown = [_percent(each, kind)[1] for each, kind in product(curves_of(snapshot), _MEASURES)]
    shown += [curve.values for kind in _MEASURES for curve in (_of_arms(snapshot, kind) if snapshot.arms else ())]
    if snapshot.abandoned is not None:
        shown += [_percent(snapshot.abandoned, kind)[1] for kind in _MEASURES]
    return value_axis(np.concatenate([*shown, [100.0], [] if constant is None else [100 * constant]]))


def _draw_one(plot: Plot, snapshot: Snapshot) -> None:
    """Both curves of one run; what comes after a past moment is dimmed."""
    theme = plot.theme
    now = snapshot.past.iteration if snapshot.past else np.inf
    draw_moment(plot, snapshot)
    held_out = _percent(snapshot.losses, "validation")
    draw_validation_line(plot, *held_out, until=now)
    x, y = _percent(snapshot.losses, "training")
    plot.line(x, y, theme.train, last=True, over=True, until=now, after=theme.faint)
    draw_validation_points(plot, *held_out, until=now)
    if (found := _best(snapshot)) is not None:
        best, share = found
        plot.points([best.position], [100 * share], "▲", theme.best)
    draw_events(plot, snapshot)


def _name_level(plot: Plot, constant: float) -> None:
    """Label the line of the constant prediction in the nearest free row, as far to the right as it fits."""
    value, sign = f"{percent(constant, 1)}", plot.theme.sign(sample(DOTTED, 2), "..")
    line = int(plot.row(100 * constant))
    for words in (f"always the commonest class: {value}", f"commonest class: {value}", f"constant: {value}", value):
        text = f"{sign} {words}"
        width = text_width(text)
        starts = range(plot.cells.width - width, plot.left - 1, -1)
        for row in sorted(range(plot.rows), key=lambda row: abs(row - line)):
            start = next((start for start in starts if plot.is_free(row, start - 1, width + 2)), None)
            if start is not None:
                plot.cells.text(start, row, text, plot.theme.muted)
                return


def _legend(snapshot: Snapshot, kind: str, room: int, rows: int, theme: Theme) -> list[list[LegendEntry]]:
    """The legend, in as many lines as there is room for."""
    after = abandoned_entries(snapshot, theme)
    if snapshot.arms:
        return arms_legend(snapshot, after, room, rows, theme)
    if rows < 5:
        return []
    entries = [LegendEntry(theme.sign("━━", "**"), theme.train, Wordings("training set", "training", "train"))]
    if kind == "validation":
        entries.append(
            LegendEntry(validation_sign(theme), theme.validation, Wordings("validation set", "validation", "val."))
        )
    if (found := _best(snapshot)) is not None:
        best, share = found
        value = f"best {percent(share, 1)}"
        entries.append(LegendEntry("▲", theme.best, Wordings(f"{value} at {count(best.iteration)}", value, "best")))
    return [[*entries, *after]]


def _reading(snapshot: Snapshot, cursor: int, kind: str) -> Wordings:
    """The accuracies at the last evaluation up to the cursor."""
    at = f"at {count(cursor)}"
    if snapshot.arms:
        values = [f"{curve.arm.letter} {_share_at(curve, cursor)}" for curve in _of_arms(snapshot, kind)]
        focused = next(value for arm, value in zip(snapshot.arms, values, strict=True) if arm.focused)
        return Wordings.joined((at, f"{kind} set", *values), (at, *values), (at, focused), (focused,))
    evaluations = snapshot.losses.evaluations
    before = int(np.searchsorted(evaluations.iteration, cursor, side="right")) - 1
    if before < 0:
        return Wordings(at)
    when = int(evaluations.iteration[before])
    shares = {each: float(_shares(snapshot.losses, each)[before]) for each in reversed(_MEASURES)}
    known = [(each, percent(share, 1)) for each, share in shares.items() if np.isfinite(share)]
    of = "" if when == cursor else f" (of {count(when)})"
    long, short, bare = ([f"{each[:n]}{'.' if n else ''} {value}" for each, value in known] for n in (None, 5, 3))
    values = [value for _, value in known]
    wordings = Wordings.joined((at, *long), (at, *short), (count(cursor), *bare), values, values[-1:])
    return Wordings(wordings[0] + of, *wordings)


def _share_at(curve: ArmCurve, cursor: int) -> str:
    known = np.isfinite(curve.values)
    before = int(np.searchsorted(curve.iterations[known], cursor, side="right")) - 1
    return percent(float(curve.values[known][before]) / 100, 1) if before >= 0 else "–"
