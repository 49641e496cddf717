"""How much may be written to the terminal, for a line that is slow or shared: frames wait until the bytes before them
are paid for, and where frames become rare, colours may be off by more before they are sent again.

Answers to keys are written at once and paid for by the frames after them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tui_trainer.tui.encoder import UNSEEN

SPENT = 0.9
"""Share of the budget that is spent: a window of ten seconds may begin just before a frame that is already paid for."""
LONGEST_DEBT = 10.0
"""Seconds that frames wait at most, however much the keys have made of it."""
RARE, FREQUENT = 1.0, 0.3
"""Seconds of the budget that a frame takes, from which on colours give way, and below which they come back."""
TOLERANCES = (UNSEEN, 24, 48, 96)
"""By how much of 255 a colour may be off while the picture moves, from what no eye sees to hues that are only right."""


class Budget:
    """Kilobytes (1000 bytes) a second that frames may use; None for as many as there are."""

    def __init__(self, kilobytes: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = None if kilobytes is None else kilobytes * 1000 * SPENT
        self._clock = clock
        self._paid_at = clock()
        """When all that has been written is paid for."""
        self._level = 0
        self.spent = 0
        """Bytes written so far; counted only where there is a budget."""

    @property
    def is_limited(self) -> bool:
        """Whether there is a budget at all."""
        return self._rate is not None

    def spend(self, count: int) -> None:
        """Take note of `count` bytes that have been written."""
        self.spent += count
        if self._rate is not None:
            now = self._clock()
            self._paid_at = min(max(self._paid_at, now) + count / self._rate, now + LONGEST_DEBT)

    @property
    def wait(self) -> float:
        """Seconds until the next frame may be written; 0 when it may now."""
        return max(self._paid_at - self._clock(), 0.0) if self._rate is not None else 0.0

    @property
    def portion(self) -> int | None:
        """Bytes that one frame may take, so that any ten seconds have room for the last one: what a second may send."""
        return None if self._rate is None else int(self._rate)

    @property
    def tolerance(self) -> int:
        """By how much of 255 colours may be off at present."""
        return TOLERANCES[self._level]

    def judge(self, count: int) -> None:
        """Choose the colours of the next frames, after one of `count` bytes."""
        if self._rate is not None and count:
            seconds = count / self._rate
            self._level += int(seconds > RARE) - int(seconds < FREQUENT)
            self._level = min(max(self._level, 0), len(TOLERANCES) - 1)
