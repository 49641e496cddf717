"""Textual's driver of a terminal, with ears of its own: what a line makes of keys, pastes and mouse reports can neither
end the program, nor act as other keys, nor leave it deaf.

Textual's own thread dies of a byte that is no UTF-8 and of numbers that no character has; what it does not understand
it takes for keys, also within a paste; and for the end of one it waits for ever. Here it is handed whole pieces only.
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
"""Characters of a sequence up to which Textual tries to understand it."""

SIZES = (events.Resize, messages.InBandWindowResize)
"""What the terminal may say about its size. The system knows it too, and garbage cannot invent it there."""


class Meaning(PieceParser):
    """Textual's idea of what a piece means."""

    def of(self, piece: Piece) -> list[Message]:
        """What a whole piece means to Textual; nothing when it does not know. May fail at numbers out of range."""
        if piece.kind == "paste":
            return [events.Paste(pasteable(piece.text))]
        if len(piece.text) > LONGEST and piece.kind == "sequence":
            return []
        return self.meaning_of(piece.text, alone=piece.kind == "escape")


class Driver(ClaimingDriver):
    """Hears by `KeyStream`."""

    take: Callable[[events.Key | events.Paste], None] | None = None
    """Called with every key and paste, on this driver's thread; has to post what it does not act on. None: all go to
    Textual's queue."""

    ascii_only = False
    """Whether everything is written in ASCII, Textual's own widgets too."""

    def write(self, data: str) -> None:
        super().write(in_ascii(data) if self.ascii_only else data)

    def run_input_thread(self) -> None:
        """Until the end, or a suspension: read, and tell the app what it means."""
        stream, meaning, heard = KeyStream(), Meaning(), time.monotonic()
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno], [], [], ESCAPE_ALONE)
            now = time.monotonic()
            if not ready:
                pieces = stream.give_up(now - heard)
            elif data := self._read():
                pieces, heard = stream.take(data, now - heard), now
            else:
                os.kill(os.getpid(), signal.SIGHUP)  # the terminal is gone, which is not told to every process
                return
            for piece in pieces:
                try:
                    meant = meaning.of(piece)
                except (ValueError, ArithmeticError, StopIteration):
                    meaning, meant = Meaning(), []  # this one is lost
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
    """The driver of a running app, where it is this one: tests and a headless app have others."""
    driver = driver_of(app)
    return driver if isinstance(driver, Driver) else None


def pasteable(text: str) -> str:
    """Pasted text without what would act, or break a text field."""
    return "\n".join(printable(line.expandtabs(1)) for line in text.splitlines())
