"""Textual's driver of a terminal, with ears of its own: what a line makes of keys, pastes and mouse reports can neither
end the program, nor act as other keys, nor leave it deaf.

Textual's own thread dies of a byte that is no UTF-8 and of numbers that no character has; what it does not understand
it takes for keys, also within a paste; and for the end of one it waits for ever. Here it is handed whole pieces only.
Private parts of Textual that hearing needs are in this module, those that painting needs in `painter`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import time
import tty
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from textual import constants, events, messages
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from tui_trainer.drawing.ascii import in_ascii
from tui_trainer.drawing.cells import printable
from tui_trainer.tui.key_stream import ESCAPE_ALONE, KeyStream, Piece

CHUNK = 1 << 12
LONGEST = 32
"""Characters of a sequence up to which Textual tries to understand it."""

SIZES = (events.Resize, messages.InBandWindowResize)
"""What the terminal may say about its size. The system knows it too, and garbage cannot invent it there."""


UNDISTURBED = (
    "\x18\x0f\x1b[m\x1b[r\x1b[?6l\x1b[4l"  # no sequence begun, the usual letters, style, margins, origin, overwriting
    "\x1b[?1049h\x1b[?25l\x1b[?1004h"  # the other screen, no cursor, reports of the focus
)
KITTY_FLAGS = (
    1 | getattr(linux_driver, "KITTY_REPORT_ALL_KEYS", 0) | getattr(linux_driver, "KITTY_REPORT_ASSOCIATED_TEXT", 0)
)
"""Of kitty's keyboard protocol, as this version of Textual asks for them: 8.2.0 for the first alone."""
KITTY_KEYS = f"\x1b[={KITTY_FLAGS};1u"
"""What the driver pushes at the start, set in place: the way out takes back one level."""


class Meaning(XTermParser):
    """Textual's idea of what a piece means."""

    def of(self, piece: Piece) -> list[Message]:
        """What a whole piece means to Textual; nothing when it does not know. May fail at numbers out of range."""
        if piece.kind == "paste":
            return [events.Paste(pasteable(piece.text))]
        if len(piece.text) > LONGEST and piece.kind == "sequence":
            return []
        meant = list(self.feed(piece.text))
        if self._timeout_time is not None:  # it waits for more, and takes what it has for keys when none comes
            self._timeout_time = 0.0
            keys = list(self.tick())
            meant += keys if piece.kind == "escape" else []
        return meant


class Driver(LinuxDriver):
    """Hears by `KeyStream`."""

    take: Callable[[events.Key | events.Paste], None] | None = None
    """Is given keys and pastes, on this driver's thread, in place of Textual's queue; see `divert_typing`."""

    ascii_only = False
    """Whether Textual's own widgets, too, are to be written in ASCII; see `write_ascii`."""

    on_return: Callable[[], object] | None = None
    """Called from a signal handler when the process goes on after it was stopped from outside; see `hear_return`."""

    def _sigcont_application(self, *signal_and_frame: object) -> None:
        """Go on after a stop. After one that was asked for (ctrl+z) everything was given back and begins again; one
        from outside came without a word, the terminal and the threads that read and write it are as they were. Textual
        would start a second pair of them."""
        if self._must_signal_resume:
            super()._sigcont_application(*signal_and_frame)
        elif not self._is_in_foreground:
            os.kill(os.getpid(), signal.SIGSTOP)  # the terminal is the shell's: as after ctrl+z, `fg` brings it back
        elif self.on_return is not None:
            self.on_return()

    @property
    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:  # no terminal of ours: nobody else's either
            return True

    def claim(self) -> None:
        """Ask the terminal anew for all that was asked at the start: another program may have changed anything."""
        with contextlib.suppress(termios.error):
            settings = termios.tcgetattr(self.fileno)
            settings[tty.LFLAG] = self._patch_lflag(settings[tty.LFLAG])
            settings[tty.IFLAG] = self._patch_iflag(settings[tty.IFLAG])
            settings[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, settings)
        self.write(UNDISTURBED)
        if not constants.DISABLE_KITTY_KEY:
            self.write(KITTY_KEYS)
        self._enable_mouse_support()
        self._enable_bracketed_paste()
        self._disable_line_wrap()

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
                for message in self._heeded(meant):
                    if self.take is not None and isinstance(message, events.Key | events.Paste):
                        self.take(message)
                    else:
                        self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, CHUNK)
        except OSError:
            return b""

    def _heeded(self, meant: Iterable[Message]) -> Iterator[Message]:
        return (message for message in meant if not isinstance(message, SIZES))

    def _query_in_band_window_resize(self) -> None:
        """Not asked, see `SIZES`."""


def hear_return(app: App[Any], then: Callable[[], object]) -> None:
    """Have `then` called, from a signal handler, when the program goes on after something else stopped it."""
    if isinstance(app._driver, Driver):
        app._driver.on_return = then


def claim_terminal(app: App[Any]) -> None:
    """Ask the terminal anew for all that a full screen needs."""
    if isinstance(app._driver, Driver):
        app._driver.claim()


def divert_typing(app: App[Any], take: Callable[[events.Key | events.Paste], None]) -> None:
    """Have `take` called with every key and paste, on another thread than the app's; what it does not act on it has to
    post."""
    if isinstance(app._driver, Driver):
        app._driver.take = take


def write_ascii(app: App[Any]) -> None:
    """Have whatever is written to the terminal from now on be ASCII."""
    if isinstance(app._driver, Driver):
        app._driver.ascii_only = True


def pasteable(text: str) -> str:
    """Pasted text without what would act, or break a text field."""
    return "\n".join(printable(line.expandtabs(1)) for line in text.splitlines())
