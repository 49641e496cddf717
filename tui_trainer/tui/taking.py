"""What a person takes away from the screen: files, a preset of their own, a command that leads to this moment."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from typing import Protocol

from textual.app import App
from textual.notifications import SeverityLevel
from textual.worker import get_current_worker

from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import HOME
from tui_trainer.telemetry import Snapshot
from tui_trainer.tui.clipboard import copying
from tui_trainer.tui.terminal_driver import own_driver

EXPORTING_SECONDS = 60.0
"""The longest time for which the note about an export under way stays."""
READING_SECONDS = 12.0
"""Time for which a result is shown."""
COMMAND_READING_SECONDS = 20.0
"""Time for which a command is shown: long enough to write it down where the terminal does not copy."""


CURVES = "loss"
"""The panel that is offered as a picture while the settings have the focus."""


class Say(Protocol):
    def __call__(self, text: str, severity: SeverityLevel = "information", timeout: float = 4.0) -> None:
        """Show a note."""


class Taking:
    """The actions of an app."""

    def __init__(self, app: App[int], state: ScreenState, request: Callable[..., None], say: Say) -> None:
        """`request`: changes fields of the `PictureRequest`."""
        self._app, self._state, self._request, self._say = app, state, request, say

    def export(self) -> None:
        """Ask for a kind of file, and write it."""
        from tui_trainer.tui.screens.filtered_list import export_picker

        focus = self._state.view.focus
        panel = CURVES if focus == HOME else focus
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
        """Keep the settings in force as a preset."""

        def keep(snapshot: Snapshot) -> None:
            try:
                self._say(self._state.catalogue.keep(snapshot), timeout=READING_SECONDS)
            except ValueError as error:
                self._say(str(error), "error", READING_SECONDS)

        self._with_whole_snapshot(keep)

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
