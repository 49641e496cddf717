"""The curves of all arms of a race in one plot, of the loss that the verdict judges by.

Each has a dash and a letter of its own, not only a colour.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import ArmView, Snapshot, Status, trailing_mean
from tui_trainer.tui import smoothing
from tui_trainer.tui.arms import number_of, ways_to_tell
from tui_trainer.tui.cells import Cells, fit, text_width
from tui_trainer.tui.charts.axis import Axis, value_axis
from tui_trainer.tui.charts.dashes import DASHED, DASHES, DOTTED, sample
from tui_trainer.tui.charts.numbers import short_count
from tui_trainer.tui.charts.plot import Plot
from tui_trainer.tui.panels.legend import Entry, draw_legend, in_lines, legend_width
from tui_trainer.tui.panels.marks import draw_events, draw_moment, loss_iterations, run_axis
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View

Floats = NDArray[np.float64]
Curve = tuple[Floats, Floats]
"""Iterations (n,), losses (n,)."""

FAR = 4.0
"""A loss so many times the first one leaves the picture at the top: it would flatten all others."""
_ROOM = (90, 18)
"""Columns and rows from which the mini-batches' losses find room behind the others."""
PIECE = 3
"""Cells of a line's piece that tell its pattern from all others."""
_CUT = 4
"""Cells of a name that is cut."""
_TWO_LINES = 9
"""Rows from which a legend may take two of them."""
_OVER = 1 + 1e-9


def race_axis(curves: Sequence[Curve], log_y: bool) -> Axis:
    """Round limits around the curves of all arms, but not around what runs away."""
    values = np.concatenate([y for _, y in curves])
    first = max((float(y[0]) for _, y in curves if len(y) and np.isfinite(y[0])), default=np.inf)
    return value_axis(values[values <= FAR * first], logarithmic=log_y)


def decisive_kind(snapshot: Snapshot) -> tuple[str, ...]:
    """The loss that the verdict on a race judges by, and that its curves show: ways to call it, the longest first."""
    return ("validation loss", "validation", "valid.") if held_out(snapshot) else ("training loss", "training", "train")


def decisive_axis(snapshot: Snapshot, log_y: bool) -> Axis:
    """The axis of the loss panel."""
    return race_axis(evaluation_curves(snapshot, validation=held_out(snapshot)), log_y)


def evaluation_curves(snapshot: Snapshot, *, validation: bool) -> list[Curve]:
    """The validation loss of every arm at its evaluations, or the training loss."""
    return [_with_now(arm, validation=validation) for arm in snapshot.arms]


def held_out(snapshot: Snapshot) -> bool:
    """Whether there is a validation loss, by which a race is then judged."""
    return any(np.isfinite(arm.losses.evaluations.validation_loss).any() for arm in snapshot.arms)


def _with_now(arm: ArmView, *, validation: bool) -> Curve:
    """The evaluations of an arm, and that of the very moment: the number in the table is a point of the curve."""
    evaluations, now = arm.losses.evaluations, arm.evaluation
    x = evaluations.iteration.astype(np.float64)
    y = evaluations.validation_loss if validation else evaluations.train_loss
    if now is None:
        return x, y
    place = int(np.searchsorted(x, now.iteration))
    if place < len(x) and x[place] == now.iteration:
        return x, y
    loss = now.validation_loss if validation else now.train_loss
    return np.insert(x, place, now.iteration), np.insert(y, place, np.nan if loss is None else loss)


