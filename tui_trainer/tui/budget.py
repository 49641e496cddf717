"""The byte budget of a slow or shared line: within any ten seconds at most ten times the budget of a second is written.

The rest of a window is spent evenly. If pictures become rare, colours may differ more before they are sent again.
Replies to keys are written at once and delay the frames after them.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from tui_trainer.drawing.encoder import UNSEEN

WINDOW_SECONDS = 10.0
"""Time over which the budget is kept."""
SHARE_OF_FRAMES = 0.95
"""Share of the budget for frames. Textual itself sends a little."""
AHEAD_SECONDS = 2.0
"""Time in which the rest of the window would be spent at the present rate. It prevents a long silence after the first
picture, which costs as much as many frames."""
LEAST_SECONDS = 0.25
"""A frame needs at least the budget of this time."""
RARE_SECONDS = 1.0
"""Time between frames above which colours become coarser."""
FREQUENT_SECONDS = 0.3
"""Time between frames below which colours become finer again."""
TOLERANCES = (UNSEEN, 24, 48, 96)
"""Allowed colour errors, of 255, while the picture moves: from invisible to barely recognisable hues."""


class Budget:
    """The budget of frames in kilobytes (1000 bytes) a second; None for no limit."""

    def __init__(self, kilobytes: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = None if kilobytes is None else kilobytes * 1000 * SHARE_OF_FRAMES
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        """(time, bytes) of the last ten seconds."""
        self._next_at = 0.0
        """Time at which the next frame may be written."""
        self._level = 0
        self.spent = 0
        """Bytes written so far, counted only if there is a budget."""

    @property
    def is_limited(self) -> bool:
        """Whether there is a budget."""
        return self._rate is not None

    def spend(self, count: int) -> None:
        """Record `count` written bytes."""
        self.spent += count
        if self._rate is not None and count:
            now = self._clock()
            self._sent.append((now, count))
            pace = max(self._left(now), self._rate * LEAST_SECONDS) / AHEAD_SECONDS
            self._next_at = max(max(self._next_at, now) + count / pace, self._room_at(now))
            self._next_at = min(self._next_at, now + WINDOW_SECONDS + 0.001)

    @property
    def wait(self) -> float:
        """Seconds until the next frame may be written; 0 if it may be written now."""
        return max(self._next_at - self._clock(), 0.0) if self._rate is not None else 0.0

    @property
    def portion(self) -> int | None:
        """Bytes that may be written now; None for no limit."""
        return None if self._rate is None else max(int(self._left(self._clock())), 0)

    @property
    def tolerance(self) -> int:
        """Allowed colour error at present, of 255."""
        return TOLERANCES[self._level]

    def judge(self, count: int) -> None:
        """Choose the tolerance of the next frames, after a frame of `count` bytes."""
        if count and self._rate is not None:
            self._level += int(self.wait > RARE_SECONDS) - int(self.wait < FREQUENT_SECONDS)
            self._level = min(max(self._level, 0), len(TOLERANCES) - 1)

    def _left(self, now: float) -> float:
        """Bytes that may still be written within the present window."""
        while self._sent and self._sent[0][0] <= now - WINDOW_SECONDS:
            self._sent.popleft()
        return (self._rate or 0.0) * WINDOW_SECONDS - sum(count for _, count in self._sent)

    def _room_at(self, now: float) -> float:
        """Time at which the window has room for a frame again."""
        left, enough = self._left(now), (self._rate or 0.0) * LEAST_SECONDS
        for moment, count in self._sent:
            if left >= enough:
                break
            left, now = left + count, moment + WINDOW_SECONDS + 0.001  # outside the window despite rounding
        return now
