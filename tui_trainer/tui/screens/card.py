"""The card of a preset: its question, what to watch, its experiment and its text."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tui_trainer.dashboard.catalogue import PresetEntry
from tui_trainer.dashboard.view import View
from tui_trainer.tui.screens.lesson_text import lesson_text
from tui_trainer.tui.screens.reading import Reading


class Card(Reading):
    """Lies over the dashboard while the run goes on."""

    CSS = """
    Card VerticalScroll { padding: 1 2; }
    Card #text { height: auto; max-width: 76; }
    """

    def __init__(self, view: View, preset: PresetEntry, experiment: str) -> None:
        """`experiment`: the present one in a line."""
        super().__init__(view, "card")
        self._content = lesson_text(preset.title, preset.question, preset.watch, preset.text, experiment)

    def compose(self) -> ComposeResult:
        with self._all:
            yield Static(self._content, id="text", markup=False)
        yield Static("esc closes · ↑↓ scroll", id="close", markup=False)