def draw_overlay(cells: Cells, snapshot: Snapshot, view: View, axis: Axis, theme: Theme) -> None:
    """Fill the loss panel `cells`: a legend where there is room, and the plot."""
    room, rows = cells.width - 2, cells.height - 2
    left = snapshot.abandoned
    window = smoothing.window(snapshot, view.smoothing)
    with_batches = room >= _ROOM[0] and rows >= _ROOM[1]
    more = []
    if with_batches:
        batches = smoothing.words(snapshot, window)
        more.append(Entry(theme.sign(sample(DOTTED, 1), "."), theme.faint, tuple(f"batches: {way}" for way in batches)))
    if left is not None:
        more.append(Entry(theme.sign(sample(DASHED, 1), "-"), theme.muted, ("abandoned", "left")))
    most = 0 if rows < 5 else 1 if rows < _TWO_LINES else 2
    lines = _legend(snapshot, more, room - 2, most, theme)
    above = len(lines)
    plot = Plot(room, rows - above, run_axis(snapshot), axis, theme, label=short_count)
    if with_batches:
        for arm in snapshot.arms:
            means = trailing_mean(arm.losses.batch, window).mean
            plot.line(
                loss_iterations(arm.losses.batch), _inside(plot, means), theme.faint, thin=True, dash=DOTTED, letter="."
            )
    if left is not None:
        y = left.evaluations.validation_loss if held_out(snapshot) else left.evaluations.train_loss
        x = left.evaluations.iteration.astype(np.float64)
        plot.line(x, _inside(plot, y), theme.faint, last=True, dash=DASHED, thin=True, letter="-")
    draw_arms(plot, snapshot, evaluation_curves(snapshot, validation=held_out(snapshot)))
    if view.cursor is not None:
        plot.upright(view.cursor, "│", theme.cursor, over=True)
    cells.paste(plot.cells, 1, 1 + above)
    for number, line in enumerate(lines):
        if number or view.cursor is None:  # what the cursor reads takes the place of the first
            draw_legend(cells, 1 + number, line, theme)


def draw_arms(plot: Plot, snapshot: Snapshot, curves: Sequence[Curve]) -> None:
    """The curve of each arm, the focused one on top, its letter at its end, and the marks of time.

    What an arm has yet to live through again is dimmed; where it diverged stands ✗.
    """
    theme, ends = plot.theme, []
    for arm, (x, y) in sorted(zip(snapshot.arms, curves, strict=True), key=lambda pair: pair[0].focused):
        number = number_of(arm.letter)
        packed = theme.arm_style(number, arm.focused)
        until = x[x <= arm.iteration]
        end = plot.line(
            x,
            _inside(plot, y),
            packed,
            last=True,
            dash=DASHES[number % len(DASHES)],
            thin=not arm.focused,
            letter=arm.letter,
            until=float(until[-1]) if len(until) else -np.inf,
            after=theme.faint,
        )
        if end is not None:
            ends.append((*end, arm.letter, packed))
        if arm.status is Status.DIVERGED:
            plot.points([arm.iteration], [plot.vertical.high], theme.sign("✗", "X"), theme.critical)
    draw_moment(plot, snapshot)
    plot.name_ends(sorted(ends, key=lambda end: end[2]))
    draw_events(plot, snapshot)


def _inside(plot: Plot, y: Floats) -> Floats:
    """`y` without what lies beyond the top of the axis."""
    return np.where(y <= plot.vertical.high * _OVER, y, np.nan)


def arm_sign(letter: str, width: int, theme: Theme) -> str:
    """A ━━: the letter of an arm and a piece of its line."""
    dash = DASHES[number_of(letter) % len(DASHES)]
    return f"{letter} {theme.sign(sample(dash, width), letter * width)}".rstrip(" ")


def _legend(snapshot: Snapshot, more: list[Entry], room: int, most: int, theme: Theme) -> list[list[Entry]]:
    """The letter of each arm, a piece of its line and what makes it another run, in up to `most` lines.

    Where a second line does not make room for the pieces, the letters stay.
    """
    for piece in (PIECE, 0):
        entries = [
            Entry(
                arm_sign(arm.letter, piece, theme),
                theme.arm_style(number_of(arm.letter), arm.focused),
                (*ways_to_tell(arm), *_beginning(arm), ""),
            )
            for arm in snapshot.arms
        ]
        for lines in range(min(most, 1), most + 1):
            parted = in_lines([*entries, *more], lines)
            if lines == most or all(legend_width(line) <= room for line in parted):
                break
        if all(legend_width(line, least=True) <= room for line in parted):
            break
    return parted


def _beginning(arm: ArmView) -> tuple[str, ...]:
    """The shortest way to tell an arm, cut: rather "mom…" between two names than none."""
    shortest = (*ways_to_tell(arm), "")[-2:][0]
    return (fit(shortest, _CUT),) if text_width(shortest) > _CUT else ()
