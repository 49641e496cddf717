"""The terminal before and after the app: whether a screen can open on it, and how to give it back after every kind of
end, also when nobody reads it any more. Knows neither Textual nor the app."""

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

ENOUGH = 0.4
"""Seconds that the app may take to end in order, before the terminal is taken from it; and seconds that the process may
take after that."""

TRIES = 25
"""How often to try the last write, every 2 ms."""

RESET = (
    "\x18"  # whatever sequence was cut off, end it
    "\x1b[?2026l"  # synchronized output
    "\x1b[<u"  # Kitty's keys
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # pasting, focus and size reports
    "\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h"  # wrapping, style, the other screen, the cursor
)
"""Takes back everything that Textual asks of a terminal."""


def refusal(environment: Mapping[str, str]) -> str | None:
    """Why the screen cannot open on this terminal, as a sentence for the person; None when it can."""
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
    """Columns and rows of the terminal behind standard error, as the system knows them; (0, 0) where it does not."""
    try:
        return os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except OSError:
        return 0, 0


class Terminal:
    """Keeps the settings of standard input, and ends the app. `held` makes it, before the app."""

    def __init__(self) -> None:
        self._descriptor = sys.__stdin__.fileno() if sys.__stdin__ else 0
        try:
            self._settings: list[Any] | None = termios.tcgetattr(self._descriptor)
        except termios.error:
            self._settings = None
        self.status = 0
        """What the process should exit with, as far as a signal has decided it."""
        self.is_leaving = False
        """Whether the app has begun to end."""
        self.on_leave: Callable[[int], None] | None = None
        """Ends the app in order, with an exit status. Called from a signal handler: must only schedule."""

    def leave(self, status: int) -> None:
        """Begin to end the app, and see to it that it has ended within half a second."""
        self.status, self.is_leaving = status, True
        if not signal.getitimer(signal.ITIMER_REAL)[0]:  # further signals put nothing off
            signal.setitimer(signal.ITIMER_REAL, ENOUGH)
        if self.on_leave is None:
            raise SystemExit(status)
        self.on_leave(status)

    def restore(self) -> None:
        """Give standard input its settings back, at once and without waiting for output."""
        if self._settings is not None:
            # From the background the call would stop the process.
            before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._settings)
            signal.signal(signal.SIGTTOU, before)

    def abandon(self) -> None:
        """Leave now: nobody reads the terminal, or the orderly way is stuck.

        What the reader has not taken is thrown away, so that the reset finds room, and standard error leads nowhere
        from here on, so that the reset comes last. A thread that is caught in a write holds the terminal until it is
        woken and finds that it may not wait; hence some tries.
        """
        self.restore()
        with contextlib.suppress(OSError, termios.error):
            terminal = os.dup(2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            os.set_blocking(terminal, False)
            try:
                for _ in range(TRIES):
                    termios.tcflush(terminal, termios.TCOFLUSH)
                    with contextlib.suppress(BlockingIOError):
                        if os.write(terminal, RESET.encode()) == len(RESET):
                            break
                    # Throwing its output away does not wake a writer, but output that is stopped and started does.
                    termios.tcflow(terminal, termios.TCOOFF)
                    termios.tcflow(terminal, termios.TCOON)
                    time.sleep(0.002)
            finally:
                os.set_blocking(terminal, True)  # the shell shares the descriptor
        end_at_once(self.status)


@contextlib.contextmanager
def held() -> Iterator[Terminal]:
    """The terminal for the time of the app: signals end it in order, and afterwards everything is as before, but that a
    program which is leaving has little time left."""
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
        for number, handler in before.items():  # the end has begun: the same signal again is no other end
            signal.signal(number, signal.SIG_IGN if terminal.is_leaving else handler)
        if terminal.is_leaving:  # what is still to be told or joined cannot hold the program either
            signal.signal(signal.SIGALRM, lambda number, frame: end_at_once(terminal.status))
            signal.setitimer(signal.ITIMER_REAL, ENOUGH)
            # From then on only memory is given back, and Python has put its handlers away: the alarm would kill it.
            atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)


def forget_lost_output() -> None:
    """Where the terminal is gone, let nothing be written to it at exit: that would fail once more, and Python then ends
    with a status of its own, 120."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        try:
            stream.flush()
        except OSError:
            with contextlib.suppress(OSError):
                stream.close()
            setattr(sys, name, io.StringIO())
