"""A seek under way: every arm to a moment of its own, in slices, so that keys are obeyed meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from tui_trainer.runs.arms import Arm
from tui_trainer.runs.place import Place


class Seeking:
    """Each slice leaves all arms at a whole moment, wherever that is."""

    def __init__(self, arms: Sequence[Arm], goals: Sequence[Place], origin: Sequence[Place]) -> None:
        """`goals`: where each arm shall stand. `origin`: where they stood, to return to."""
        self.goals, self.origin = goals, origin
        self.share = 0.0
        """How much of it is done, 0 to 1."""
        self._slices = self._seek(arms)

    def go_on(self, seconds: float) -> bool:
        """Seek for about so long, at least one slice; whether all arms have arrived."""
        until = time.perf_counter() + seconds
        for share in self._slices:
            self.share = share
            if time.perf_counter() >= until:
                return False
        return True

    def _seek(self, arms: Sequence[Arm]) -> Iterator[float]:
        for number, (arm, goal) in enumerate(zip(arms, self.goals, strict=True)):
            for share in arm.run.travel(goal):
                yield (number + share) / len(arms)
