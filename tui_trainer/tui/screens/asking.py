"""A screen that asks for something and returns one result, and a field to type it in."""

from __future__ import annotations

from typing import Any, TypeVar

from textual import events
from textual.screen import ModalScreen
from textual.widgets import Input

Result = TypeVar("Result")


class Asking(ModalScreen[Result | None]):
    """Returns its result to the code that opened it, or None when it was left with escape.

    Keys act where they arrive. Textual would look them up in the app, and keys typed behind an escape or a correction,
    in one packet of a slow line, would overtake it.
    """

    BINDINGS = [("escape", "leave", "leave")]  # noqa: RUF012 (Textual's own way)
    # Text cannot be wrapped to no columns: on a narrower terminal the right is out of sight.
    DEFAULT_CSS = "Asking > *, Asking OptionList, Asking VerticalScroll, Asking Static { min-width: 12; }"

    def answer(self, result: Result | None) -> None:
        """Close with a result. A second one, typed or clicked before the screen was gone, is dropped."""
        if self.app.screen is self:
            self.dismiss(result)

    def action_leave(self) -> None:
        self.answer(None)

    def submitted(self, text: str) -> None:
        """What enter does in the field."""

    def takes(self, event: events.Key) -> bool:
        """Act on a key to which this screen gives a meaning of its own. Returns whether it did."""
        return False

    async def on_key(self, event: events.Key) -> None:
        if not self.takes(event):
            active = self.active_bindings.get(event.key)
            if active is None:
                return  # a character for the field
            await self.app.run_action(active.binding.action, active.node)
        event.stop()
        event.prevent_default()


class Field(Input):
    """The line of an `Asking` screen in which the person types."""

    def __init__(self, asking: Asking[Any], value: str = "", *, placeholder: str = "") -> None:
        """`value`: what stands there at first, to be typed over."""
        super().__init__(value, placeholder=placeholder, select_on_focus=True)
        self.cursor_blink = False
        self._asking = asking

    async def on_key(self, event: events.Key) -> None:
        await self._asking.on_key(event)

    async def action_submit(self) -> None:
        self._asking.submitted(self.value)
