"""How much may be written to the terminal, for a line that is slow or shared: within any ten seconds at most ten times
the budget of a second. The rest of a window is spent evenly. Where pictures become rare, colours may be further off
before they are sent again.

Replies to keys are written at once, and the frames after them pay for it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tui_trainer.drawing.encoder import UNSEEN

WINDOW = 10.0
"""Seconds over which the budget is kept."""
SPENT = 0.95
"""Share of the budget for our frames; Textual sends a little by itself."""
AHEAD = 2.0
"""Seconds in which the rest of the window would be spent at the present rate. The first picture costs as much as many
frames; with this no long silence follows it."""
LEAST = 0.25
"""A frame needs at least so many seconds' worth of the budget."""
RARE, FREQUENT = 1.0, 0.3
"""Seconds between frames: above the first, colours become coarser; below the second, finer again."""
TOLERANCES = (UNSEEN, 24, 48, 96)
"""Of 255: how far a colour may be off while the picture moves, from invisible to hues that are barely right."""


class Budget:
    """Kilobytes (1000 bytes) a second that frames may use; None: no limit."""

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
        """Bytes that may be written now, all at once; None: no limit."""
        return None if self._rate is None else max(int(self._left(self._clock())), 0)

    @property
    def tolerance(self) -> int:
        """Of 255: how far colours may be off at present."""
        return TOLERANCES[self._level]

    def judge(self, count: int) -> None:
        """Choose the colours of the next frames, after one of `count` bytes."""
        if count and self._rate is not None:
            self._level += int(self.wait > RARE) - int(self.wait < FREQUENT)
            self._level = min(max(self._level, 0), len(TOLERANCES) - 1)

    def _left(self, now: float) -> float:
        """Bytes that may still be written within the present window."""
        while self._sent and self._sent[0][0] <= now - WINDOW:
            self._sent.popleft()
        return (self._rate or 0.0) * WINDOW - sum(count for _, count in self._sent)

    def _room_at(self, now: float) -> float:
        """When the window has room for a frame again."""
        left, enough = self._left(now), (self._rate or 0.0) * LEAST
        for moment, count in self._sent:
            if left >= enough:
                break
            left, now = left + count, moment + WINDOW + 0.001  # certainly out of it, however that is rounded
        return now
