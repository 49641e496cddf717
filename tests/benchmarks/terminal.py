"""A program on a pseudo-terminal, and when it wrote what: reading costs next to nothing while something is timed, and
the screen is worked out afterwards by a terminal emulator (pyte)."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?2026[hl]")
ITERATION = re.compile(r"([\d,]+)(?: of [\d,]+)? iterations?")
CHUNK = 1 << 16


class Terminal:
    """`words` started in a session of its own on a terminal of `size` (columns, rows) with 24-bit colours."""

    def __init__(self, words: list[str], size: tuple[int, int]) -> None:
        self.started = time.perf_counter()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(ROOT)})
            # As installed: with compiled modules, which are kept out of the checkout.
            os.environ["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "tui-trainer-benchmark")
            for name in ("NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
                os.environ.pop(name, None)
            # Nobody's: a file that does not exist and cannot be made.
            os.environ["TUI_TRAINER_PREFERENCES"] = f"{os.devnull}/none"
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execv(words[0], words)
        self.settings = termios.tcgetattr(self.descriptor)
        self.received = 0
        """Bytes that the program has written, as far as they were read."""
        self.last = b""
        """The end of what it has written: where it has crashed, why."""
        self.status: int | None = None
        """What the program ended with, once it has."""
        self._show(size)

    def _show(self, size: tuple[int, int]) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as if a person had dragged the window's corner."""
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, keys: str | bytes) -> None:
        """What a person, or their mouse, sends; waits while the terminal takes no more."""
        os.write(self.descriptor, keys.encode() if isinstance(keys, str) else keys)

    def chunk(self, seconds: float) -> bytes:
        """What the program has written, at most `seconds` later; empty when that is nothing, or it has ended."""
        if not select.select([self.descriptor], [], [], max(seconds, 0))[0]:
            return b""
        try:
            data = os.read(self.descriptor, CHUNK)
        except OSError:  # Linux says so when the last process has closed its side
            time.sleep(max(min(seconds, 0.01), 0))
            return b""
        self.received += len(data)
        self.last = (self.last + data)[-CHUNK:]
        return data

    def skim(self, seconds: float) -> list[tuple[float, bytes]]:
        """What the program writes in so long, and when it came, not yet shown: that takes a processor's time.

        While chunks are shown nobody reads, and a program that has much to say waits: skim before timing anything.
        """
        chunks, end = [], time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if data := self.chunk(left):
                chunks.append((time.perf_counter(), data))
        return chunks

    def listen(self, seconds: float) -> int:
        """Read for so long, then show what came; the number of bytes."""
        before = self.received
        self.show(self.skim(seconds))
        return self.received - before

    def show(
        self, chunks: list[tuple[float, bytes]], condition: Callable[[str], object] = lambda text: False
    ) -> float | None:
        """Show what was read; the moment at which the screen first satisfied the condition, None when it did not."""
        found = None
        for moment, data in chunks:
            self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data))
            if found is None and condition(self.text()):
                found = moment
        return found

    def when(self, condition: Callable[[str], object], within: float, *, slice_: float = 0.2) -> float:
        """The moment (`time.perf_counter`) at which the screen first satisfied the condition.

        Reads for `slice_` seconds with nothing else to do, then looks at the screen after each chunk, and so on. Raises
        `TimeoutError`, with the screen, when the condition does not hold within so many seconds.
        """
        end = time.perf_counter() + within
        while time.perf_counter() < end:
            found = self.show(self.skim(slice_), condition)
            if found is not None:
                return found
            self.reap()
            if self.status is not None:
                break
        raise TimeoutError(f"not seen within {within} s (exit status {self.status}); the screen:\n{self.text()}")

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.screen.display)

    def iteration(self) -> int:
        """The iteration that the screen names; 0 when it names none."""
        found = ITERATION.search(self.text())
        return int(found[1].replace(",", "")) if found else 0

    def resident(self) -> float:
        """Megabytes of memory that the program holds (Linux)."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def threads(self) -> dict[str, tuple[float, float]]:
        """By thread: seconds that it ran, and seconds that it could have but found no processor free (Linux)."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        numbers = {task.name: (task / "schedstat").read_text().split() for task in tasks}
        return {name: (int(ran) / 1e9, int(waited) / 1e9) for name, (ran, waited, _) in numbers.items()}

    def reap(self) -> None:
        """See whether the program has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """End the program and give its terminal back to the system."""
        self.reap()
        if self.status is None:
            os.kill(self.pid, signal.SIGTERM)
            end = time.perf_counter() + 3
            while self.status is None and time.perf_counter() < end:
                self.chunk(0.01)
                self.reap()
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.descriptor)
