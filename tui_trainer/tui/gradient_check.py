"""A gradient check, from the key to the note with its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.app import App

from tui_trainer.dashboard.gradient_check_words import check_words
from tui_trainer.dashboard.keys.keymap import KEYS
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.tui.notes import say_note

POLL_SECONDS = 0.02
"""Time between two checks for the result."""
PATIENCE_SECONDS = 60.0
"""Time after which the app stops waiting for it."""
READING_SECONDS = 8.0
"""Time for which it is shown."""


def check_gradient(app: App[Any], state: ScreenState, reply: Callable[[], None]) -> None:
    """Request a gradient check, and show the result as soon as a snapshot has it. `reply()` paints the reply to a
    key."""
    before = state.gradient_check
    state.perform(KEYS["check_gradient"])
    reply()

    def poll() -> None:
        check = state.gradient_check
        if check is not None and check is not before:
            timer.stop()
            say_note(app, check_words(check, state.snapshot), "information", READING_SECONDS, above=True)

    timer = app.set_interval(POLL_SECONDS, poll, repeat=round(PATIENCE_SECONDS / POLL_SECONDS))
