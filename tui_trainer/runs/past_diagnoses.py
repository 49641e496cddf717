"""What the diagnosis has said in the past of a run: the screen says the same when it returns to a moment."""

from __future__ import annotations

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.past.timeline import Timeline
from tui_trainer.telemetry import Evaluations

MOST = 256
"""Diagnoses kept. Each holds the evaluations of its window."""


class PastDiagnoses:
    """Diagnoses by the iteration of the evaluation after which they were made, oldest first."""

    def __init__(self) -> None:
        self._known: list[tuple[int, Diagnosis]] = []

    @classmethod
    def again(cls, evaluations: Evaluations, timeline: Timeline) -> PastDiagnoses:
        """The diagnoses of recorded evaluations."""
        past, diagnosis, changes = cls(), Diagnosis(), list(timeline.changes)
        settings = flat_settings(timeline.start_experiment)
        for index, iteration in enumerate(evaluations.iteration.tolist()):
            while changes and changes[0].iteration < iteration:
                settings = flat_settings(changes.pop(0).experiment)
            diagnosis.observe(evaluations.at(index), settings)
            past.note(iteration, diagnosis)
        return past

    def note(self, iteration: int, diagnosis: Diagnosis) -> None:
        """Keep a copy. If there are too many, every second one of the older half is dropped."""
        if len(self._known) >= MOST:
            del self._known[1 : MOST // 2 : 2]
        self._known.append((iteration, diagnosis.copy()))

    def at(self, iteration: int) -> Diagnosis | None:
        """The last one up to an iteration."""
        return next((diagnosis for at, diagnosis in reversed(self._known) if at <= iteration), None)

    def until(self, iteration: int) -> PastDiagnoses:
        """Those up to an iteration."""
        past = PastDiagnoses()
        past._known = [each for each in self._known if each[0] <= iteration]
        return past
