"""The examination: every finding with its verdict and what decides it, of the moment that the run is at."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui_trainer.dashboard.examination_lines import examination_lines
from tui_trainer.dashboard.panels.stability import rate_beside_limit
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import printable
from tui_trainer.telemetry import Snapshot
from tui_trainer.tui.screens.text_screen import TextScreen

UPDATE_SECONDS = 1 / 4
"""Time between two looks at the run."""

STYLES = {
    "heading": "bold",
    "critical": "bold $error",
    "warning": "bold $warning",
    "note": "bold",
    "good": "bold $success",
    "sentence": "",
    "clear": "",
    "not_checked": "$quiet",
}
"""Role of a line → style of Textual."""


class Examination(TextScreen):
    """Follows the run while it is open."""

    CSS = """
    Examination VerticalScroll { padding: 0 0 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    Examination #text { height: auto; text-wrap: nowrap; }
    """

    def __init__(self, view: View, snapshot: Callable[[], Snapshot]) -> None:
        """`snapshot()`: the newest one."""
        super().__init__(view, "examine")
        self._snapshot = snapshot
        self._text = Static("Waiting for the run …", id="text", markup=False)
        self._shown: tuple[int, int, int] | None = None
        """Run and version of the snapshot that is shown, and the columns for which it was wrapped."""

    def compose(self) -> ComposeResult:
        with self._all:
            yield self._text
        yield Static("esc closes · ↑↓ scroll", id="close", markup=False)

    def on_mount(self) -> None:
        self.set_interval(UPDATE_SECONDS, self._update)
        self.call_after_refresh(self._update)

    def on_resize(self) -> None:
        self.call_after_refresh(self._update)

    def _update(self) -> None:
        """Show the newest examination, unless it is shown already or the run has not made one yet."""
        snapshot, columns = self._snapshot(), self._text.size.width
        now = snapshot.run, snapshot.version, columns
        if snapshot.examination is None or not columns or now == self._shown:
            return
        self._shown = now
        restored = None if snapshot.progress is None else snapshot.progress.restored
        rate = rate_beside_limit(snapshot)
        lines = examination_lines(snapshot.examination, snapshot.findings, snapshot.iteration, columns, restored, rate)
        styled = [(printable(line.text), STYLES[line.role]) for line in lines]
        self._text.update(Content("\n").join([Content.styled(text, style) for text, style in styled]))
