"""The base of screens of text that a person only reads."""

from __future__ import annotations

from functools import partial

from textual import events
from textual.containers import VerticalScroll

from tui_trainer.dashboard.view import View
from tui_trainer.tui.screens.asking import Asking

SCROLLING = {
    "up": "up",
    "down": "down",
    "pageup": "page_up",
    "pagedown": "page_down",
    "home": "home",
    "end": "end",
}
"""Key → suffix of Textual's `scroll_…`."""


class TextScreen(Asking[str]):
    """Scrolls, and closes with escape, with the keys of the action that opens it, and with those of quit."""

    DEFAULT_CSS = """
    TextScreen { background: $background; }
    TextScreen VerticalScroll { height: 1fr; }
    TextScreen #close { height: 1; padding: 0 1; color: $quiet; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, view: View, opened_by: str) -> None:
        """`view` has the keymap. `opened_by`: id of an action."""
        super().__init__()
        self._view = view
        self._all = VerticalScroll()
        self._leaves_with = {key for action in view.keymap if action.id in (opened_by, "quit") for key in action.keys}

    def takes(self, event: events.Key) -> bool:
        leaves = bool(self._leaves_with & {event.key, event.character})
        if leaves:
            self.close_with(None)
        elif event.key in SCROLLING:
            # Not animated, for slow lines; and after the layout, which a key typed ahead can overtake.
            scroll = getattr(self._all, f"scroll_{SCROLLING[event.key]}")
            self.call_after_refresh(partial(scroll, animate=False))
        return leaves or event.key in SCROLLING
