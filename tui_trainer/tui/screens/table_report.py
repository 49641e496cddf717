"""The report on the person's table: what was understood of it, and what is left out."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tui_trainer.dashboard.view import View
from tui_trainer.tui.screens.text_screen import TextScreen


class TableReport(TextScreen):
    """Lies over the dashboard while the run goes on."""

    CSS = """
    TableReport VerticalScroll { padding: 1 2; }
    TableReport #text { height: auto; max-width: 96; }
    """

    def __init__(self, view: View, sentences: tuple[str, ...]) -> None:
        super().__init__(view, "table")
        self._sentences = sentences

    def compose(self) -> ComposeResult:
        with self._all:
            yield Static("\n\n".join(self._sentences), id="text", markup=False)
        yield Static("esc closes · ↑↓ scroll", id="close", markup=False)
