"""Runs without a screen that are moved together, iteration for iteration: the arms of a race, or one run alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from tui_trainer.studies.headless import HeadlessRun
from tui_trainer.telemetry import Evaluation, Status
from tui_trainer.training import Experiment


class Arm(Struct, frozen=True):
    """One of the runs."""

    name: str
    run: HeadlessRun

    @property
    def over(self) -> bool:
        """Whether it has reached its target, or ended before."""
        trainer = self.run.trainer
        return trainer.status is not Status.PAUSED or trainer.iteration >= trainer.target


class Race:
    """All arms begin together and go on as far as their own targets."""

    def __init__(self, experiments: Sequence[tuple[str, Experiment]]) -> None:
        """`experiments`: name and experiment of each arm."""
        self.arms = tuple(Arm(name, HeadlessRun(experiment)) for name, experiment in experiments)

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

    def advance(self, iterations: int) -> None:
        """Every arm that is not over goes so much further, or to its target."""
        for arm in self.arms:
            trainer = arm.run.trainer
            if not arm.over:
                arm.run.advance(min(iterations, trainer.target - trainer.iteration))


def ahead(finals: Sequence[Evaluation]) -> int | None:
    """The place of the arm with the lowest validation loss (training loss where nothing is held out); None where no
    arm is alone with it."""
    losses = [each.train_loss if each.validation_loss is None else each.validation_loss for each in finals]
    finite = [loss for loss in losses if math.isfinite(loss)]
    lowest = min(finite, default=math.nan)
    return losses.index(lowest) if finite.count(lowest) == 1 else None
