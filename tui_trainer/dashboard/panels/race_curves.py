"""The curves of all arms of a race in one plot, of the loss that decides.

Each arm has a dash and a letter of its own, not only a colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.dashboard import smoothing
from tui_trainer.dashboard.arm_labels import arm_wordings, beginnings, number_of
from tui_trainer.dashboard.panels.arm_curves import ArmCurve, decisive_curves, has_validation
from tui_trainer.dashboard.panels.legend import (
    LegendEntry,
    draw_legend_lines,
    edge_entries,
    in_lines,
    legend_width,
)
from tui_trainer.dashboard.panels.time_plot import draw_events, draw_moment, run_axis, time_plot
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells, fit
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.dashes import DASHED, DASHES, DOTTED, sample
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import ArmView, Snapshot, Status, trailing_mean

_ROOM = (90, 18)
"""Columns and rows from which the mini-batches' losses are drawn behind the others."""
PIECE = 3
"""Cells of a piece of line that shows its dash."""
_CUT = 4
"""Cells to which a name is cut."""
_TWO_LINES = 9
"""Rows from which a legend may take two lines."""
_OVER = 1 + 1e-9


def draw_overlay(
    cells: Cells, snapshot: Snapshot, view: View, axis: Axis, theme: Theme, reading: Wordings | None
) -> None:
    """Fill the loss panel `cells`: a legend where there is room, and the plot."""
    room, rows = cells.width - 2, cells.height - 2
    left = snapshot.abandoned
    window = smoothing.window(snapshot, view.smoothing)
    with_batches = room >= _ROOM[0] and rows >= _ROOM[1]
    more = []
    if with_batches:
        batches = smoothing.words(snapshot, window, several=run_axis(snapshot).high > 2 * room)
        more.append(LegendEntry(theme.sign(sample(DOTTED, 1), "."), theme.faint, batches.prefixed("batches: ")))
    if left is not None:
        more.append(LegendEntry(theme.sign(sample(DASHED, 1), "-"), theme.muted, Wordings("abandoned", "left")))
    more += edge_entries(
        axis, np.concatenate([curve.values for curve in decisive_curves(snapshot)]), theme.muted, theme
    )
    lines = arms_legend(snapshot, more, room - 2, rows, theme)
    above = len(lines)
    plot = time_plot(snapshot, room, rows - above, axis, theme)
    if with_batches:
        for arm in snapshot.arms:
            x, means = arm.losses.batch.positions, trailing_mean(arm.losses.batch, window).mean
            seen = np.where(means >= plot.vertical.low, _inside(plot, means), np.nan)
            plot.line(x, seen, theme.faint, thin=True, dash=DOTTED, letter=".")
    if left is not None:
        y = left.evaluations.validation_loss if has_validation(snapshot) else left.evaluations.train_loss
        x = left.evaluations.positions
        plot.line(x, _inside(plot, y), theme.faint, last=True, dash=DASHED, thin=True, letter="-")
    draw_arms(plot, snapshot, decisive_curves(snapshot))
    if view.iteration_at_cursor is not None:
        plot.upright(view.iteration_at_cursor, "│", theme.cursor, over=True)
    cells.paste(plot.cells, 1, 1 + above)
    draw_legend_lines(cells, lines, theme, reading)


def draw_arms(plot: Plot, snapshot: Snapshot, curves: Sequence[ArmCurve]) -> None:
    """Draw the curve of each arm, the focused one on top, its letter at its end, and the marks of time.

    The part that an arm will train again is dimmed; ✗ marks where it diverged.
    """
    theme, ends = plot.theme, []
    for curve in sorted(curves, key=lambda curve: curve.arm.focused):
        arm = curve.arm
        number = number_of(arm.letter)
        style = theme.arm_style(number, arm.focused)
        end = plot.line(
            curve.iterations,
            _inside(plot, curve.values),
            style,
            last=True,
            dash=DASHES[number % len(DASHES)],
            thin=not arm.focused,
            letter=arm.letter,
            until=curve.until,
            after=theme.faint,
        )
        if end is not None:
            ends.append((*end, arm.letter, style))
        if arm.status is Status.DIVERGED:
            plot.points([arm.iteration], [plot.vertical.high], "✗", theme.critical)
    draw_moment(plot, snapshot)
    plot.name_ends(sorted(ends, key=lambda end: end[2]))
    draw_events(plot, snapshot)


def _inside(plot: Plot, y: Floats) -> Floats:
    """`y` with NaN beyond the top of the axis."""
    return np.where(y <= plot.vertical.high * _OVER, y, np.nan)


def arm_sign(letter: str, width: int, theme: Theme) -> str:
    """ "A ━━": the letter of an arm and a piece of its line."""
    dash = DASHES[number_of(letter) % len(DASHES)]
    return f"{letter} {theme.sign(sample(dash, width), letter * width)}".rstrip(" ")


def arms_legend(
    snapshot: Snapshot, more: list[LegendEntry], room: int, rows: int, theme: Theme
) -> list[list[LegendEntry]]:
    """The letter of each arm, a piece of its line and its name, in up to two lines of a panel's `rows`.

    Where even two lines have no room for all of it, the pieces go before the names: the letter stands at the curve too.
    """
    most = 0 if rows < 5 else 1 if rows < _TWO_LINES else 2
    for least, piece in product((False, True), (PIECE, 0)):
        entries = [
            LegendEntry(
                arm_sign(arm.letter, piece, theme), theme.arm_style(number_of(arm.letter), arm.focused), _names(arm)
            )
            for arm in snapshot.arms
        ]
        for lines in range(most if least else min(most, 1), most + 1):
            parted = in_lines([*entries, *more], lines)
            if all(legend_width(line, least=least) <= room for line in parted):
                return parted
    return parted


def _names(arm: ArmView) -> Wordings:
    """The arm's name; then its shortest form cut after a word, then within one ("mom…" between two names is better than
    none); then nothing."""
    wordings = arm_wordings(arm)
    shortest = wordings.fitting(0)
    return wordings.or_else(*beginnings(shortest), fit(shortest, _CUT), "")
