"""How much may be written to the terminal, for a line that is slow or shared: ten seconds never hold more than ten
times what a second may send. What is left of them is spent evenly, and where pictures become rare, colours may be off
by more before they are sent again.

Answers to keys are written at once and paid for by the frames after them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tui_trainer.drawing.encoder import UNSEEN

WINDOW = 10.0
"""Seconds over which the budget is kept."""
SPENT = 0.95
"""Share of it that is spent; the rest is for what Textual sends by itself."""
AHEAD = 2.0
"""Seconds in which what is left of the window would be spent, if it were spent at one rate: the first picture is many
frames' worth, and is not followed by silence until it is paid for."""
LEAST = 0.25
"""Seconds of the budget that must be left for a frame."""
RARE, FREQUENT = 1.0, 0.3
"""Seconds between frames from which on colours give way, and below which they come back."""
TOLERANCES = (UNSEEN, 24, 48, 96)
"""By how much of 255 a colour may be off while the picture moves, from what no eye sees to hues that are only right."""


class Budget:
    """Kilobytes (1000 bytes) a second that frames may use; None for as many as there are."""

    def __init__(self, kilobytes: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = None if kilobytes is None else kilobytes * 1000 * SPENT
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        """(moment, bytes) of the last ten seconds."""
        self._next_at = 0.0
        """When the next frame may be written."""
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
        if self._rate is not None and count:
            now = self._clock()
            self._sent.append((now, count))
            pace = max(self._left(now), self._rate * LEAST) / AHEAD
            self._next_at = max(max(self._next_at, now) + count / pace, self._room_at(now))
            self._next_at = min(self._next_at, now + WINDOW + 0.001)

    @property
    def wait(self) -> float:
        """Seconds until the next frame may be written; 0 when it may now."""
        return max(self._next_at - self._clock(), 0.0) if self._rate is not None else 0.0

    @property
    def portion(self) -> int | None:
        """Bytes that may be written now, all at once; None for as many as one likes."""
        return None if self._rate is None else max(int(self._left(self._clock())), 0)

    @property
    def tolerance(self) -> int:
        """By how much of 255 colours may be off at present."""
        return TOLERANCES[self._level]

    def judge(self, count: int) -> None:
        """Choose the colours of the next frames, after one of `count` bytes."""
        if count and self._rate is not None:
            self._level += int(self.wait > RARE) - int(self.wait < FREQUENT)
            self._level = min(max(self._level, 0), len(TOLERANCES) - 1)

    def _left(self, now: float) -> float:
        """Bytes that the last ten seconds still have room for."""
        while self._sent and self._sent[0][0] <= now - WINDOW:
            self._sent.popleft()
        return (self._rate or 0.0) * WINDOW - sum(count for _, count in self._sent)

    def _room_at(self, now: float) -> float:
        """When so much has left the window that a frame has room."""
        left, enough = self._left(now), (self._rate or 0.0) * LEAST
        for moment, count in self._sent:
            if left >= enough:
                break
            left, now = left + count, moment + WINDOW + 0.001  # certainly out of it, however that is rounded
        return now
