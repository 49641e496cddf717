"""A bar on standard error that shows how far a run is: on a terminal only, without colour or escape sequences.

Rich's bar needs escape sequences, and a thread.
"""

from __future__ import annotations

import shutil
import time
from typing import TextIO

WIDTH = 30
INTERVAL = 0.1
"""Seconds between two pictures of the bar."""


class ProgressBar:
    """Draws over its own line, and leaves nothing behind."""

    def __init__(self, stream: TextIO, total: int, unit: str) -> None:
        """`total`: of the things counted, named by `unit`, "iterations"."""
        self._stream, self._total, self._unit = stream, total, unit
        self._shown = stream.isatty()
        self._next, self._length = 0.0, 0

    def show(self, done: int, words: str = "") -> None:
        """Draw the bar at `done`, with a few words behind it; at most every `INTERVAL` seconds."""
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + INTERVAL
        bar = "#" * (WIDTH * done // max(self._total, 1))
        self._write(f"[{bar:<{WIDTH}}] {done:,} of {self._total:,} {self._unit}  {words}")

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._write("")
            self._write_out("\r")

    def _write(self, line: str) -> None:
        line = line[: shutil.get_terminal_size().columns - 1]
        # Padded over what stood there before, and no further: Ctrl+C's own ^C has room behind it.
        self._write_out(f"\r{line:<{self._length}}")
        self._length = len(line)

    def _write_out(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:  # the terminal has gone; the run has not
            self._shown = False
