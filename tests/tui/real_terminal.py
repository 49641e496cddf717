"""A program on a real pseudo-terminal: what it shows, and what it leaves behind."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
from patience import PATIENCE

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("fake_program.py")
MOUSE = (1000, 1002, 1003, 1006, 1015, 1016)
MODES = {"alternate screen": 1049, "pasting": 2004, "focus reports": 1004, "sizes": 2048, "frames": 2026}
MODES |= {f"mouse {mode}": mode for mode in MOUSE}
NORMAL = {"cursor": 25, "wrapping": 7}
"""Modes that are on in a shell."""
UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?2026[hl]")
FRAME_START, FRAME_END = "\x1b[?2026h", "\x1b[?2026l"
CAN_HOLD_FRAMES, IT_CAN = "\x1b[?2026$p", "\x1b[?2026;2$y"
"""The program's question whether the terminal shows a frame only once it is complete, and this terminal's reply."""
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)}


class Program:
    """A program of Python, the fake one unless told otherwise, in a session of its own on a terminal."""

    def __init__(
        self,
        *options: str,
        environment: dict[str, str] | None = None,
        program: tuple[str, ...] = (str(PROGRAM),),
        size: tuple[int, int] = (80, 24),
    ) -> None:
        columns, rows = size
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # Python's own environment only: readline has put the size of another terminal into the process's.
            environment = {**os.environ, **TERMINAL, **(environment or {})}
            environment.pop("PYTHONUNBUFFERED", None)  # what is left to write at exit is a person's case too
            os.execve(sys.executable, [sys.executable, *program, *options], environment)
        self.settings = termios.tcgetattr(self.descriptor)
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.raw = ""
        self._unshown = ""
        """The beginning of a frame whose end has not come yet."""
        self._replied = False
        self.status: int | None = None
        self.stopped = False

    def read(self, seconds: float = 0.05) -> None:
        """Take what the program writes for at most so long, and see whether it has ended or stopped."""
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if ready:
            try:
                text = self._decode(os.read(self.descriptor, 1 << 16))
            except OSError:
                text = ""
            self.raw += text
            if CAN_HOLD_FRAMES in self.raw[-len(text) - len(CAN_HOLD_FRAMES) :] and not self._replied:
                self._replied = True
                self.type(IT_CAN)
            self._show(text)
        self.reap()

    def _show(self, text: str) -> None:
        """Put on the screen what has arrived, but for a frame that is not complete: a test reads no half picture."""
        arrived = self._unshown + text
        started = arrived.rfind(FRAME_START)
        if started <= arrived.rfind(FRAME_END):  # at most the first bytes of the next one
            started = len(arrived) - max(n for n in range(len(FRAME_START)) if arrived.endswith(FRAME_START[:n]))
        self._unshown = arrived[started:]
        self._stream.feed(UNKNOWN_TO_PYTE.sub("", arrived[:started]))

    def read_all(self) -> None:
        """Take everything that the program has left behind."""
        known = -1
        while len(self.raw) > known:
            known = len(self.raw)
            self.read()

    def reap(self) -> None:
        """See whether the program has ended or stopped, without taking anything from it."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
            if pid and os.WIFSTOPPED(status):
                self.stopped = True
            elif pid and os.WIFCONTINUED(status):
                self.stopped = False
            elif pid:
                self.status = os.waitstatus_to_exitcode(status)

    def until(self, condition: Callable[[], object], *, reading: bool = True) -> float:
        """Wait until the condition holds; return the seconds that took."""
        start = time.monotonic()
        while not condition():
            assert time.monotonic() - start < PATIENCE, f"never held; the screen:\n{self.text()}"
            if reading:
                self.read()
            else:
                self.reap()
                time.sleep(0.005)
        return time.monotonic() - start

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.screen.display)

    def shows(self, *words: str, without: str | None = None) -> Callable[[], bool]:
        """A condition for `until`: one screen shows all these words, and not those without which it should be.

        What belongs together is waited for together: a program draws one thing in several frames, and an assertion
        about the first frame fails on a busy machine.
        """

        def shown() -> bool:
            text = self.text()
            return all(each in text for each in words) and (without is None or without not in text)

        return shown

    def ended(self) -> bool:
        return self.status is not None

    def type(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def quits(self) -> None:
        """Type q: the program ends well, and hands the terminal back."""
        self.type("q")
        self.until(self.ended)
        assert (self.status, self.not_handed_back()) == (0, [])

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as if a person had dragged the window's corner."""
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def not_handed_back(self) -> list[str]:
        """What of the terminal is not as it was before the program."""
        if self.status is not None and self.descriptor >= 0:
            self.read_all()  # it can have ended before all that it wrote was taken
        wrong = [name for name, mode in MODES.items() if self._is_on(mode)]
        wrong += [name for name, mode in NORMAL.items() if self._is_off(mode)]
        if self.raw.rfind("\x1b[>") > self.raw.rfind("\x1b[<u"):
            wrong.append("keyboard protocol")
        if termios.tcgetattr(self.descriptor)[:4] != self.settings[:4]:
            wrong.append("settings")
        return wrong

    def _is_on(self, mode: int) -> bool:
        return self.raw.rfind(f"\x1b[?{mode}h") > self.raw.rfind(f"\x1b[?{mode}l")

    def _is_off(self, mode: int) -> bool:
        return self.raw.rfind(f"\x1b[?{mode}l") > self.raw.rfind(f"\x1b[?{mode}h")

    def close(self) -> None:
        """Take the terminal away, as a dropped connection does."""
        os.close(self.descriptor)
        self.descriptor = -1


@contextmanager
def running(
    *options: str,
    environment: dict[str, str] | None = None,
    program: tuple[str, ...] = (str(PROGRAM),),
    size: tuple[int, int] = (80, 24),
) -> Iterator[Program]:
    """The program until the block ends; what still runs then is killed."""
    started = Program(*options, environment=environment, program=program, size=size)
    try:
        yield started
    finally:
        started.reap()
        if started.status is None:
            started.signal(signal.SIGKILL)
            os.waitpid(started.pid, 0)
        if started.descriptor >= 0:
            started.close()
