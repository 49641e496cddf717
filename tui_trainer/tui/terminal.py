"""The terminal before and after the app: whether a screen can open, and how to restore the terminal after every kind of
end, even if nobody reads it any more. Imports neither Textual nor the app."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

from tui_trainer.process import end_at_once, quick_turns

LEAVING_SECONDS = 0.4
"""Time for an orderly end of the app before the terminal is reset; and time for the end of the process after that."""

WRITE_ATTEMPTS = 25
"""Attempts of the last write, one every 2 ms."""

RESET = (
    "\x18"  # end a sequence that was cut off
    "\x1b[?2026l"  # synchronized output
    "\x1b[<u"  # Kitty's keys
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # pasting, focus and size reports
    "\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h"  # wrapping, style, the other screen, the cursor
)
"""Resets every mode that Textual sets."""


def take_keyboard_from_terminal() -> None:
    """Read keys from the terminal if standard input was a pipe, which has been read."""
    if not os.isatty(0):
        with contextlib.suppress(OSError):  # without a terminal `refusal` says so
            terminal = os.open("/dev/tty", os.O_RDWR)
            os.dup2(terminal, 0)
            os.close(terminal)


def refusal(environment: Mapping[str, str]) -> str | None:
    """Why the screen cannot open on this terminal, as a sentence for the person; None if it can."""
    for name, stream in (("input", sys.stdin), ("output", sys.stdout), ("error", sys.stderr)):
        if stream is None or not stream.isatty():
            return (
                f"The screen needs a terminal, but standard {name} is not one. "
                "To train without a screen: tui-trainer train PRESET"
            )
    if environment.get("TERM", "") in ("", "dumb"):
        return (
            f"The screen needs a terminal that can place text, but TERM is {environment.get('TERM', '')!r}. "
            "To train without a screen: tui-trainer train PRESET"
        )
    return None


def real_size() -> tuple[int, int]:
    """Columns and rows of the terminal of standard error, from the system; (0, 0) if unknown."""
    try:
        return os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except OSError:
        return 0, 0


class Terminal:
    """Remembers the settings of standard input, and ends the app. `held` makes it before the app."""

    def __init__(self) -> None:
        self._descriptor = sys.__stdin__.fileno() if sys.__stdin__ else 0
        try:
            self._settings: list[Any] | None = termios.tcgetattr(self._descriptor)
        except termios.error:
            self._settings = None
        self.status = 0
        """The exit status that a signal has decided; else 0."""
        self.is_leaving = False
        """Whether the app has begun to end."""
        self.on_leave: Callable[[int], None] | None = None
        """Ends the app in order with an exit status. Called from a signal handler, so it must only schedule."""

    def leave(self, status: int) -> None:
        """Begin to end the app, and ensure that it ends within half a second."""
        self.status, self.is_leaving = status, True
        if not signal.getitimer(signal.ITIMER_REAL)[0]:  # further signals do not delay the end
            signal.setitimer(signal.ITIMER_REAL, LEAVING_SECONDS)
        if self.on_leave is None:
            raise SystemExit(status)
        self.on_leave(status)

    def restore(self) -> None:
        """Restore the settings of standard input at once, without waiting for output."""
        if self._settings is not None:
            # A background process would be stopped by the call.
            before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._settings)
            signal.signal(signal.SIGTTOU, before)

    def abandon(self) -> None:
        """End the process now: nobody reads the terminal, or the orderly end is stuck.

        Unread output is discarded, so that the reset finds room. Standard error is redirected to nowhere, so that the
        reset comes last. A thread that is blocked in a write holds the terminal until it wakes; hence several attempts.
        """
        self.restore()
        with contextlib.suppress(OSError, termios.error):
            terminal = os.dup(2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.set_blocking(terminal, False)
            try:
                for _ in range(WRITE_ATTEMPTS):
                    termios.tcflush(terminal, termios.TCOFLUSH)
                    with contextlib.suppress(BlockingIOError):
                        if os.write(terminal, RESET.encode()) == len(RESET):
                            break
                    # Discarding output does not wake a blocked writer, but stopping and starting output does.
                    termios.tcflow(terminal, termios.TCOOFF)
                    termios.tcflow(terminal, termios.TCOON)
                    time.sleep(0.002)
            finally:
                os.set_blocking(terminal, True)  # the shell shares the descriptor
        end_at_once(self.status)


@contextlib.contextmanager
def held() -> Iterator[Terminal]:
    """The terminal while the app runs. Signals end the app in order, and afterwards everything is restored, except that
    a leaving program has little time left."""
    terminal = Terminal()

    def on_signal(number: int, frame: FrameType | None) -> None:
        terminal.leave(128 + number)

    def on_alarm(number: int, frame: FrameType | None) -> None:
        terminal.abandon()

    handlers = dict.fromkeys((signal.SIGTERM, signal.SIGHUP, signal.SIGINT), on_signal)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    signal.signal(signal.SIGALRM, on_alarm)
    try:
        with quick_turns():
            yield terminal
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        terminal.restore()
        for number, handler in before.items():  # while the program leaves, further signals are ignored
            signal.signal(number, signal.SIG_IGN if terminal.is_leaving else handler)
        if terminal.is_leaving:  # last messages and joined threads must not delay the end either
            signal.signal(signal.SIGALRM, lambda number, frame: end_at_once(terminal.status))
            signal.setitimer(signal.ITIMER_REAL, LEAVING_SECONDS)
            # At exit Python removes its handlers, and the alarm would kill the process.
            atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)


def forget_lost_output() -> None:
    """If the terminal is gone, write nothing to it at exit: that would fail again, and Python would end with its own
    status 120."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError):
                stream.close()
            setattr(sys, name, io.StringIO())
