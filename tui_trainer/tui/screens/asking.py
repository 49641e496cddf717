"""The base of screens that ask for something and return one result, and their text field."""

from __future__ import annotations

from typing import Any, TypeVar

from textual import events
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_trainer.drawing.cells import printable

Result = TypeVar("Result")


class Asking(ModalScreen[Result | None]):
    """Returns its result to the code that opened it, or None if the person leaves with escape.

    Keys are handled where they arrive. Textual would handle them in the app, and keys typed after an escape or a
    correction in one packet of a slow line would overtake it.
    """

    BINDINGS = [("escape", "leave", "leave")]  # noqa: RUF012 (Textual's own way)
    # Text cannot be wrapped to 0 columns. On a narrower terminal the right part is cut.
    DEFAULT_CSS = "Asking > *, Asking OptionList, Asking VerticalScroll, Asking Static { min-width: 12; }"

    def close_with(self, result: Result | None) -> None:
        """Close with a result. A second result, typed or clicked before the screen has closed, is dropped."""
        if self.app.screen is self:
            self.dismiss(result)

    def action_leave(self) -> None:
        self.close_with(None)

    def submitted(self, text: str) -> None:
        """Handle enter in the field."""

    def takes(self, event: events.Key) -> bool:
        """Handle a key that has its own meaning on this screen. Returns whether it has one."""
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
        """`value`: the first contents, selected so that typing replaces them."""
        super().__init__(value, placeholder=placeholder, select_on_focus=True)
        self.cursor_blink = False
        self._asking = asking

    async def on_key(self, event: events.Key) -> None:
        await self._asking.on_key(event)

    async def action_submit(self) -> None:
        self._asking.submitted(self.value)


class Mistake(Static):
    """What is wrong with the text of a field, until that is changed."""

    def __init__(self) -> None:
        super().__init__("", id="wrong", markup=False)
        self._text = ""

    def show(self, text: str, words: str) -> None:
        self._text = text
        self.update(printable(words))

    def forget(self, text: str) -> None:
        """The field has this text now. Where a packet brings its last character and enter, that is told after enter."""
        if text != self._text:
            self.update("")
