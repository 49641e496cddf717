"""A run that is watched for an aim: every evaluation is judged once, as soon as it is made."""

from __future__ import annotations

from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Evaluation, Status
from tui_trainer.telemetry.aim import Aim, AimView, judged


class Watched:
    """An aim, and how near a run has come to it since it was set."""

    def __init__(self, aim: Aim, run: DiagnosedRun, number: int = 0) -> None:
        """`number`: of the run; a restart begins another."""
        self.view = AimView(aim=aim, began=run.iteration)
        self._number = number
        self._judged: tuple[int, Status] | None = None
        """The last evaluation that was judged, and the status of the run then."""

    def next_stop(self, run: DiagnosedRun) -> int | None:
        """The next iteration at which the aim may be over; None where nothing is left to watch for."""
        if self.view.is_over:
            return None
        due, until = run.trainer.feed.evaluations.following(run.iteration), self.view.until
        return due if until is None else min(due, until)

    def judge(self, run: DiagnosedRun, number: int = 0, measured: Evaluation | None = None) -> bool:
        """Judge the latest evaluation, unless that is done or the run shows its past. Returns whether the aim is over
        since. A run that began anew is watched from its start. `measured`: of weights that a person has changed, which
        are judged without an evaluation that is due."""
        if number != self._number:
            self._number, self._judged = number, None
            self.view = AimView(aim=self.view.aim)
        latest, until = measured or run.trainer.evaluations.latest, self.view.until
        if self.view.is_over or latest is None or (run.is_past and self.view.aim.iterations != 0):
            return False
        used_up = until is not None and run.iteration >= until
        now = latest.iteration, run.standing
        if now == self._judged and not used_up and measured is None:
            return False
        self._judged = now
        alarms = tuple(finding.id for finding in run.findings if finding.is_alarm)
        self.view = judged(self.view, run.outcome(latest), alarms, used_up=used_up)
        return self.view.is_over
