"""Where a run broke: the tensor, the operation, the numbers before. It replaces the fit, which can no longer be
measured."""

from __future__ import annotations

from tui_trainer.dashboard.panels.border import open_panel
from tui_trainer.dashboard.view import FIT, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.text_fitting import wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Autopsy


def draw(found: Autopsy, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    cells = open_panel(FIT, "Autopsy", view, width, height, theme, note=f"iteration {count(found.iteration + 1)}")
    room, rows = width - 4, height - 2
    if room < 4 or rows < 1:
        return cells
    for y, (text, style) in enumerate(_chosen(found, view, room, rows, theme), start=1):
        cells.text(2, y, text, style, width=room)
    return cells


def _chosen(found: Autopsy, view: View, room: int, rows: int, theme: Theme) -> list[tuple[str, int]]:
    """The text and style of each row, in the longest wordings that fit; where none do, lines are left out, none is
    cut."""
    lines: list[list[str]] = []
    for wordings in zip(*_lines(found, view), strict=True):
        lines = [wrapped(text, room) for text in wordings]
        if sum(map(len, lines)) <= rows:
            break
    first, *others = lines
    styled = [(text, theme.critical) for text in first[:rows]]
    if rows - sum(map(len, lines)) >= 2:
        styled.append(("", theme.text))
    for line in others:
        if len(styled) + len(line) <= rows:
            styled += [(text, theme.text) for text in line]
    return styled


def _lines(found: Autopsy, view: View) -> tuple[tuple[str, ...], ...]:
    """The wordings of each line, the longest first; all lines have the same number of them."""
    where, phase = f"{found.tensor} of {found.layer}" if found.layer else found.tensor, found.phase.word
    shortly = where.replace("pre-activation", "z")
    largest, weight, loss = (compact(v, 2) for v in (found.largest_input, found.largest_weight, found.last_loss))
    numbers = f"after {found.operation} of numbers up to {largest}"
    back = f"{view.sign('fix')}: back to iteration {count(found.last_finite)}"
    return (
        (*2 * (f"✗ {phase}: {where} not finite",), f"✗ {phase}: {where}", f"✗ {phase}: {shortly}"),
        (f"{numbers}; {found.limit}", numbers, *2 * (f"{found.operation}(≤{largest})",)),
        (*2 * (f"last finite: loss {loss}, |weight| {weight}",), *2 * (f"loss {loss}, |w| {weight}",)),
        (*2 * (f"{back} with a rate that holds",), back, ""),
    )
