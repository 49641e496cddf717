"""The escape key of a terminal while a command works on something long without a screen."""

from __future__ import annotations

import os
import select
import termios
import tty
from types import TracebackType
from typing import Any, Self, TextIO

ESCAPE = b"\x1b"


class EscapeKey:
    """Within `with`, keys are not shown, and `pressed` tells of escape. Without a terminal nothing is ever pressed.

    ctrl+c interrupts as ever.
    """

    def __init__(self, keyboard: TextIO | None) -> None:
        self._keyboard = keyboard
        self._number: int | None = None
        """The file descriptor, while keys are read."""
        self._before: list[Any] = []

    def __enter__(self) -> Self:
        try:
            number = -1 if self._keyboard is None else self._keyboard.fileno()
            if number >= 0 and os.isatty(number) and self._in_front(number):
                self._before = termios.tcgetattr(number)
                tty.setcbreak(number, termios.TCSANOW)
                self._number = number
        except (OSError, ValueError, termios.error):
            self._number = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._number is not None:
            termios.tcsetattr(self._number, termios.TCSANOW, self._before)
            self._number = None

    @staticmethod
    def _in_front(number: int) -> bool:
        """Whether the command is in the foreground: in the background it would be stopped."""
        return os.tcgetpgrp(number) == os.getpgrp()

    @property
    def pressed(self) -> bool:
        """Whether escape has been pressed by itself: an arrow key begins with the same byte. Other keys are dropped."""
        if self._number is None or not select.select([self._number], [], [], 0)[0]:
            return False
        keys = os.read(self._number, 1024)
        return keys.endswith(ESCAPE) or ESCAPE * 2 in keys
