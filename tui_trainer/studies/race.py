"""Runs without a screen that are moved together, iteration for iteration: the arms of a race, or one run alone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tui_trainer.experiment import Experiment
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.telemetry import Evaluation, Status
from tui_trainer.telemetry.lead import Lead, Measured, lead
from tui_trainer.training import Trainer
from tui_trainer.training.parting import equal, first_apart
from tui_trainer.training.state import Keyframe
from tui_trainer.training.yardstick import yardstick


class Arm(Struct, frozen=True):
    """One of the runs."""

    name: str
    run: DiagnosedRun

    @property
    def over(self) -> bool:
        """Whether it has reached its target, or ended before."""
        return self.run.standing is not Status.PAUSED

    @property
    def lost(self) -> bool:
        """Whether it has diverged."""
        return self.run.standing is Status.DIVERGED


class Pair:
    """Two trainers that go on in step, and the first iteration after which their weights differ."""

    def __init__(self, first: Trainer, other: Trainer) -> None:
        """Both stand at their start."""
        self._both = (first, other)
        self.parted: int | None = None if equal(first, other) else 0
        """None while they are equal to the bit; 0 where they never were."""
        self._equal = self._keyframes()
        """The last moment known at which they were equal."""

    def look(self) -> None:
        """To be called after both have moved: if they have parted since the last time, those iterations run again."""
        a, b = self._both
        end = min(a.iteration, b.iteration)
        if self.parted is not None or end == self._equal[0].iteration:
            return
        if a.iteration == b.iteration and equal(a, b):
            self._equal = self._keyframes()
            return
        here, statuses = self._keyframes(), (a.status, b.status)
        if self._equal_after(end):
            self._equal = self._keyframes()
        else:
            self.parted = first_apart(self._equal[0].iteration, end, self._equal_after)
        for trainer, keyframe, status in zip(self._both, here, statuses, strict=True):
            trainer.restore(keyframe)
            trainer.status = status

    def _keyframes(self) -> tuple[Keyframe, Keyframe]:
        a, b = self._both
        return a.keyframe(), b.keyframe()

    def _equal_after(self, iteration: int) -> bool:
        for trainer, keyframe in zip(self._both, self._equal, strict=True):
            trainer.restore(keyframe)
            trainer.replay(iteration)
        return equal(*self._both)


class Race:
    """All arms begin together and go on as far as their own targets."""

    def __init__(self, experiments: Sequence[tuple[str, Experiment]]) -> None:
        """`experiments`: name and experiment of each arm."""
        self.arms = tuple(Arm(name, DiagnosedRun(experiment)) for name, experiment in experiments)
        self._pairs = [Pair(self.arms[0].run.trainer, arm.run.trainer) for arm in self.arms[1:]]

    @property
    def target(self) -> int:
        """Iterations of the longest arm."""
        return max(arm.run.trainer.target for arm in self.arms)

    @property
    def iteration(self) -> int:
        """Where the arm is that has come furthest."""
        return max(arm.run.trainer.iteration for arm in self.arms)

    @property
    def over(self) -> bool:
        return all(arm.over for arm in self.arms)

    @property
    def parted(self) -> tuple[int | None, ...]:
        """For each arm but the first, the first iteration after which its parameters differ from the first's."""
        return tuple(pair.parted for pair in self._pairs)

    def lead(self, finals: Sequence[Evaluation]) -> Lead:
        """Who is ahead, of arms that stand at `finals`, each at its own end."""
        return lead(
            [
                Measured(yardstick=yardstick(arm.run.trainer), evaluation=final, lost=arm.lost)
                for arm, final in zip(self.arms, finals, strict=True)
            ]
        )

    def advance(self, iterations: int) -> None:
        """Every arm that is not over goes so much further, or to its target."""
        for arm in self.arms:
            trainer = arm.run.trainer
            if not arm.over:
                arm.run.advance(min(iterations, trainer.target - trainer.iteration))
        for pair in self._pairs:
            pair.look()
