"""A race: arms that are moved together, iteration for iteration, up to the end of each, and where their weights part.

One arm alone is a race as well: the screen, `train` and studies run it by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized

from tui_trainer.experiment import Experiment
from tui_trainer.runs.arms import Arm, begun, notice_parting, pairs
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Status


class Race:
    """Arms that begin together; one of them is in focus."""

    def __init__(self, experiments: Sequence[tuple[str, Experiment]]) -> None:
        """`experiments`: the name and the experiment of each arm. Raises `SettingError`."""
        self.arms, self.focus = begun(experiments), 0
        self.notice_parting()

    @property
    def run(self) -> DiagnosedRun:
        """The focused arm's."""
        return self.arms[self.focus].run

    @property
    def is_alone(self) -> bool:
        """Whether there is one arm only."""
        return len(self.arms) == 1

    @property
    def can_move(self) -> bool:
        """Whether any arm has a finite step before it."""
        return bool(self._movers)

    def advance(self, iterations: int, waiting: Sized = ()) -> Status:
        """Run so far, those that are behind first; PAUSED while any arm has not ended, else how they ended.

        Arms that have ended stand until all have; then they go on beyond it together. One alone is left early when
        another thread has put something into `waiting`; several would not stand at one iteration then.
        """
        if self.is_alone:
            return self.run.advance(iterations, waiting)
        goal = min(arm.run.iteration for arm in self._movers) + iterations
        return self._move(lambda run: run.iteration < goal, lambda run: run.advance(goal - run.iteration))

    def advance_phase(self) -> Status:
        """Run the next phase, of those first that are behind."""
        behind = min(arm.run.boundary for arm in self._movers)
        return self._move(lambda run: run.boundary == behind, DiagnosedRun.advance_phase)

    @property
    def last(self) -> DiagnosedRun:
        """The arm that is furthest behind of those that move next; the focused one where none can, or as far."""
        runs = (arm.run for arm in self._movers)
        return min(runs, key=lambda run: (run.iteration, run is not self.run), default=self.run)

    def seek(self, iteration: int) -> None:
        """Every arm to that moment, as far as it has been there."""
        for arm in self.arms:
            arm.run.seek(iteration)

    @property
    def standing(self) -> Status:
        """How the focused arm stands where it stands."""
        return self.run.standing

    @property
    def is_racing(self) -> bool:
        """Whether any arm has not come to its end."""
        return bool(self._racing)

    @property
    def _racing(self) -> list[Arm]:
        """Arms that have not come to their end."""
        return [arm for arm in self.arms if arm.run.is_past or arm.run.first_end is None]

    @property
    def _movers(self) -> list[Arm]:
        """Arms that are to move next: when all have ended, those that can go on."""
        return self._racing or [arm for arm in self.arms if arm.run.reached is not Status.DIVERGED]

    def _move(self, is_due: Callable[[DiagnosedRun], bool], move: Callable[[DiagnosedRun], Status]) -> Status:
        """Move those arms that are due, and see whether they have parted; the status of all of them together."""
        raced = self.is_racing
        statuses = {arm.name: move(arm.run) for arm in self._movers if is_due(arm.run)}
        self.notice_parting()
        ended = [status for status in statuses.values() if status is not Status.PAUSED]
        if self.is_racing or not ended or (not raced and len(ended) < len(statuses)):
            return Status.PAUSED
        return self.run.reached if self.run.reached is not Status.PAUSED else ended[0]

    def notice_parting(self) -> None:
        for first, other in pairs(self.arms):
            notice_parting(first, other)
