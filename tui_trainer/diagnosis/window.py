"""What a rule may look at: the latest evaluations of a run, and the few earlier ones that are worth keeping.

A window never changes; the next evaluation makes a new one. So remembering a moment of the diagnosis costs
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.telemetry import Evaluation
from tui_trainer.telemetry.evaluation import is_apart

Settings = Mapping[str, object]
"""Dotted TOML key → value in force, as `Snapshot.values`."""

LENGTH = 64
"""Evaluations kept, beside the first and the best."""

SUCCESS = 0.3
"""Training loss, as a share of that of the best constant answer, below which a run succeeds."""
AT_NEIGHBOURS = 1.2
"""Training error beside the neighbours' error up to which there is nothing more to find out."""
LITTLE = 0.03
"""Of the error of the best constant answer, what two errors that are compared may differ by anyhow."""
NOISY = 0.1
"""Of the error of the best constant answer, from which on a neighbours' error is a floor of noise."""
HARD = 0.8
"""Of the same, beyond which neighbours are no help."""

SAME_RATE = 1.5
"""Learning rates that are no further apart than by this factor count as one."""


class Window(Struct, frozen=True, kw_only=True, dict=True):
    """The latest `LENGTH` evaluations of a run that are judged, oldest first."""

    evaluations: tuple[Evaluation, ...]
    """At least one."""
    first: Evaluation
    """The first of the run."""
    best: Evaluation | None
    """The one with the lowest finite validation loss; None where there is no validation set."""
    after_best: int
    """Judged evaluations since `best`; 0 when the latest is the best."""
    above_since: int | None
    """The first iteration since which every training loss lay above the `measure`; None where the latest does not."""
    steepest: float = 0.0
    """The largest norm of the steady gradient so far, the latest included."""
    highest_rate: float = 0.0
    """The largest learning rate so far, the present one included."""
    alike: int = 1
    """The latest evaluations, up to the first whose learning rate is further than by `SAME_RATE` from the present."""
    settings: Settings = {}
    """Those in force, which remedies shall fit."""

    @classmethod
    def opened(cls, evaluation: Evaluation, settings: Settings) -> Window:
        """The window of a run with one evaluation."""
        best = evaluation if _validation_loss(evaluation) < math.inf else None
        return cls(
            evaluations=(evaluation,),
            first=evaluation,
            best=best,
            after_best=0,
            above_since=None,
            steepest=_finite(evaluation.get("steady_gradient_norm"), 0.0),
            highest_rate=evaluation.learning_rate,
            settings=settings,
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

    @cached_property
    def loss(self) -> float:
        """The training loss now, as a share of that of the best constant answer."""
        return self.latest.train_loss / self.base

    @cached_property
    def beside_neighbours(self) -> float | None:
        """The training error now beside the error of guessing every example from its neighbours; both with a little
        added, since few examples cannot tell an error of 0 from one that is nearly 0. None where it is not known."""
        neighbours, constant = self.first.get("neighbours_error"), self.first.get("constant_error")
        error = self.latest.get("train_error")
        if neighbours is None or constant is None or error is None or not constant > 0:
            return None
        return (error + LITTLE * constant) / (neighbours + LITTLE * constant)

    @property
    def is_hard(self) -> bool:
        """Whether neighbours know little more of an example than the best constant answer does."""
        neighbours, constant = self.first.get("neighbours_error"), self.first.get("constant_error")
        return neighbours is not None and constant is not None and neighbours > HARD * constant

    @cached_property
    def succeeds(self) -> bool:
        """Whether the run does what can be asked of it, so that no symptom of its network matters."""
        return self.generalises and (self.loss < SUCCESS or self.at_floor)

    @property
    def at_floor(self) -> bool:
        """Whether the run has found out as much as neighbours know, where that is not all: the rest is noise."""
        beside, neighbours = self.beside_neighbours, self.first.get("neighbours_error")
        constant = self.first.get("constant_error")
        if beside is None or neighbours is None or constant is None or neighbours < NOISY * constant:
            return False
        return beside <= AT_NEIGHBOURS and self.loss < 1

    @property
    def generalises(self) -> bool:
        """Whether held-out examples, if there are any, fare better than by the best constant answer."""
        validation = self.latest.validation_loss
        return validation is None or validation < self.base

    def share(self, span: tuple[Evaluation, ...]) -> float:
        """How much of the run lies between the first and the last of these; 0 where nobody knows."""
        return (span[-1].get("share_done") or 0.0) - (span[0].get("share_done") or 0.0)

    def lately(self, share: float, least: int, most: int = LENGTH) -> tuple[Evaluation, ...]:
        """The latest evaluations at about the present rate that span `share` of the run, but `least` and `most` of
        them; fewer where there are not so many yet."""
        span = self.at_this_rate(most)
        known = span[-1].get("share_done")
        if known is None:
            return span
        first = max(len(span) - least, 0)
        while first and known - span[first].values.get("share_done", 0.0) < share:
            first -= 1
        return span[first:]

    def is_judged(self, evaluation: Evaluation) -> bool:
        """Whether the next evaluation is far enough from the last one that was judged; one that is no number always.
        Of a log that does not say how long its run is, all are judged that lie apart on the way so far."""
        now, before = evaluation.get("share_done"), self.latest.get("share_done")
        if now is None or before is None:
            now, before = 1.0, self.latest.iteration / max(evaluation.iteration, 1)
        return is_apart(now, before) or not math.isfinite(evaluation.train_loss)

    def extended(self, evaluation: Evaluation, settings: Settings) -> Window:
        """The window one evaluation later; where that is not judged, only what the run has reached is noted."""
        judged = self.is_judged(evaluation)
        evaluations = (*self.evaluations, evaluation)[-LENGTH:] if judged else self.evaluations
        better = _validation_loss(evaluation) < _validation_loss(self.best)
        above = None if evaluation.train_loss <= self.measure else self.above_since or evaluation.iteration
        same = evaluation.learning_rate == self.latest.learning_rate
        return replace(
            self,
            evaluations=evaluations,
            best=evaluation if better else self.best,
            after_best=0 if better else self.after_best + judged,
            above_since=above,
            steepest=max(self.steepest, _finite(evaluation.get("steady_gradient_norm"), 0.0)),
            highest_rate=max(self.highest_rate, evaluation.learning_rate),
            alike=min(self.alike + judged, LENGTH) if same else _alike(evaluations),
            settings=settings,
        )

    def at_this_rate(self, most: int = LENGTH) -> tuple[Evaluation, ...]:
        """The latest evaluations, `most` at most, whose learning rate is within the factor `SAME_RATE` of the present.

        What happened at another rate says nothing about this one: a rate that was turned down is judged anew.
        """
        return self.evaluations[-min(self.alike, most) :]


def _alike(evaluations: tuple[Evaluation, ...]) -> int:
    rate = evaluations[-1].learning_rate
    low, high = rate / SAME_RATE, rate * SAME_RATE
    others = (n for n, each in enumerate(reversed(evaluations)) if not low <= each.learning_rate <= high)
    return next(others, len(evaluations))


def _validation_loss(evaluation: Evaluation | None) -> float:
    """Infinite where there is none that is a number."""
    return _finite(evaluation.validation_loss if evaluation else None, math.inf)


def _finite(value: float | None, otherwise: float) -> float:
    return value if value is not None and math.isfinite(value) else otherwise
