"""Textual's driver with an input thread of our own: damaged keys, pastes and mouse reports cannot end the program, act
as other keys, or block the input.

Textual's own thread dies of a byte that is not UTF-8 and of numbers that are no character. It takes sequences that it
does not understand for keys, even within a paste, and waits for ever for a lost end of a paste. Here Textual's parser
gets only whole pieces.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any

from textual import events, messages
from textual.app import App
from textual.message import Message

from tui_trainer.drawing.ascii import in_ascii
from tui_trainer.drawing.cells import printable
from tui_trainer.tui.key_stream import ESCAPE_ALONE, KeyStream, Piece
from tui_trainer.tui.textual_private import ClaimingDriver, PieceParser, driver_of

CHUNK = 1 << 12
LONGEST = 32
"""Characters of the longest sequence that is given to Textual."""

SIZES = (events.Resize, messages.InBandWindowResize)
"""Reports of the terminal about its size, which are ignored: the system knows the size, and garbage cannot change it
there."""


class Meaning(PieceParser):
    """Turns pieces into Textual's messages."""

    def of(self, piece: Piece) -> list[Message]:
        """Textual's messages for a whole piece; none if Textual does not know it. May fail at numbers out of range."""
        if piece.kind == "paste":
            return [events.Paste(pasteable(piece.text))]
        if len(piece.text) > LONGEST and piece.kind == "sequence":
            return []
        return self.meaning_of(piece.text, alone=piece.kind == "escape")


class Driver(ClaimingDriver):
    """Reads the terminal with `KeyStream`."""

    take: Callable[[events.Key | events.Paste], None] | None = None
    """Called with every key and paste on this driver's thread. It has to post those that it does not handle. None: all
    go to Textual's queue."""

    ascii_only = False
    """Whether everything is written in ASCII, Textual's own widgets too."""

    def write(self, data: str) -> None:
        super().write(in_ascii(data) if self.ascii_only else data)

    def run_input_thread(self) -> None:
        """Read the terminal and deliver messages until the app ends or is suspended."""
        stream, meaning, heard = KeyStream(), Meaning(), time.monotonic()
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno], [], [], ESCAPE_ALONE)
            now = time.monotonic()
            if not ready:
                pieces = stream.give_up(now - heard)
            elif data := self._read():
                pieces, heard = stream.take(data, now - heard), now
            else:
                os.kill(os.getpid(), signal.SIGHUP)  # the terminal is gone; not every process gets the signal
                return
            for piece in pieces:
                try:
                    meant = meaning.of(piece)
                except (ValueError, ArithmeticError, StopIteration):
                    meaning, meant = Meaning(), []  # drop this piece
                for message in meant:
                    if self.take is not None and isinstance(message, events.Key | events.Paste):
                        self.take(message)
                    elif not isinstance(message, SIZES):
                        self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, CHUNK)
        except OSError:
            return b""


def own_driver(app: App[Any]) -> Driver | None:
    """The driver of a running app if it is ours; tests and headless apps have others."""
    driver = driver_of(app)
    return driver if isinstance(driver, Driver) else None


def pasteable(text: str) -> str:
    """Pasted text without control characters that would act or break a text field."""
    return "\n".join(printable(line.expandtabs(1)) for line in text.splitlines())
