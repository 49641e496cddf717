"""What a click or a turn of the wheel means: another view, an action of the keymap, or both."""

from __future__ import annotations

from collections.abc import Iterable

from tui_trainer.dashboard.keys.actions import choose_setting, focus
from tui_trainer.dashboard.keys.key_meaning import footer_actions
from tui_trainer.dashboard.screen_state import footer_signs
from tui_trainer.dashboard.view import PANELS, View

WHEEL = {
    "settings": ("setting_previous", "setting_next"),
    "loss": ("smoother", "rougher"),
    **dict.fromkeys(("weights", "gradients", "data"), ("previous_item", "next_item")),
    "step": ("weight_previous", "weight_next"),
}
"""Actions of the wheel over a panel, up and down."""

Meaning = tuple[View, str]
"""The view after it, and the id of the action to perform then; "" for none."""


def clicked(places: Iterable[str], view: View) -> Meaning:
    """A click on what lies there, the topmost first: see `Frame.places`."""
    for name in places:
        kind, _, which = name.partition(":")
        if kind == "key":
            found = next((action.id for action in footer_actions(view) if footer_signs(action) == which), "")
            if found:
                return view, found
        elif kind == "action":
            return view, which
        elif kind == "setting":
            again = view.focus == "settings" and view.setting == int(which)
            return (view, "setting_edit") if again else (choose_setting(focus(view, "settings"), int(which)), "")
        elif (which or kind) in PANELS:
            return focus(view, which or kind), ""
    return view, ""


def wheeled(places: Iterable[str], view: View, direction: int) -> Meaning:
    """A turn of the wheel up (-1) or down (1) over what lies there."""
    panel = next((name for name in places if name in WHEEL), None)
    return (focus(view, panel), WHEEL[panel][direction > 0]) if panel else (view, "")
