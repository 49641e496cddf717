"""One run without a screen: the trainer and its diagnosis, and somebody who is told what they find as they find it."""

from __future__ import annotations

from typing import Protocol

from tui_trainer.diagnosis import Diagnosis
from tui_trainer.experiment import Experiment
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.telemetry import Evaluation, Finding, Status
from tui_trainer.telemetry.expectation import Outcome
from tui_trainer.training import Trainer
from tui_trainer.training.evaluation import evaluation_of
from tui_trainer.training.yardstick import yardstick


class Listener(Protocol):
    """Who is told."""

    def evaluation(self, evaluation: Evaluation) -> None:
        """The next evaluation."""

    def finding(self, finding: Finding, iteration: int, active: bool) -> None:
        """A finding that was raised (active) or released after `iteration` updates."""


class HeadlessRun:
    """A trainer whose evaluations the diagnosis judges, in the same order and with the same words as on screen."""

    def __init__(self, experiment: Experiment) -> None:
        """Evaluates once."""
        self.experiment = experiment
        self.diagnosis = Diagnosis()
        self.raised: dict[str, int] = {}
        """Id of every finding that was ever raised → the iteration at which it was raised first."""
        self._settings = flat_settings(experiment)
        self._held: dict[str, Finding] = {}
        self._listener: Listener | None = None
        self.trainer = Trainer(experiment, self._evaluated)

    def tell(self, listener: Listener) -> None:
        """Tell `listener` of the first evaluation, which has been made, and of everything from now on."""
        if self.trainer.evaluations.first is not None:
            listener.evaluation(self.trainer.evaluations.first)
        for finding in self._held.values():
            listener.finding(finding, self.trainer.iteration, True)
        self._listener = listener

    def advance(self, iterations: int | None = None) -> Status:
        """Run `iterations` more updates, or to the target; the status says why it stands still."""
        status = self.trainer.run(iterations)
        if status is Status.DIVERGED:
            self.diagnosis.observe_non_finite(self.trainer.iteration, self._settings)
            self._tell_findings(self.trainer.iteration)
        return status

    @property
    def restored(self) -> int | None:
        """The iteration whose weights early stopping has brought back, where the run stands on those."""
        return self.trainer.early_stop.restored(self.trainer.iteration)

    def final(self) -> Evaluation:
        """Measured where the run stands, on the weights that it stands on; the log does not get it."""
        return evaluation_of(self.trainer.moment())

    def outcome(self) -> Outcome:
        """What the run has come to."""
        return Outcome(
            status=self.trainer.status,
            iteration=self.trainer.iteration,
            final=self.final(),
            raised=dict(self.raised),
            losses=self.trainer.losses,
            yardstick=yardstick(self.trainer),
        )

    def _evaluated(self, evaluation: Evaluation) -> None:
        if self._listener is not None:
            self._listener.evaluation(evaluation)
        self.diagnosis.observe(evaluation, self._settings)
        self._tell_findings(evaluation.iteration)

    def _tell_findings(self, iteration: int) -> None:
        now = {finding.id: finding for finding in self.diagnosis.findings}
        changes = [(finding, True) for id, finding in now.items() if id not in self._held]
        changes += [(finding, False) for id, finding in self._held.items() if id not in now]
        for finding, active in changes:
            if active:
                self.raised.setdefault(finding.id, iteration)
            if self._listener is not None:
                self._listener.finding(finding, iteration, active)
        self._held = now
