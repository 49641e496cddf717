"""The frames of a screen, one after the other: panels that have not changed are not drawn again, and charts may have to
wait."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from tui_trainer.dashboard.keys.key_meaning import footer
from tui_trainer.dashboard.layout import Rect
from tui_trainer.dashboard.panel_memory import PanelMemory
from tui_trainer.dashboard.panels import charts
from tui_trainer.dashboard.view import View
from tui_trainer.dashboard.whole_screen import Frame, draw_dashboard
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot

Waits = Callable[[Cells, Mapping[str, Rect]], Collection[str]]
"""Receives a frame and the rectangles of its charts. Returns the charts that have to keep their last picture."""


class Frames:
    """Draws frames, and remembers the newest."""

    def __init__(self) -> None:
        self.newest: Frame | None = None
        self._memory = PanelMemory()

    def draw(
        self,
        snapshot: Snapshot,
        view: View,
        size: tuple[int, int],
        theme: Theme,
        kept: Collection[str],
        waits: Waits,
    ) -> Frame:
        """A frame of `size`, columns and rows. `kept`: see `draw_dashboard`."""
        keys, before = footer(snapshot, view), self._memory.copy()

        def drawn(kept: Collection[str]) -> Frame:
            return draw_dashboard(snapshot, view, *size, theme, keys, self._memory, kept)

        frame = drawn(kept)
        parts = {name: frame.rectangles[name] for name in charts() & frame.rectangles.keys()}
        if waiting := waits(frame.cells, parts):
            self._memory = before
            frame = drawn({*kept, *waiting})
        self.newest = frame
        return frame
