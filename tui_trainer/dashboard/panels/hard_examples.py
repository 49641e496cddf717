"""The list of the examples with the largest losses, and what each column is worth."""

from __future__ import annotations

import numpy as np

from tui_trainer.dashboard.panels.border import write_foot
from tui_trainer.drawing.cells import Cells, fit, text_width
from tui_trainer.drawing.charts.bars import draw_bar
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import ColumnWorth, DataView, HardExamples

_LOSS = 8
"""Cells of a loss."""
_LEAST_VALUES = 16
"""The fewest cells in which the values of an example are told behind it."""
_MOST_BELOW = 3
"""Lines for the values of the chosen example."""
_LEAST_BAR = 6
_NAME_SHARE = 0.4
"""The largest share of the width for the names of columns."""


def draw_examples(
    cells: Cells, picture: HardExamples, data: DataView, chosen: int | None, values_from: int, theme: Theme
) -> None:
    """A line for each example, the worst first, with its values from this character on; the `chosen` one stands out and
    stays in sight."""
    width, rows = cells.width - 4, cells.height - 2
    above = 1 if rows >= 3 else 0
    where = picture.row_word if (picture.line >= 0).any() else "number"
    if above:
        heads = Wordings(f"{'loss':>{_LOSS}}  set    truth → answer", f"{'loss':>{_LOSS}}  truth → answer", "loss")
        _line(cells, 1, heads.fitting(width - text_width(where) - 2), where, theme.muted)
    rows -= above
    below = 0 if chosen is None or not picture.values[chosen] else min(rows // 3, _MOST_BELOW)
    if chosen is not None and below:
        _write_values(cells, picture.values[chosen], below, theme)
    rows -= below
    first = min(max((chosen or 0) - rows // 2, 0), max(len(picture.loss) - rows, 0))
    shown = range(first, min(first + rows, len(picture.loss)))
    truths, answers = ([_value(each[number], data) for number in shown] for each in (picture.truth, picture.answer))
    saying = [
        f"{truth} → {answer}" if truth != answer else f"{truth}, answered so"
        for truth, answer in zip(truths, answers, strict=True)
    ]
    wide = max(map(text_width, saying), default=0)
    for y, (number, truth, answer, said) in enumerate(zip(shown, truths, answers, saying, strict=True), 1 + above):
        of = "valid." if picture.held_out[number] else "train "
        line = int(picture.line[number]) if where != "number" else int(picture.number[number]) + 1
        loss = f"{compact(float(picture.loss[number])):>{_LOSS}}"
        place = count(line) if line >= 0 else "by hand"
        brief = truth if truth == answer else f"{truth}→{answer}"
        words = Wordings(f"{loss}  {of}  {said}", f"{loss}  {said}", f"{loss.strip()} {brief}")
        style = theme.chosen if number == chosen else theme.text if truth != answer else theme.muted
        room = width - text_width(place) - 2
        left = fit(words.fitting(room), room)
        values_at = text_width(left) - text_width(said) + wide + 2
        if left == words[0] and picture.values[number] and room - values_at >= _LEAST_VALUES:
            left = " " * (values_at - text_width(left)) + fit(
                _scrolled(picture.values[number], values_from), room - values_at
            )
            left = words[0] + left
        _line(cells, y, left, place, style)
    some = f"{count(len(picture.loss))} of {count(picture.examples)} examples"
    write_foot(cells, Wordings(f"the worst {some} · del leaves one out", f"the worst {some}", "the worst"), theme)


def _scrolled(values: str, start: int) -> str:
    """The values from a character on; their end stays in sight."""
    start = min(start, max(len(values) - _LEAST_VALUES, 0))
    return f"…{values[start:]}" if start else values


def _write_values(cells: Cells, values: str, rows: int, theme: Theme) -> None:
    """The values of the chosen example on the last rows, cut where they need more."""
    width, y = cells.width - 4, cells.height - 1 - rows
    for row, line in enumerate(limited(wrapped(values, width), rows)):
        cells.text(2, y + row, fit(line, width), theme.cursor, width=width)


def _line(cells: Cells, y: int, left: str, right: str, style: int) -> None:
    end = cells.width - 2
    cells.text(2, y, " " * (end - 2), style)
    cells.text(2, y, left, style, width=max(end - 2 - text_width(right) - 2, 0))
    cells.text(end - text_width(right), y, right, style)


def _value(value: float, data: DataView) -> str:
    """A class by its name, or a number."""
    return data.class_names[int(value)] if data.class_names else compact(float(value))


def draw_columns(cells: Cells, picture: ColumnWorth, theme: Theme) -> None:
    """A bar for each column, with the spread of the shuffles behind its number."""
    width, rows = cells.width - 4, cells.height - 2
    above = 1 if rows >= 3 else 0
    if above:
        loss = compact(picture.loss)
        wordings = Wordings(
            f"how far the loss {loss} rises when a column is shuffled",
            f"rise of the loss {loss} when shuffled",
            "rise of the loss when shuffled",
            "rise of the loss",
        )
        cells.text(2, 1, wordings.fitting(width), theme.muted, width=width)
    shown = min(rows - above, len(picture.names))
    numbers = [
        f"{compact(float(rise), 2)} {theme.sign('±', '+-')} {compact(float(spread), 2)}"
        for rise, spread in zip(picture.rise[:shown], picture.spread[:shown], strict=True)
    ]
    names = [fit(name, max(int(width * _NAME_SHARE), 1)) for name in picture.names[:shown]]
    left, right = (max(map(text_width, texts), default=0) for texts in (names, numbers))
    bar = width - left - right - 2
    largest = float(np.max(picture.rise, initial=0.0)) or 1.0
    for number in range(shown):
        y, rise = 1 + above + number, float(picture.rise[number])
        matters = rise > 2 * float(picture.spread[number])
        cells.text(2, y, names[number], theme.text if matters else theme.muted)
        if bar >= _LEAST_BAR:
            draw_bar(cells, 3 + left, y, bar, max(rise, 0.0) / largest, theme.good if matters else theme.muted, theme)
        cells.text(cells.width - 2 - right, y, f"{numbers[number]:>{right}}", theme.text if matters else theme.muted)
    of = f"{count(picture.examples)} {picture.of} examples"
    more = f"{len(picture.names) - shown} more below · " if shown < len(picture.names) else ""
    shuffles = f"{picture.shuffles} shuffles each"
    write_foot(cells, Wordings(f"{more}{of}, {shuffles}", f"{more}{of}", of, picture.of), theme)
