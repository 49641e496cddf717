"""The cursor of the data panel: a point at which the network can be asked, and an example put or taken away."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.view import Act, KeyAction, Outcome, View, focus, viewing
from tui_trainer.drawing.charts.axis import Axis, round_down, value_axis
from tui_trainer.drawing.charts.numbers import compact, plain
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.telemetry import Asked, Curve, DataView, DecisionMap, HardExamples, Snapshot
from tui_trainer.telemetry.commands import AddExample, LeaveOut

POINT = "point"
"""The owner of arrows and enter while the cursor is out."""

NO_PLANE = "these data have no plane for a cursor"

_STEPS = (30, 15)
"""Steps of the cursor across and up the picture, at least: round ones, so that a person can meet round numbers."""
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
    if data is not None and isinstance(picture, DecisionMap) and len(data.input_names) == len(picture.axes):
        return Plane(*(Axis(low, high) for low, high in zip(picture.low, picture.high, strict=True)))
    if data is not None and isinstance(picture, Curve):
        return Plane(Axis(float(np.min(picture.x)), float(np.max(picture.x))), values_of_curve(data))
    return None


def start(snapshot: Snapshot, view: View) -> tuple[float, float] | None:
    """The middle of the picture."""
    if snapshot.data is not None and isinstance(snapshot.data.picture, HardExamples):
        return 0.0, 0.0
    area = plane(snapshot.data)
    return area and area.snapped((area.across.low + area.across.high) / 2, (area.up.low + area.up.high) / 2)


def at_cursor(view: View) -> tuple[float, float] | None:
    """The point that the cursor is on."""
    return view.cursor if isinstance(view.cursor, tuple) else None


def chosen_example(view: View) -> int | None:
    """The line of a list of examples that the cursor is on, from 0."""
    point = at_cursor(view)
    return None if point is None else int(-point[1])


def reading(data: DataView, point: tuple[float, float]) -> Wordings:
    """Where the cursor is, the prediction if it was asked for there, and the nearest training example."""
    inputs = point[: len(data.input_names)]
    where = _where(point)
    if data.asked is not None and data.asked.inputs == inputs:
        prediction = _prediction(data.asked, data)
        return Wordings(f"asked at {_where(inputs)}: {prediction}", f"{_where(inputs)}: {prediction}", prediction)
    near = _nearest(data, point)
    if near is None:
        return Wordings(where)
    what = data.class_names[int(data.targets[near])] if data.class_names else compact(data.targets[near])
    return Wordings(
        f"{where} · nearest: {what} at {_where(data.inputs[near].tolist())}", f"{where} · near: {what}", where
    )


def _where(inputs: tuple[float, ...] | list[float]) -> str:
    return f"({', '.join(plain(value, 3) for value in inputs)})"


def _prediction(asked: Asked, data: DataView) -> str:
    p = [float(each) for each in asked.prediction]
    if not data.class_names:
        return f"answer {compact(p[0])}"
    if len(p) == 1:
        return f"{data.class_names[1]} {compact(p[0])}"
    likely = sorted(range(len(p)), key=lambda number: -p[number])[:2]
    return ", ".join(f"{data.class_names[number]} {compact(p[number])}" for number in likely)


def _nearest(data: DataView, point: tuple[float, float]) -> int | None:
    """The number of the training example nearest to `point`, if it is near."""
    area = plane(data)
    if area is None or not len(data.inputs):
        return None
    rows = data.inputs if data.inputs.shape[1] == 2 else np.column_stack([data.inputs[:, 0], data.targets])
    distance = np.hypot(
        *((rows[:, n] - point[n]) / (axis.high - axis.low) for n, axis in enumerate((area.across, area.up)))
    )
    nearest = int(np.argmin(distance))
    return nearest if distance[nearest] <= _NEAR else None


def _move(across: int, up: int) -> Act:
    def moved(snapshot: Snapshot, view: View) -> View:
        area, point = plane(snapshot.data), at_cursor(view)
        listed = None if snapshot.data is None else snapshot.data.picture
        if point is not None and isinstance(listed, HardExamples):
            return structs.replace(view, cursor=(0.0, min(max(point[1] + up, 1.0 - len(listed.loss)), 0.0)))
        if area is None or point is None:
            return view
        x, y = point[0] + across * _step(area.across, _STEPS[0]), point[1] + up * _step(area.up, _STEPS[1])
        return structs.replace(view, cursor=area.snapped(x, y))

    return viewing(moved)


def _ask(snapshot: Snapshot, view: View) -> View:
    point, data = at_cursor(view), snapshot.data
    if point is None or data is None:
        return view
    asked = point[: len(data.input_names)]
    return structs.replace(view, request=structs.replace(view.request, asked=asked))


def _no_place(snapshot: Snapshot, view: View) -> str:
    is_list = snapshot.data is not None and isinstance(snapshot.data.picture, HardExamples)
    return "a list has no place to ask about" if is_list and at_cursor(view) is not None else ""


def _put(digit: int) -> Act:
    def put(snapshot: Snapshot, view: View) -> Outcome:
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
        line = min(chosen_example(view) or 0, len(data.picture.number) - 1)
        return None if data.picture.held_out[line] else int(data.picture.number[line])
    return _nearest(data, point)


def _remove(snapshot: Snapshot, view: View) -> Outcome:
    chosen = _chosen(snapshot, view)
    return view, () if chosen is None else (LeaveOut(chosen),)


def _none_near(snapshot: Snapshot, view: View) -> str:
    if at_cursor(view) is None or _chosen(snapshot, view) is not None:
        return ""
    is_list = snapshot.data is not None and isinstance(snapshot.data.picture, HardExamples)
    return "held-out examples are not learnt from" if is_list else "no training example is near"


def clicked(snapshot: Snapshot, view: View, column: int, row: int, rect: Rect) -> tuple[View, str]:
    """A click on a map puts the cursor there."""
    view, area = focus(view, "data"), plane(snapshot.data)
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
              where=(POINT,), footer="cursor", signs="←→↑↓", rank=2, own="Data: move the cursor to the left."),
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
