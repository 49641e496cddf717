"""The cursor of the data panel: a point at which the network can be asked, and an example put or taken away."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.view import DATA, Act, KeyAction, Reply, View, focus, viewing
from tui_trainer.drawing.charts.axis import Axis, round_down, value_axis
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import Asked, Curve, DataView, DecisionMap, HardExamples, Snapshot
from tui_trainer.telemetry.commands import AddExample, LeaveOut
from tui_trainer.wording import value_in_words

POINT = "point"
"""The owner of arrows and enter while the cursor is out."""

NO_PLANE = "these data have no plane for a cursor"

_STEPS = (30, 15)
"""Steps of the cursor across and up the picture, at least: round ones, so that a person can meet round numbers."""
_SCROLLED = 12
"""Characters by which the values in a list move at once: about a column of a table."""
_NEAR = 0.15
"""The largest distance of an example that is taken away, as a share of the picture."""


class Plane(NamedTuple):
    """What the cursor moves on: two inputs, or an input and a value."""

    across: Axis
    up: Axis

    def snapped(self, x: float, y: float) -> tuple[float, float]:
        """The nearest position of the cursor."""
        return _snapped(x, self.across, _STEPS[0]), _snapped(y, self.up, _STEPS[1])


def _step(axis: Axis, steps: int) -> float:
    return round_down((axis.high - axis.low) / steps)


def _snapped(value: float, axis: Axis, steps: int) -> float:
    step = _step(axis, steps)
    lowest, highest = math.ceil(axis.low / step), math.floor(axis.high / step)
    return round(min(max(round(value / step), lowest), highest) * step, 10)


def values_of_curve(data: DataView) -> Axis:
    """The vertical axis of a fitted curve. The examples set it: a diverging curve may leave it, and they stay."""
    return value_axis(np.concatenate([data.targets, data.validation_targets]))


def plane(data: DataView | None) -> Plane | None:
    """The plane of the picture that is shown; None for a table or an embedding."""
    picture = None if data is None else data.picture
    if isinstance(picture, DecisionMap):
        return Plane(*(Axis(low, high) for low, high in zip(picture.low, picture.high, strict=True)))
    if data is not None and isinstance(picture, Curve):
        return Plane(Axis(float(np.min(picture.x)), float(np.max(picture.x))), values_of_curve(data))
    return None


def start(snapshot: Snapshot, view: View) -> tuple[float, float] | None:
    """The middle of the picture."""
    if snapshot.data is not None and isinstance(snapshot.data.picture, HardExamples):
        return _of_example(snapshot.data.picture, 0)
    area = plane(snapshot.data)
    return area and area.snapped((area.across.low + area.across.high) / 2, (area.up.low + area.up.high) / 2)


def at_cursor(view: View) -> tuple[float, float] | None:
    return view.cursor if isinstance(view.cursor, tuple) else None


def _of_example(listed: HardExamples, index: int) -> tuple[float, float]:
    """The cursor on an example of a list: its set and its number, so that it stays there when the order changes."""
    return float(listed.held_out[index]), float(listed.number[index])


def chosen_example(listed: HardExamples, view: View) -> int | None:
    """The index in a list of examples of the one that the cursor is on; None if it is not among them any more."""
    point = at_cursor(view)
    if point is None:
        return None
    return next((index for index in range(len(listed.number)) if _of_example(listed, index) == point), None)


def inputs_at(data: DataView, point: tuple[float, float]) -> tuple[float, ...]:
    """All inputs at the cursor, those that a map does not show included."""
    if not isinstance(data.picture, DecisionMap):
        return point[: len(data.input_names)]
    inputs = list(data.picture.others)
    for axis, value in zip(data.picture.axes, point, strict=True):
        inputs[axis] = value
    return tuple(inputs)


def reading(data: DataView, point: tuple[float, float]) -> Wordings:
    """Where the cursor is, the prediction if it was asked for there, and the nearest training example."""
    where = _where(data, point)
    if data.asked is not None and data.asked.inputs == inputs_at(data, point):
        prediction, asked = _prediction(data.asked, data), _where(data, point[: len(data.input_names)])
        return Wordings(f"asked at {asked}: {prediction}", f"{asked}: {prediction}", prediction)
    near = nearest(data, point)
    if near is None:
        return Wordings(where)
    what = data.class_names[int(data.targets[near])] if data.class_names else compact(data.targets[near])
    return Wordings(
        f"{where} · nearest: {what} at {_where(data, data.inputs[near, _axes(data)].tolist())}",
        f"{where} · near: {what}",
        where,
    )


def _where(data: DataView, point: tuple[float, ...] | list[float]) -> str:
    """The inputs that the picture shows; behind that of a curve its value, if the point has one."""
    inputs = [data.in_words(axis, value) for axis, value in zip(_axes(data), point, strict=False)]
    return f"({', '.join(inputs + [value_in_words(value) for value in point[len(inputs) :]])})"


def _prediction(asked: Asked, data: DataView) -> str:
    p = [float(each) for each in asked.prediction]
    if not data.class_names:
        return f"answer {compact(p[0])}"
    if len(p) == 1:
        return f"{data.class_names[1]} {compact(p[0])}"
    likely = sorted(range(len(p)), key=lambda number: -p[number])[:2]
    return ", ".join(f"{data.class_names[number]} {compact(p[number])}" for number in likely)


def _axes(data: DataView) -> list[int]:
    """The inputs that the picture shows, from 0: two of a map, one of a curve."""
    return list(data.picture.axes) if isinstance(data.picture, DecisionMap) else [0]


def nearest(data: DataView, point: tuple[float, float]) -> int | None:
    """The number of the training example nearest to `point`, if it is near."""
    area = plane(data)
    if area is None or not len(data.inputs):
        return None
    rows = data.inputs[:, _axes(data)]
    if len(_axes(data)) == 1:
        rows = np.column_stack([rows, data.targets])
    distance = np.hypot(
        *((rows[:, n] - point[n]) / (axis.high - axis.low) for n, axis in enumerate((area.across, area.up)))
    )
    number = int(np.argmin(distance))
    return number if distance[number] <= _NEAR else None


def _move(across: int, up: int) -> Act:
    def moved(snapshot: Snapshot, view: View) -> View:
        area, point = plane(snapshot.data), at_cursor(view)
        listed = None if snapshot.data is None else snapshot.data.picture
        if point is not None and isinstance(listed, HardExamples):
            if across:
                longest = max(map(len, listed.values), default=0)
                return structs.replace(view, values_from=min(max(view.values_from + across * _SCROLLED, 0), longest))
            chosen = chosen_example(listed, view)
            index = 0 if chosen is None else min(max(chosen - up, 0), len(listed.number) - 1)
            return structs.replace(view, cursor=_of_example(listed, index))
        if area is None or point is None:
            return view
        x, y = point[0] + across * _step(area.across, _STEPS[0]), point[1] + up * _step(area.up, _STEPS[1])
        return structs.replace(view, cursor=area.snapped(x, y))

    return viewing(moved)


def _moves(snapshot: Snapshot, view: View) -> tuple[str, int]:
    """What the arrows do, in the footer."""
    listed = None if snapshot.data is None else snapshot.data.picture
    has_values = isinstance(listed, HardExamples) and any(listed.values)
    return ("row, columns", 1) if has_values else ("cursor", 2)


def _ask(snapshot: Snapshot, view: View) -> View:
    point, data = at_cursor(view), snapshot.data
    if point is None or data is None:
        return view
    return structs.replace(view, request=structs.replace(view.request, asked=inputs_at(data, point)))


def _no_place(snapshot: Snapshot, view: View) -> str:
    is_list = snapshot.data is not None and isinstance(snapshot.data.picture, HardExamples)
    return "a list has no place to ask about" if is_list and at_cursor(view) is not None else ""


def _put(digit: int) -> Act:
    def put(snapshot: Snapshot, view: View) -> Reply:
        point, data = at_cursor(view), snapshot.data
        if point is None or data is None:
            return view, ()
        return view, (AddExample(point, digit) if data.class_names else AddExample(point[:1], point[1]),)

    return put


def _cannot_put(digit: int, snapshot: Snapshot, view: View) -> str:
    data = snapshot.data
    if at_cursor(view) is None:
        return ""
    if _no_place(snapshot, view):
        return "a list has no place for an example"
    if data is not None and len(data.input_names) > 2:
        return "an example here has no value in the other columns"
    if data is None or not data.class_names:
        on_map = data is not None and len(data.input_names) > 1
        return "a point here needs a value, which no digit says" if on_map else ""
    if digit < len(data.class_names):
        return ""
    classes = ", ".join(f"{number} {name}" for number, name in enumerate(data.class_names))
    return f"there is no class {digit}: {classes}"


def _chosen(snapshot: Snapshot, view: View) -> int | None:
    """The number of the training example that the cursor is on, or nearest to; None if there is none."""
    point, data = at_cursor(view), snapshot.data
    if point is None or data is None:
        return None
    if isinstance(data.picture, HardExamples):
        index = chosen_example(data.picture, view)
        return None if index is None or data.picture.held_out[index] else int(data.picture.number[index])
    return nearest(data, point)


def _remove(snapshot: Snapshot, view: View) -> Reply:
    chosen = _chosen(snapshot, view)
    if chosen is None:
        return view, ()
    listed = None if snapshot.data is None else snapshot.data.picture
    if isinstance(listed, HardExamples) and len(listed.number) > 1:
        index = chosen_example(listed, view) or 0
        held_out, number = _of_example(listed, index + 1 if index + 1 < len(listed.number) else index - 1)
        # Training examples behind the one that goes are numbered anew.
        view = structs.replace(view, cursor=(held_out, number - (not held_out and number > chosen)))
    return view, (LeaveOut(chosen),)


def _none_near(snapshot: Snapshot, view: View) -> str:
    if at_cursor(view) is None or _chosen(snapshot, view) is not None:
        return ""
    listed = None if snapshot.data is None else snapshot.data.picture
    if not isinstance(listed, HardExamples):
        return "no training example is near"
    gone = chosen_example(listed, view) is None
    return "the example is no longer among the worst" if gone else "held-out examples are not learnt from"


def clicked(snapshot: Snapshot, view: View, column: int, row: int, rect: Rect) -> tuple[View, str]:
    """A click on a map puts the cursor there."""
    view, area = focus(view, DATA), plane(snapshot.data)
    width, height = map_size(rect.width, rect.height)
    is_inside = 1 <= column <= width and 1 <= row <= height and width > 1 and height > 1
    if area is None or not is_inside or snapshot.data is None or not isinstance(snapshot.data.picture, DecisionMap):
        return view, ""
    x = area.across.low + (area.across.high - area.across.low) * (column - 1) / (width - 1)
    y = area.up.high - (area.up.high - area.up.low) * (row - 1) / (height - 1)
    return structs.replace(view, cursor=area.snapped(x, y)), ""


def map_size(width: int, height: int) -> tuple[int, int]:
    """(columns, lines) of a map in a panel of this size; a higher panel has a line of text below it."""
    return max(width - 2, 1), max(height - 2 - (1 if height >= 7 else 0), 1)


# fmt: off
KEYS = (
    KeyAction("point_left", "left", "point to the left", "Data: move the cursor.", "focus", _move(-1, 0),
              where=(POINT,), footer_now=_moves, signs="←→↑↓", own="Data: move the cursor to the left."),
    KeyAction("point_right", "right", "point to the right", "Data: move the cursor.", "focus", _move(1, 0),
              where=(POINT,), own="Data: move the cursor to the right."),
    KeyAction("point_up", "up", "point up", "Data: move the cursor.", "focus", _move(0, 1),
              where=(POINT,), own="Data: move the cursor up."),
    KeyAction("point_down", "down", "point down", "Data: move the cursor.", "focus", _move(0, -1),
              where=(POINT,), own="Data: move the cursor down."),
    KeyAction("ask", "enter", "ask the network", "Data: the network's answer at the cursor.", "focus", viewing(_ask),
              where=(POINT,), idle=_no_place, footer="ask", rank=1),
    *(KeyAction(f"put_{digit}", str(digit), f"put an example of class {digit}",
                "Data: put an example of this class (or value) at the cursor.", "focus", _put(digit),
                needs="settings", where=(POINT,), footer="" if digit else "put a class", signs="" if digit else "0…9",
                idle=lambda snapshot, view, digit=digit: _cannot_put(digit, snapshot, view),  # type: ignore[misc]
                rank=1, own=f"Data: put an example of class {digit} at the cursor.") for digit in range(10)),
    KeyAction("take_away", "delete backspace", "take an example away", "Data: go on without the nearest example.",
              "focus", _remove, needs="settings", where=(POINT,), idle=_none_near, footer="take away", signs="del",
              rank=1),
)
# fmt: on
