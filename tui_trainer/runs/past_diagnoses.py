"""What the diagnosis has said in the past of a run: the screen says the same when it returns to a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.past.timeline import Timeline
from tui_trainer.telemetry import Evaluations

MOST = 256
"""Diagnoses kept. Each holds the evaluations of its window. A run is judged at some 150 of its evaluations at most, so
there is room for each that has found something else than the one before."""


class PastDiagnoses:
    """Diagnoses by the iteration of the evaluation after which they were made, oldest first."""

    def __init__(self) -> None:
        self._known: list[tuple[int, Diagnosis]] = []
        self._coming: Iterator[tuple[int, Diagnosis]] | None = None
        """Diagnoses of a recording that have not been made again yet."""
        self._later: list[tuple[int, Diagnosis]] = []
        """Diagnoses after those."""

    @classmethod
    def again(cls, evaluations: Evaluations, timeline: Timeline) -> PastDiagnoses:
        """The diagnoses of recorded evaluations, which are made when they are needed: each takes a fraction of a
        millisecond."""
        past = cls()
        past._coming = _again(evaluations, timeline, Diagnosis())
        return past

    def note(self, iteration: int, diagnosis: Diagnosis) -> None:
        """Keep a copy."""
        (self._known if self._coming is None else self._later).append((iteration, diagnosis.copy()))
        self._thin_out()

    def at(self, iteration: int) -> Diagnosis | None:
        """The last one up to an iteration."""
        while self._coming is not None and (not self._known or self._known[-1][0] <= iteration):
            self._make_next()
        return next((diagnosis for at, diagnosis in reversed(self._known) if at <= iteration), None)

    def exactly_at(self, iteration: int, evaluations: Evaluations, timeline: Timeline) -> Diagnosis | None:
        """A copy of the last one up to an iteration, with the evaluations that came after it: they were not judged, but
        a run that goes on from there remembers what it has reached."""
        self.at(iteration)
        known = next(((at, each) for at, each in reversed((*self._known, *self._later)) if at <= iteration), None)
        if known is None:
            return None
        at, diagnosis = known[0], known[1].copy()
        for _ in _again(evaluations.until(iteration), timeline, diagnosis, at):
            pass
        return diagnosis

    def until(self, iteration: int) -> PastDiagnoses:
        """Those up to an iteration."""
        self.at(iteration)
        past = PastDiagnoses()
        past._known = [each for each in (*self._known, *self._later) if each[0] <= iteration]
        return past

    def go_on(self, seconds: float) -> bool:
        """Make diagnoses of a recording again for about `seconds`. Returns whether there are more."""
        end = time.perf_counter() + seconds
        while self._coming is not None and time.perf_counter() < end:
            self._make_next()
        return self._coming is not None

    def _make_next(self) -> None:
        following = None if self._coming is None else next(self._coming, None)
        if following is None:
            self._known, self._later, self._coming = self._known + self._later, [], None
        else:
            self._known.append(following)
        self._thin_out()

    def _thin_out(self) -> None:
        """If there are too many, drop those that have found the same as the one before."""
        for kept in (self._known, self._later):
            if len(kept) > MOST:
                kept[1:-1] = [each for before, each in pairwise(kept[:-1]) if not each[1].found_as(before[1])]
                if len(kept) > 3 * MOST // 4:
                    del kept[1:-1:2]


def _again(
    evaluations: Evaluations, timeline: Timeline, diagnosis: Diagnosis, after: int = -1
) -> Iterator[tuple[int, Diagnosis]]:
    """Feed `diagnosis` with the evaluations after an iteration. Yields copies of it."""
    changes = list(timeline.changes)
    settings = flat_settings(timeline.start_experiment)
    for index, iteration in enumerate(evaluations.iteration.tolist()):
        while changes and changes[0].iteration < iteration:
            settings = flat_settings(changes.pop(0).experiment)
        if iteration > after:
            diagnosis.observe(evaluations.at(index), settings)
            yield iteration, diagnosis.copy()
