"""The card of a preset: its question, what to watch, its experiment and its text."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from tui_trainer.dashboard.catalogue import PresetEntry
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import printable
from tui_trainer.tui.screens.lesson_text import lesson_text
from tui_trainer.tui.screens.text_screen import TextScreen


class Card(TextScreen):
    """Lies over the dashboard while the run goes on. Returns what to open if the person goes on with the course."""

    CSS = """
    Card VerticalScroll { padding: 1 2; }
    Card #text { height: auto; max-width: 76; }
    Card #course { height: 1; padding: 0 2; color: $primary; text-style: bold; }
    """

    def __init__(self, view: View, preset: PresetEntry, experiment: str, course: tuple[str, str]) -> None:
        """`experiment`: the present one in a line. `course`: see `Catalogue.course`."""
        super().__init__(view, "card")
        self._course, self._opens = course
        self._content = lesson_text(preset.title, preset.question, preset.watch, preset.text, experiment)

    def compose(self) -> ComposeResult:
        with self._all:
            yield Static(self._content, id="text", markup=False)
        if self._opens:
            yield Static(printable(f"enter: {self._course}"), id="course", markup=False)
        yield Static("esc closes · ↑↓ scroll", id="close", markup=False)

    def takes(self, event: events.Key) -> bool:
        if event.key == "enter" and self._opens:
            self.close_with(self._opens)
            return True
        return super().takes(event)
