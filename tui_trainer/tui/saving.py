"""What a person saves from the screen: files, a preset of their own, a command that leads to this moment."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial

from textual.app import App
from textual.worker import get_current_worker

from tui_trainer.dashboard.panels import by_number
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import HOME
from tui_trainer.telemetry import Snapshot
from tui_trainer.tui.clipboard import copying
from tui_trainer.tui.notes import Say
from tui_trainer.tui.terminal_driver import own_driver

EXPORTING_SECONDS = 60.0
"""The longest time for which the note about an export under way stays."""
READING_SECONDS = 12.0
"""Time for which a result is shown."""
COMMAND_READING_SECONDS = 20.0
"""Time for which a command is shown: long enough to write it down where the terminal does not copy."""


class Saving:
    """The actions of an app."""

    def __init__(self, app: App[int], state: ScreenState, request: Callable[..., None], say: Say) -> None:
        """`request`: changes fields of the `PictureRequest`."""
        self._app, self._state, self._request, self._say = app, state, request, say

    def export(self) -> None:
        """Ask for a kind of file, and write it."""
        from tui_trainer.tui.screens.filtered_list import export_picker

        focus = self._state.view.focus
        panel = by_number()[0].id if focus == HOME else focus  # the list of settings is no picture
        panel = panel if panel in self._state.rectangles else ""
        self._app.push_screen(export_picker(self._state.catalogue.formats(), panel), self._export_to)

    def _export_to(self, chosen: str | None) -> None:
        """`chosen`: ending and panel, with a blank between them."""
        if chosen is None:
            return
        ending, _, panel = chosen.partition(" ")
        self._say(f"exporting {ending} …", timeout=EXPORTING_SECONDS)

        def export(snapshot: Snapshot) -> None:
            view, size = self._state.view, (self._app.size.width, self._app.size.height)
            write = partial(self._state.catalogue.export, ending, panel, snapshot, view, size)
            self._app.run_worker(partial(self._write, write), thread=True)  # a person who leaves cancels it

        self._with_whole_snapshot(export)

    def _write(self, write: Callable[[Callable[[], bool]], str]) -> None:
        """Write and say so. Runs on a thread of its own: a film takes a while."""
        worker = get_current_worker()
        try:
            say = partial(self._say, f"written: {write(lambda: worker.is_cancelled)}", timeout=READING_SECONDS)
        except (ValueError, LookupError, OSError) as error:
            say = partial(self._say, str(error), "error", READING_SECONDS)
        if not worker.is_cancelled:
            self._app.call_from_thread(say)

    def keep(self) -> None:
        """Ask for a title, and keep the settings in force as a preset."""
        from tui_trainer.tui.screens.answer_entry import AnswerEntry

        def ask(snapshot: Snapshot) -> None:
            def keep(title: float | str | None) -> None:
                if isinstance(title, str):
                    self._tell(lambda: self._state.catalogue.keep(snapshot, title))

            def open_field() -> str:
                suggested = self._state.catalogue.title_to_keep(snapshot)
                question = "Its name in the list of presets? enter keeps it, esc does not."
                entry = AnswerEntry(question, number=False, title="a preset of your own", value=suggested)
                self._app.push_screen(entry, keep)
                return ""

            self._app.call_later(self._tell, open_field)  # a widget is made in the context of the app

        self._with_whole_snapshot(ask)

    def _tell(self, result: Callable[[], str]) -> None:
        """Show a result, or why there is none."""
        try:
            if said := result():
                self._say(said, timeout=READING_SECONDS)
        except ValueError as error:
            self._say(str(error), "error", READING_SECONDS)

    def copy_command(self) -> None:
        """Copy and show a command that leads to this moment."""

        def copy(snapshot: Snapshot) -> None:
            command, remark = self._state.catalogue.command_for(snapshot)
            if command and (driver := own_driver(self._app)):
                driver.write(copying(command, os.environ))
            text = f"copied: {command} · {remark}" if command else f"no command: {remark}"
            self._say(text, timeout=COMMAND_READING_SECONDS)

        self._with_whole_snapshot(copy)

    def _with_whole_snapshot(self, then: Callable[[Snapshot], None]) -> None:
        """Call `then` with a snapshot of this moment that has the weights and the recipe of the run."""
        loop = asyncio.get_running_loop()

        def arrived() -> None:
            self._state.poll()
            snapshot = self._state.snapshot
            self._request(whole=False)
            then(snapshot)

        def answered() -> None:
            loop.call_soon_threadsafe(arrived)

        self._request(whole=True)
        self._state.answer(answered)
