"""The loss curves of all arms of a race in one plot: each has a dash and a letter of its own, not only a colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_trainer.telemetry import ArmView, Snapshot, Status
from tui_trainer.tui.arms import number_of, ways_to_tell
from tui_trainer.tui.cells import Cells, fit, text_width
from tui_trainer.tui.charts.axis import Axis, value_axis
from tui_trainer.tui.charts.dashes import DASHED, DASHES, sample
from tui_trainer.tui.charts.numbers import short_count
from tui_trainer.tui.charts.plot import Plot
from tui_trainer.tui.panels.legend import Entry, draw_legend, in_lines, legend_width
from tui_trainer.tui.panels.marks import draw_events, draw_moment, loss_iterations, run_axis
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import View

Floats = NDArray[np.float64]

FAR = 4.0
"""A loss so many times the first one leaves the picture at the top: it would flatten all others."""
_LETTER_EVERY = 12
"""Columns between two letters of a validation curve."""
_ROOM = (90, 18)
"""Columns and rows from which validation curves find room beside the others."""
PIECE = 3
"""Cells of a line's piece that tell its pattern from all others."""
_CUT = 4
"""Cells of a name that is cut."""
_TWO_LINES = 9
"""Rows from which a legend may take two of them."""
_OVER = 1 + 1e-9


def race_axis(curves: Sequence[Floats], log_y: bool) -> Axis:
    """Round limits around the curves (n,) of all arms, but not around what runs away."""
    values = np.concatenate(curves)
    first = max((float(c[0]) for c in curves if len(c) and np.isfinite(c[0])), default=np.inf)
    return value_axis(values[values <= FAR * first], logarithmic=log_y)


def training_axis(snapshot: Snapshot, log_y: bool) -> Axis:
    """The axis of the loss panel."""
    return race_axis([arm.losses.batch.mean for arm in snapshot.arms], log_y)


def draw_overlay(cells: Cells, snapshot: Snapshot, view: View, axis: Axis, theme: Theme) -> None:
    """Fill the loss panel `cells`: a legend where there is room, and the plot."""
    room, rows = cells.width - 2, cells.height - 2
    arms, left = snapshot.arms, snapshot.abandoned
    held_out = any(np.isfinite(arm.losses.evaluations.validation_loss).any() for arm in arms)
    with_validation = held_out and room >= _ROOM[0] and rows >= _ROOM[1]
    more = []
    if with_validation:
        more.append(Entry(" ".join(arm.letter.lower() for arm in arms), theme.muted, ("validation",)))
    if left is not None:
        more.append(Entry(theme.sign(sample(DASHED, 1), "."), theme.muted, ("abandoned", "left")))
    most = 0 if rows < 5 else 1 if rows < _TWO_LINES else 2
    lines = _legend(snapshot, more, room - 2, most, theme)
    above = len(lines)
    plot = Plot(room, rows - above, run_axis(snapshot), axis, theme, label=short_count)
    if with_validation:
        for arm in arms:
            _draw_validation(plot, arm)
    if left is not None:
        plot.line(loss_iterations(left.batch), left.batch.mean, theme.faint, dash=DASHED, thin=True, letter=".")
    curves = [(loss_iterations(arm.losses.batch), arm.losses.batch.mean) for arm in arms]
    draw_arms(plot, snapshot, curves, smoothing=1 << view.smoothing if view.smoothing else 0)
    if view.cursor is not None:
        plot.upright(view.cursor, "│", theme.cursor, over=True)
    cells.paste(plot.cells, 1, 1 + above)
    for number, line in enumerate(lines):
        if number or view.cursor is None:  # what the cursor reads takes the place of the first
            draw_legend(cells, 1 + number, line, theme)


def draw_arms(plot: Plot, snapshot: Snapshot, curves: Sequence[tuple[Floats, Floats]], *, smoothing: int = 0) -> None:
    """A curve (iterations, values) for each arm, the focused one on top, its letter at its end, and the marks of time.

    What an arm has yet to live through again is dimmed; where it diverged stands ✗.
    """
    theme, top, ends = plot.theme, plot.vertical.high, []
    for arm, (x, y) in sorted(zip(snapshot.arms, curves, strict=True), key=lambda pair: pair[0].focused):
        number = number_of(arm.letter)
        packed = theme.arm_style(number, arm.focused)
        end = plot.line(
            x,
            np.where(y <= top * _OVER, y, np.nan),
            packed,
            smoothing=smoothing,
            dash=DASHES[number % len(DASHES)],
            thin=not arm.focused,
            letter=arm.letter,
            until=arm.iteration,
            after=theme.faint,
        )
        if end is not None:
            ends.append((*end, arm.letter, packed))
        if arm.status is Status.DIVERGED:
            plot.points([arm.iteration], [top], theme.sign("✗", "X"), theme.critical)
    draw_moment(plot, snapshot)
    plot.name_ends(sorted(ends, key=lambda end: end[2]))
    draw_events(plot, snapshot)


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


def _draw_validation(plot: Plot, arm: ArmView) -> None:
    """The small letter along the validation curve, and a faint line through it."""
    evaluations = arm.losses.evaluations
    known = evaluations.validation_loss <= plot.vertical.high
    x, y = evaluations.iteration[known].astype(np.float64), evaluations.validation_loss[known]
    if not len(x):
        return
    plot.line(x, y, plot.theme.faint, thin=True, dash="10", letter=".")
    number = number_of(arm.letter)
    shifted = plot.column(x) + number * (4)
    marked = np.flatnonzero(np.diff(shifted // _LETTER_EVERY, append=np.inf))
    plot.points(x[marked], y[marked], arm.letter.lower(), plot.theme.arm_style(number, arm.focused))
