"""The pace of a live run: how many iterations are due, how many fit into a slice, and the measured speed."""

from __future__ import annotations

import time

from tui_trainer.telemetry.commands import SLOW_MOTION

SLICE_SECONDS = 0.002
"""Training time between two checks of the command queue."""
SPEED_WINDOW_SECONDS = 0.5
"""Time over which the speed is measured."""


class Pace:
    """`asked` iterations a second, or None for as fast as possible."""

    def __init__(self, asked: float | None) -> None:
        self.per_slice = 1
        """Iterations that fit into a slice."""
        self.ask(asked)

    @classmethod
    def from_setting(cls, pace: float | str) -> Pace:
        """`pace`: the setting `training.pace`, iterations a second or "max"."""
        return cls(None if pace == "max" else float(pace))

    def ask(self, asked: float | None) -> None:
        """Change the pace."""
        self.asked = asked
        self.begin()

    def begin(self) -> None:
        """Count from now, so that nothing is caught up after a pause."""
        self._start, self._moves = time.perf_counter(), 0
        self.speed = 0.0
        """Measured iterations a second."""
        self._counted, self._counted_from = 0, self._start

    @property
    def by_phases(self) -> bool:
        """Whether moves are single phases."""
        return self.asked is not None and self.asked <= SLOW_MOTION

    def due(self, now: float) -> tuple[int, float]:
        """The moves (iterations; phases in slow motion) to make now. If there are none, the seconds until the next."""
        if self.asked is None:
            return self.per_slice, 0.0
        rate = 4 * self.asked if self.by_phases else self.asked
        ready = int((now - self._start) * rate) - self._moves
        if ready < 1:
            return 0, (self._moves + 1) / rate - (now - self._start)
        if ready > max(rate, 1):  # more than a second behind: this machine cannot keep the pace, do not catch up
            self.begin()
            ready = 1
        moves = 1 if self.by_phases else min(ready, self.per_slice)
        self._moves += moves
        return moves, 0.0

    def measure(self, iterations: int, started: float) -> None:
        """Record that `iterations` were made since `started`."""
        now = time.perf_counter()
        if iterations and not self.by_phases:  # by phases the time is that of one phase
            each = max((now - started) / iterations, 1e-7)
            self.per_slice = max(1, min(int(SLICE_SECONDS / each), 4 * self.per_slice, 100_000))
        self._counted += iterations
        elapsed = now - self._counted_from
        if elapsed > SPEED_WINDOW_SECONDS:
            self.speed = self._counted / elapsed
            self._counted, self._counted_from = 0, now
        elif not self.speed:
            self.speed = self._counted / max(elapsed, 1e-6)
