"""The map of the answers, or of the values of a unit, over two inputs, with the training points on it."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.panels.border import mark_cursor, write_foot
from tui_trainer.dashboard.panels.classes import draw_classes
from tui_trainer.dashboard.panels.colour_scale import draw_scale, scale_wordings
from tui_trainer.dashboard.panels.map_columns import map_foot
from tui_trainer.dashboard.panels.point_cursor import reading
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.charts.axis import Axis
from tui_trainer.drawing.charts.decision import SHADES, DrawnPoints, draw_answers, draw_points, draw_values, several
from tui_trainer.drawing.charts.numbers import compact, count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import DataView, DecisionMap

FEW_DAYS = 10
"""Days (or hours, or minutes) of a map below which their fractions count."""


def draw_map(
    cells: Cells, picture: DecisionMap, data: DataView, cursor: tuple[float, float] | None, theme: Theme
) -> None:
    """Draw the map into a panel; below it the classes or what the points are, and the ranges of the inputs, or what is
    at the `cursor`; in the lower border the scale of a map of values, and which points they are."""
    below = 1 if cells.height >= 7 else 0
    width, height = cells.width - 2, cells.height - 2 - below
    values = np.asarray(picture.values, dtype=np.float64)
    classifies = data.task == "classification"
    scale = Wordings()
    if classifies and picture.title == "answer":
        body = draw_answers(picture.classes, _confidence(values, picture.outputs), width, height, theme)
    else:
        neutral = data.middle if picture.title == "answer" else 0.0
        beside = values - neutral
        most = float(np.abs(beside[np.isfinite(beside)]).max(initial=0.0)) or 1.0
        body = draw_values(beside / most, width, height, theme)
        glyphs = () if theme.coloured else (SHADES, SHADES[::3])
        scale = scale_wordings(compact(neutral - most, 2), compact(neutral + most, 2), *glyphs)
    horizontal = Axis(picture.low[0], picture.high[0])
    vertical = Axis(picture.low[1], picture.high[1])
    points = data.inputs[:, list(picture.axes)]
    columns = horizontal.place(points[:, 0], width)
    rows = height - 1 - vertical.place(points[:, 1], height)
    if classifies:
        drawn = draw_points(body, columns, rows, data.targets.astype(np.int64), theme)
    else:
        drawn = draw_points(body, columns, rows, (data.targets > data.middle).astype(np.int64), theme, marks="-+")
    cells.paste(body, 1, 1)
    if cursor is not None:
        x, y = round(float(horizontal.place(cursor[0], width))), round(float(vertical.place(cursor[1], height)))
        mark_cursor(cells, 1 + x, height - y, theme.sign("┼", "X"), theme)
    names = map_foot(picture, data.input_names, cells.width)
    _write_foot(cells, names, Wordings() if names else scale, _points(drawn, data, theme), theme)
    if below and cursor is not None:
        write_reading(cells, data, cursor, theme)
    elif below:
        corners = _corners(picture, data)
        if classifies:
            x = draw_classes(cells, cells.height - 2, data, theme, answered=picture.answered, areas=True)
        else:
            meet = f"  {several(theme)} both" if drawn.shared else ""
            x = _write_sides(cells, data, meet, scale if names else Wordings(), text_width(corners[-1]), theme)
        ranges = corners.fitting(cells.width - 3 - x)
        start = cells.width - 2 - text_width(ranges)
        if start >= x + 1:
            cells.text(start, cells.height - 2, ranges, theme.muted)


def _points(drawn: DrawnPoints, data: DataView, theme: Theme) -> Wordings:
    """What the points are, and how many of them a person can see."""
    points = len(data.inputs)
    some = "" if drawn.points == points else f"{count(drawn.points)} of "
    places = "" if drawn.cells == drawn.points else f" in {count(drawn.cells)} places"
    number = f"{some}{count(points)} " if some or places else ""
    said = [f"{number}training examples{places}", f"{number}training{places}", "training"]
    if drawn.shared and data.class_names:
        meeting = "both" if len(data.class_names) == 2 else "several"
        said = [f"{each} · {several(theme)} {meeting}" for each in said]
    return Wordings(*(f"points: {each}" for each in said), *said)


def _write_foot(cells: Cells, names: Wordings, scale: Wordings, points: Wordings, theme: Theme) -> None:
    """Write into the lower border the columns of the map, or the scale of its colours, and behind them the points."""
    if names:
        write_foot(cells, Wordings(*(f"{names[0]} · {each}" for each in points), *names), theme)
        return
    write_foot(cells, Wordings(*(f"{each} · {said}" for each in scale for said in points), *scale, *points), theme)
    if scale:
        row = "".join(map(chr, cells.codes[-1]))
        shown = next((each for each in scale if f" {each} " in row), "")
        if shown:
            draw_scale(cells, row.index(shown), cells.height - 1, shown, theme)


def _write_sides(cells: Cells, data: DataView, meet: str, scale: Wordings, aside: int, theme: Theme) -> int:
    """Write what the marks of a regression mean, `meet` included, and the `scale` where the border has no room for it,
    so that `aside` cells are left if possible; return the next column."""
    middle, y, room = compact(data.middle), cells.height - 2, cells.width - 4
    sides, briefly = f"- truth below {middle}  + above {middle}{meet}", f"-+ truth{meet}"
    if scale:
        x = draw_scale(cells, 2, y, scale.fitting(room - text_width(briefly) - 2), theme)
        behind = Wordings(f"  {sides}", f"  {briefly}", "").fitting(room + 2 - x)
        return cells.text(x, y, behind, theme.muted)
    room -= aside if text_width(briefly) + aside < room else 0
    sign = Wordings(f"{sides} · colour: the answer", sides, briefly).fitting(room)
    return cells.text(2, y, sign, theme.muted, width=cells.width - 2)


def _confidence(values: Floats, outputs: int) -> Floats:
    """The distance of a prediction from a guess, 0 to 1: of one probability from 0.5, of several from one in
    `outputs`."""
    if outputs == 1:
        return np.asarray(np.abs(values - 0.5) * 2)
    return np.asarray((values - 1 / outputs) / (1 - 1 / outputs))


def _corners(picture: DecisionMap, data: DataView) -> Wordings:
    """The ranges of the two inputs."""
    ends = zip(picture.axes, picture.low, picture.high, strict=True)
    ranges = "  ".join(f"{data.input_names[axis]} {_range(data, axis, low, high)}" for axis, low, high in ends)
    return Wordings(f"{ranges} ({data.unit})" if data.unit else ranges, ranges)


def _range(data: DataView, axis: int, low: float, high: float) -> str:
    if axis not in data.date_units:
        return f"{compact(low, 2)} … {compact(high, 2)}"
    whole = high - low >= FEW_DAYS  # the margins around the data end at some time of a day
    return " … ".join(data.in_words(axis, round(end) if whole else end) for end in (low, high))


def write_reading(cells: Cells, data: DataView, cursor: tuple[float, float], theme: Theme) -> None:
    """Write below the picture what is at the cursor."""
    room = cells.width - 4
    cells.text(2, cells.height - 2, reading(data, cursor).fitting(room), theme.cursor, width=room)
