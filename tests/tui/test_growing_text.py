"""A text that Textual wraps gets the rows it needs, however quickly it changes."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

import tui_trainer.tui.painter  # noqa: F401 (it mends Textual)


class Wait(Message):
    """Keeps the text that handles it busy."""


class Busy(Static):
    """A text whose request of a layout is held back until `free` is set."""

    def __init__(self) -> None:
        super().__init__("one row", markup=False)
        self.free = asyncio.Event()

    async def on_wait(self) -> None:
        await self.free.wait()


class TwoTexts(App[None]):
    CSS = "Vertical, Static { height: auto; }"

    def compose(self) -> Any:
        self.busy, self.other = Busy(), Static("one row", markup=False)
        yield Vertical(self.busy, self.other)


async def until_rows(text: Static, rows: int) -> None:
    async with asyncio.timeout(20.0):
        while text.size.height != rows:
            await asyncio.sleep(0.01)


async def test_a_text_that_changes_before_and_after_a_layout_gets_all_its_rows() -> None:
    app = TwoTexts()
    async with app.run_test():
        app.busy.post_message(Wait())
        app.busy.update("another row")
        app.other.update("two\nrows")
        await until_rows(app.other, 2)  # a layout, before that of the first change was requested
        app.busy.update("now two\nrows")
        app.busy.free.set()
        await until_rows(app.busy, 2)
