"""The screen of the dashboard: one canvas, and the handlers of keys, clicks and the wheel."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from tui_trainer.tui.painter import Canvas


def name_of(event: events.Key) -> str:
    """The name of a key in the keymap: its character if that is visible."""
    typed = event.character if event.is_printable and event.character != " " else None
    return typed or event.key


class TrainingScreen(Screen[None]):
    """Passes every key and click to the app, which knows their meaning."""

    def __init__(
        self,
        canvas: Canvas,
        on_key: Callable[[events.Key], None],
        on_click: Callable[[int, int], None],
        on_wheel: Callable[[int, int, int], None],
    ) -> None:
        """`on_key(key)`; `on_click(x, y)`; `on_wheel(x, y, direction)` with direction 1 for down."""
        super().__init__()
        self.canvas = canvas
        self._key, self._click, self._wheel = on_key, on_click, on_wheel

    def compose(self) -> ComposeResult:
        yield self.canvas

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if self.app.screen is not self:
            # The key came without our keyboard, and another screen was opened meanwhile.
            self.app.post_message(events.Key(event.key, event.character))
            return
        self._key(event)

    def on_click(self, event: events.Click) -> None:
        if self.app.screen is self:
            self._click(event.screen_x, event.screen_y)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event.screen_x, event.screen_y, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event.screen_x, event.screen_y, -1)
