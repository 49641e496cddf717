"""A progress bar on standard error, only on a terminal, without colour or escape sequences.

Rich's bar would need escape sequences and a thread.
"""

from __future__ import annotations

import shutil
import time
from typing import TextIO

WIDTH = 30
INTERVAL_SECONDS = 0.1
"""Shortest time between two drawings of the bar."""


class ProgressBar:
    """Draws over its own line, and finally removes it."""

    def __init__(self, stream: TextIO, total: int, unit: str) -> None:
        """`total`: the number of things counted. `unit`: their name, "iterations"."""
        self._stream, self._total, self._unit = stream, total, unit
        self._shown = stream.isatty()
        self._next, self._length = 0.0, 0

    def show(self, done: int, words: str = "") -> None:
        """Draw the bar at `done`, followed by a few words, at most every `INTERVAL_SECONDS`."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + INTERVAL_SECONDS
        bar = "#" * (WIDTH * done // max(self._total, 1))
        self._write(f"[{bar:<{WIDTH}}] {done:,} of {self._total:,} {self._unit}  {words}")

    def clear(self) -> None:
        """Remove the bar."""
        if self._shown:
            self._write("")
            self._write_out("\r")

    def _write(self, line: str) -> None:
        line = line[: shutil.get_terminal_size().columns - 1]
        # Padded to cover the last line and no more, so that the ^C of Ctrl+C has room.
        self._write_out(f"\r{line:<{self._length}}")
        self._length = len(line)

    def _write_out(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal is gone; the run goes on
            self._shown = False
