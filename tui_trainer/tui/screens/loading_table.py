"""Reads a large table while the present run goes on: how far it is, and escape, which leaves that run as it is."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_trainer.tui.screens.asking import Asking

SECONDS = 0.2
"""Between two looks at the progress."""


Read = Callable[[Callable[[float], None]], object]
"""Reads a table and tells its progress, 0 to 1."""


def after_reading(app: App[int], reading: tuple[str, Read] | None, then: Callable[[], None]) -> None:
    """Call `then` when the table of this file has been read, at once where there is none to read, and never if the
    person leaves."""
    if reading is None:
        then()
    else:
        app.push_screen(LoadingTable(*reading), lambda done: then() if done else None)


class _LeftError(Exception):
    """The person has left before the table was read."""


class LoadingTable(Asking[bool]):
    """Gives True when the table has been read, or cannot be: opening it says why."""

    CSS = """
    LoadingTable { align: center middle; }
    LoadingTable #progress { width: auto; max-width: 90%; height: auto; padding: 1 2; background: $surface; }
    """

    def __init__(self, name: str, read: Read) -> None:
        super().__init__()
        self._name, self._read, self._share = name, read, 0.0
        self._progress = Static(self._words, id="progress", markup=False)

    @property
    def _words(self) -> str:
        return f"reading {self._name} … {self._share:.0%}   esc stays with the present run"

    def compose(self) -> ComposeResult:
        yield self._progress

    def on_mount(self) -> None:
        self.set_interval(SECONDS, lambda: self._progress.update(self._words))
        self.run_worker(self._work, thread=True)  # closing the screen cancels it

    def _work(self) -> None:
        worker = get_current_worker()

        def see(share: float) -> None:
            self._share = share
            if worker.is_cancelled:
                raise _LeftError

        try:
            self._read(see)
        except _LeftError:
            return
        except (ValueError, OSError, MemoryError):
            pass
        if not worker.is_cancelled:
            self.app.call_from_thread(self.close_with, True)
