"""The predictions of a regression beside the truth, or their errors."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.panels.border import write_foot
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.axis import value_axis
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.charts.plot import Plot
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Agreement


def draw_agreement(cells: Cells, picture: Agreement, theme: Theme) -> None:
    """Draw predictions over truth, where right ones lie on the diagonal, or errors over predictions."""
    below = 1 if cells.height >= 7 else 0
    truth, answer = (np.asarray(each, dtype=np.float64) for each in (picture.truth, picture.answer))
    if picture.residuals:
        _draw_errors(cells, picture.of, answer, answer - truth, below, theme)
        return
    # The truth sets the scale: diverging predictions leave it, and the diagonal does not move.
    axis = value_axis(truth)
    plot = Plot(cells.width - 2, cells.height - 2 - below, axis, axis, theme)
    ends = np.array([axis.low, axis.high])
    plot.line(ends, ends, theme.faint, letter="/")
    inside = (answer >= axis.low) & (answer <= axis.high)
    more = plot.cloud(truth[inside], answer[inside], "o", theme.class_style(0))
    cells.paste(plot.cells, 1, 1)
    if below:
        wordings = _agreement_words(len(truth), int(np.count_nonzero(~inside)), picture.of)
        cells.text(2, cells.height - 2, wordings.fitting(cells.width - 4), theme.muted, width=cells.width - 4)
    _name_points(cells, picture.of, more, theme)


def _draw_errors(cells: Cells, of: str, answer: Floats, error: Floats, below: int, theme: Theme) -> None:
    """A cloud without a shape around 0 is what is left when all that can be learnt is learnt."""
    finite = np.isfinite(answer)
    answer, error = answer[finite], error[finite]
    size = float(np.abs(error).max(initial=0.0)) or 1.0
    horizontal, vertical = value_axis(answer), value_axis(np.array([-size, size]))
    plot = Plot(cells.width - 2, cells.height - 2 - below, horizontal, vertical, theme)
    plot.line(np.array([horizontal.low, horizontal.high]), np.zeros(2), theme.faint, letter="-")
    more = plot.cloud(answer, error, "o", theme.class_style(0))
    cells.paste(plot.cells, 1, 1)
    if below:
        wordings = Wordings("error ↑ (answer − truth) over answer →", "error ↑ over answer →", "error ↑ answer →")
        cells.text(2, cells.height - 2, wordings.fitting(cells.width - 4), theme.muted, width=cells.width - 4)
    _name_points(cells, of, more, theme)


def _name_points(cells: Cells, of: str, more: str, theme: Theme) -> None:
    """Which examples the points are, and what stands for several (`more`; "" if nothing does)."""
    points = Wordings(f"points: {of} examples", f"points: {of}")
    if more:
        points = Wordings(
            f"points: {of} examples, {more} several of them",
            f"points: {of}, {more} several",
            f"{of}, {more} several",
            f"{of}, {more} more",
        )
    write_foot(cells, points, theme)


def _agreement_words(examples: int, beyond: int, of: str) -> Wordings:
    """What the plot shows, and how many of its points lie beyond its edge."""
    if not beyond:
        return Wordings(
            f"answer ↑ over truth →, {count(examples)} {of} examples", "answer ↑ over truth →", "answer ↑ truth →"
        )
    share = f"{count(beyond)} of {count(examples)}"
    lie = "lies" if beyond == 1 else "lie"
    return Wordings(
        f"answer ↑ over truth → · {count(beyond)} of the {count(examples)} {of} examples {lie} beyond the edge",
        f"answer ↑ truth → · {share} {of} examples beyond the edge",
        f"answer ↑ truth → · {share} beyond the edge",
        f"{share} beyond the edge",
        f"{share} beyond",
    )
