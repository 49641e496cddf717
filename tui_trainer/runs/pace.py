"""How fast a live run goes: what is due at the asked pace, how much fits into a slice, and what speed came out."""

from __future__ import annotations

import time

from tui_trainer.telemetry.commands import SLOW_MOTION

SLICE_SECONDS = 0.002
"""Seconds of training between two looks at the queue of commands."""
SPEED_WINDOW_SECONDS = 0.5
"""Seconds over which the speed is measured."""


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
        """From now on go at this pace."""
        self.asked = asked
        self.begin()

    def begin(self) -> None:
        """Count from now: after standing still nothing is to be caught up."""
        self._start, self._moves = time.perf_counter(), 0
        self.speed = 0.0
        """Measured iterations a second."""
        self._counted, self._counted_from = 0, self._start

    @property
    def by_phases(self) -> bool:
        """Whether moves are single phases."""
        return self.asked is not None and self.asked <= SLOW_MOTION

    def due(self, now: float) -> tuple[int, float]:
        """The moves (iterations; phases in slow motion) to make now, and where there are none the seconds until one."""
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
        """Take note that so many iterations were made since `started`."""
        now = time.perf_counter()
        if iterations and not self.by_phases:  # there it is the time of one phase
            each = max((now - started) / iterations, 1e-7)
            self.per_slice = max(1, min(int(SLICE_SECONDS / each), 4 * self.per_slice, 100_000))
        self._counted += iterations
        elapsed = now - self._counted_from
        if elapsed > SPEED_WINDOW_SECONDS:
            self.speed = self._counted / elapsed
            self._counted, self._counted_from = 0, now
        elif not self.speed:
            self.speed = self._counted / max(elapsed, 1e-6)
