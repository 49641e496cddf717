"""Notes: a few words over the picture that disappear by themselves. Only the newest is shown."""

from __future__ import annotations

from typing import Any, Protocol

from textual.app import App
from textual.notifications import Notification, SeverityLevel

from tui_trainer.drawing.cells import printable
from tui_trainer.drawing.text_fitting import limited, wrapped
from tui_trainer.tui.textual_private import notes, remove_notes, show_note

NOTES_CSS = """
Toast { max-width: 100%; padding: 0 1; margin-top: 0; }  /* it covers as little as its words need */
Screen.-notes-above ToastRack { dock: top; align: right top; margin: 0; }
"""
"""The style of notes, at the bottom or over the header."""

_EDGES = 7
"""Cells in the row of a note besides its words and an ellipsis."""


class Say(Protocol):
    def __call__(self, text: str, severity: SeverityLevel = "information", timeout: float = 4.0) -> None:
        """Show a note."""


def say_note(app: App[Any], text: str, severity: SeverityLevel, seconds: float, *, above: bool = False) -> None:
    """Show `text` instead of an earlier note; "" only removes that. The smallest screens show the beginning; Textual
    would show nothing. `above`: show it over the header, because it is about the panels and what a lesson says."""
    app.screen.set_class(above, "-notes-above")
    shown = notes(app)
    text = printable(text)
    lines = wrapped(text, max(app.size.width - _EDGES, 1))
    if len(lines) >= app.size.height:
        text = "\n".join(limited(lines, app.size.height - 1))
    if shown and text not in shown:
        remove_notes(app)
    if text and text not in shown:
        show_note(app, Notification(text, severity=severity, timeout=seconds, markup=False))
