"""What a rule may look at: the latest evaluations of a run, and the few earlier ones that are worth keeping.

A window never changes; the next evaluation makes a new one. So remembering a moment of the diagnosis costs
nothing.
"""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.telemetry import Evaluation

LENGTH = 64
"""Evaluations kept, beside the first and the best."""

APART = 100
"""Evaluations that are judged lie a hundredth of the iterations so far apart, at least: so a number of them is a share
of the run too, and the jumps between them mean the same, however often a run is evaluated."""

SAME_RATE = 1.5
"""Learning rates that are no further apart than by this factor count as one."""


class Window(Struct, frozen=True, kw_only=True):
    """The latest `LENGTH` evaluations of a run that are judged, oldest first."""

    evaluations: tuple[Evaluation, ...]
    """At least one."""
    first: Evaluation
    """The first of the run."""
    best: Evaluation | None
    """The one with the lowest finite validation loss; None where there is no validation set."""
    after_best: int
    """Judged evaluations since `best`; 0 when the latest is the best."""
    highest: float
    """The highest finite training loss of the run so far, the latest included."""
    above_since: int | None
    """The first iteration since which every training loss lay above the `measure`; None where the latest does not."""

    @classmethod
    def opened(cls, evaluation: Evaluation) -> Window:
        """The window of a run with one evaluation."""
        best = evaluation if _validation_loss(evaluation) < math.inf else None
        return cls(
            evaluations=(evaluation,),
            first=evaluation,
            best=best,
            after_best=0,
            highest=_finite(evaluation.train_loss, -math.inf),
            above_since=None,
        )

    @property
    def latest(self) -> Evaluation:
        """The evaluation to be judged."""
        return self.evaluations[-1]

    @property
    def measure(self) -> float:
        """The larger of the first loss and the loss of the best constant answer: far above, all is unlearned."""
        return max(_finite(self.first.train_loss, 0.0), self.first.base_loss, 1e-12)

    @property
    def base(self) -> float:
        """The loss of the best constant answer; where nobody knows that, the `measure`."""
        return self.first.base_loss or self.measure

    def is_judged(self, evaluation: Evaluation) -> bool:
        """Whether the next evaluation is far enough from the last one that was judged; one that is no number always."""
        apart = evaluation.iteration - self.latest.iteration
        return APART * apart >= evaluation.iteration or not math.isfinite(evaluation.train_loss)

    def extended(self, evaluation: Evaluation) -> Window:
        """The window one evaluation later; where that is not judged, only what the run has reached is noted."""
        judged = self.is_judged(evaluation)
        better = _validation_loss(evaluation) < _validation_loss(self.best)
        above = None if evaluation.train_loss <= self.measure else self.above_since or evaluation.iteration
        return replace(
            self,
            evaluations=(*self.evaluations, evaluation)[-LENGTH:] if judged else self.evaluations,
            best=evaluation if better else self.best,
            after_best=0 if better else self.after_best + judged,
            highest=max(self.highest, _finite(evaluation.train_loss, -math.inf)),
            above_since=above,
        )

    def at_this_rate(self, most: int = LENGTH) -> tuple[Evaluation, ...]:
        """The latest evaluations, `most` at most, whose learning rate is within the factor `SAME_RATE` of the present.

        What happened at another rate says nothing about this one: a rate that was turned down is judged anew.
        """
        latest = self.evaluations[-most:]
        low, high = latest[-1].learning_rate / SAME_RATE, latest[-1].learning_rate * SAME_RATE
        others = (n for n in range(len(latest), 0, -1) if not low <= latest[n - 1].learning_rate <= high)
        return latest[next(others, 0) :]


def _validation_loss(evaluation: Evaluation | None) -> float:
    """Infinite where there is none that is a number."""
    return _finite(evaluation.validation_loss if evaluation else None, math.inf)


def _finite(value: float | None, otherwise: float) -> float:
    return value if value is not None and math.isfinite(value) else otherwise
