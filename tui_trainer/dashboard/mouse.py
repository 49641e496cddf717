"""The meaning of a click or of a turn of the wheel: another view, an action of the keymap, or both."""

from __future__ import annotations

from collections.abc import Mapping

from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import View, focus
from tui_trainer.telemetry import Snapshot

Meaning = tuple[View, str]
"""The next view, and the id of the action to perform then; "" for none."""


def clicked(rectangles: Mapping[str, Rect], x: int, y: int, snapshot: Snapshot, view: View) -> Meaning:
    """A click on the cell (x, y) of a frame with these rectangles."""
    for name, rect in rectangles.items():
        kind, _, which = name.partition(":")
        if not rect.contains(x, y):
            continue
        if kind in ("key", "action"):
            return view, which
        if kind == "tab":
            return focus(view, which), ""
        click = PANELS[name].click
        return click(snapshot, view, x - rect.x, y - rect.y, rect) if click else (focus(view, name), "")
    return view, ""


def wheeled(rectangles: Mapping[str, Rect], x: int, y: int, view: View, direction: int) -> Meaning:
    """A turn of the wheel up (-1) or down (1) over the cell (x, y)."""
    for name, panel in PANELS.items():
        if panel.wheel and name in rectangles and rectangles[name].contains(x, y):
            return focus(view, name), panel.wheel[direction > 0]
    return view, ""
