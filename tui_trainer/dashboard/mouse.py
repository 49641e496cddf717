"""What a click or a turn of the wheel means: another view, an action of the keymap, or both."""

from __future__ import annotations

from collections.abc import Mapping

from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.view import View, focus

Meaning = tuple[View, str]
"""The view after it, and the id of the action to perform then; "" for none."""


def clicked(places: Mapping[str, Rect], x: int, y: int, view: View) -> Meaning:
    """A click on the cell (x, y) of a picture with these `Frame.places`."""
    for name, rect in places.items():
        kind, _, which = name.partition(":")
        if not rect.contains(x, y):
            continue
        if kind in ("key", "action"):
            return view, which
        if kind == "tab":
            return focus(view, which), ""
        click = PANELS[name].click
        return click(view, y - rect.y, rect.height) if click else (focus(view, name), "")
    return view, ""


def wheeled(places: Mapping[str, Rect], x: int, y: int, view: View, direction: int) -> Meaning:
    """A turn of the wheel up (-1) or down (1) over that cell."""
    for name, panel in PANELS.items():
        if panel.wheel and name in places and places[name].contains(x, y):
            return focus(view, name), panel.wheel[direction > 0]
    return view, ""
