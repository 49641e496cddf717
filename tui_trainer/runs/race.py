"""A race: arms that move together, iteration for iteration, until each has ended, and the iterations where they part.

A single arm is a race too, so the screen, `train` and studies share the code.
"""

from __future__ import annotations

from collections.abc import Callable, Sized

from tui_trainer.runs.arms import Arm, Contestants, begun, notice_parting, pairs
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Status


class Race:
    """Arms that begin together. One of them has the focus."""

    def __init__(self, contestants: Contestants) -> None:
        """`experiments`: name and experiment of each arm. Raises `SettingError`."""
        self.arms, self.focus = begun(contestants), 0
        self.notice_parting()

    @property
    def run(self) -> DiagnosedRun:
        """The run of the focused arm."""
        return self.arms[self.focus].run

    @property
    def is_alone(self) -> bool:
        """Whether there is one arm only."""
        return len(self.arms) == 1

    @property
    def can_move(self) -> bool:
        """Whether any arm can make another finite step."""
        return bool(self._movers)

    def advance(self, iterations: int, waiting: Sized = ()) -> Status:
        """Run `iterations`, arms that are behind first. Returns PAUSED until all arms have ended, then how they ended.

        Arms that have ended wait until all have ended; then all go on together. Only a single arm stops early if
        another thread puts something into `waiting`: several arms would not be at one iteration.
        """
        if self.is_alone:
            return self.run.advance(iterations, waiting)
        goal = min(arm.run.iteration for arm in self._movers) + iterations
        return self._move(lambda run: run.iteration < goal, lambda run: run.advance(goal - run.iteration))

    def advance_phase(self) -> Status:
        """Run the next phase of the arms that are furthest behind."""
        behind = min(arm.run.boundary for arm in self._movers)
        return self._move(lambda run: run.boundary == behind, DiagnosedRun.advance_phase)

    @property
    def last(self) -> DiagnosedRun:
        """The run furthest behind of those that move next; the focused one if none can move, and in a tie."""
        runs = (arm.run for arm in self._movers)
        return min(runs, key=lambda run: (run.iteration, run is not self.run), default=self.run)

    def seek(self, iteration: int) -> None:
        """Move every arm to that moment, or to its newest iteration."""
        for arm in self.arms:
            arm.run.seek(iteration)

    @property
    def standing(self) -> Status:
        """The status of the focused arm."""
        return self.run.standing

    @property
    def is_racing(self) -> bool:
        """Whether any arm has not come to its end."""
        return bool(self._racing)

    @property
    def _racing(self) -> list[Arm]:
        """Arms that have not come to their end."""
        return [arm for arm in self.arms if arm.run.is_past or (arm.run.first_end is None and not arm.run.is_recorded)]

    @property
    def _movers(self) -> list[Arm]:
        """Arms that move next: if all have ended, those that can go on."""
        return self._racing or [arm for arm in self.arms if arm.run.reached is not Status.DIVERGED]

    def _move(self, is_due: Callable[[DiagnosedRun], bool], move: Callable[[DiagnosedRun], Status]) -> Status:
        """Move the arms that are due, and check whether they have parted. Returns the status of all arms together."""
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
