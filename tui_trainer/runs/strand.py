"""What one run tells a recording: batch losses, evaluations, keyframes, findings, changes by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui_trainer.past.timeline import FIRST_SPACING
from tui_trainer.recordings.pieces import Stretch
from tui_trainer.recordings.state import RunState
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.restoring import state_of
from tui_trainer.telemetry import Evaluation, Finding, JournalEntry
from tui_trainer.training.vectors import Keyframe

MOST_AT_ONCE = 8
"""Keyframes that are gathered of a small network at once. The timeline of a young run takes hundreds a second, which
would cost a recording more than all its losses. Between fewer keyframes the run is computed again just as unnoticed."""


class Extent(NamedTuple):
    """How far a run has come: it has moved if this is another."""

    iteration: int
    by_hand: tuple[object, ...]
    """How many changes there are, and the last of them: a change replaces one that was made at the same iteration."""


class Strand:
    """What a run has gathered since it was handed over last. It does not keep the run alive."""

    def __init__(self, number: int, run: DiagnosedRun) -> None:
        """Listens to the run from now on."""
        self.number = number
        self.first, self.count = run.newest, 0
        """The iteration before the first of the losses, and the number of losses."""
        self.state: RunState | None = None
        """The last state that is known: a run in its past cannot be copied at its newest iteration."""
        self.known: Extent | None = None
        """How far it went in that state."""
        self.written: Extent | None = None
        """How far it went in the state that was handed over last."""
        self._losses: list[NDArray[np.float64]] = []
        at_start = run.trainer.evaluations.first
        self._evaluations = [at_start] if at_start is not None and not run.newest else []
        self._keyframes: list[Keyframe] = []
        self._last_keyframe = run.newest
        self._journal: tuple[JournalEntry, ...] = ()
        """What the journal of the recording has of the run's."""
        self._findings = {finding.id: finding for finding in run.diagnosis.findings} if run.newest else {}
        """Those that hold, by id, as the journal has them."""
        self._lines: list[object] = []
        before = run.on_observation

        def observe(evaluation: Evaluation | None) -> None:
            before(evaluation)
            if evaluation is not None:
                self._evaluations.append(evaluation)
            iteration = run.iteration if evaluation is None else evaluation.iteration
            self._note_findings(run.diagnosis.findings, iteration)

        run.trainer.on_losses, run.on_observation = self._hear_losses, observe

    @property
    def keyframe_bytes(self) -> int:
        return sum(vector.nbytes for frame in self._keyframes[:1] for vector in frame.vectors) * len(self._keyframes)

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Those that are to be handed over next."""
        return tuple(self._evaluations)

    def forget(self) -> None:
        """Drop what was gathered, which will not be written."""
        self.take_stretch()
        self.take_keyframes()
        self._lines = []

    def remember(self, run: DiagnosedRun) -> None:
        """Copy the state of the run, if it has moved."""
        extent = extent_of(run)
        if not run.is_past and extent != self.known:
            self.state, self.known = state_of(run, self.number), extent

    def gather_keyframes(self, run: DiagnosedRun) -> None:
        """Copy the new copies of the timeline. Those of runs that restore their best weights are left out: each would
        need the best weights too, and without keyframes a run is computed from its start."""
        new = takewhile(lambda frame: frame.iteration > self._last_keyframe, run.timeline.copies)
        frames = [frame for frame in new if frame.early_stop.best_parameters is None]
        self._last_keyframe = frames[0].iteration if frames else self._last_keyframe
        spacing = FIRST_SPACING
        while len(frames) > MOST_AT_ONCE:
            frames, spacing = [frame for frame in frames if frame.iteration % spacing == 0], 2 * spacing
        self._keyframes += [frame.copy() for frame in reversed(frames)]

    def take_stretch(self) -> Stretch:
        """Hand over the losses and the evaluations."""
        stretch = Stretch(strand=self.number, first=self.first, losses=self._losses, evaluations=self._evaluations)
        self.first, self.count = self.first + self.count, 0
        self._losses, self._evaluations = [], []
        return stretch

    def take_keyframes(self) -> Sequence[Keyframe]:
        """Hand over the keyframes."""
        keyframes, self._keyframes = self._keyframes, []
        return keyframes

    def take_lines(self, run: DiagnosedRun) -> list[object]:
        """Hand over the lines for the journal: findings, and what was changed by hand."""
        lines, self._lines = self._lines, []
        known, now = self._journal, run.timeline.journal if run.timeline.changes else ()
        if now != known:
            same = same_at_first(known, now)
            lines.append({"kind": "changes", "strand": self.number, "after": same, "changes": now[same:]})
            self._journal = now
        return lines

    def _hear_losses(self, losses: NDArray[np.float64]) -> None:
        self._losses.append(losses)
        self.count += len(losses)

    def _note_findings(self, findings: Sequence[Finding], iteration: int) -> None:
        now = {finding.id: finding for finding in findings}
        for id in [*(id for id in self._findings if id not in now), *(id for id in now if id not in self._findings)]:
            finding = now.get(id) or self._findings[id]
            self._lines.append(
                {
                    "kind": "finding",
                    "strand": self.number,
                    "iteration": iteration,
                    "id": id,
                    "holds": id in now,
                    "title": finding.title,
                    "sentence": finding.sentence,
                }
            )
        self._findings = now


def same_at_first(known: Sequence[object], now: Sequence[object]) -> int:
    """How many entries the two begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(known, now, strict=False)))


def extent_of(run: DiagnosedRun) -> Extent:
    """The moment of a run at its newest iteration."""
    changes = run.timeline.changes
    return Extent(run.newest, (len(changes), *changes[-1:]))
