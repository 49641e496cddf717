"""The input of a rule: the latest evaluations of a run, and the few earlier ones that are worth keeping.

A window is immutable, and each evaluation makes a new one, so keeping a past state of the diagnosis costs nothing.
The *base loss* is the loss of the best constant prediction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.telemetry import Evaluation
from tui_trainer.telemetry.evaluation import is_apart, judged_length

Settings = Mapping[str, object]
"""Dotted TOML key → value in force, as `Snapshot.values`."""

LENGTH = 64
"""Evaluations kept besides the first and the best."""

SUCCESS = 0.3
"""Training loss, as a share of the base loss, below which a run succeeds."""
AT_NEIGHBOURS = 1.2
"""Training error relative to the neighbours' error, up to which nothing is left to learn."""
LITTLE = 0.03
"""Added to errors before they are compared, as a share of the best constant prediction's error."""
NEAR_FLOOR = 1.5
"""The same ratio up to which little is left to learn where the neighbours' error is noise."""
NOISY = 0.1
"""Neighbours' error, as a share of the best constant prediction's, from which it is a noise floor."""
HESITANT = 1.25
"""Loss of a classifier, relative to the least that its share of errors allows, above which it has not yet settled."""
HARD = 0.8
"""Neighbours' error, as a share of the best constant prediction's, above which neighbours tell nothing."""

SPARSE = 0.03
"""Evaluations at least this share of the run apart are sparse: a run of twenty cannot wait for as many as one of a
hundred."""

SAME_RATE = 1.5
"""Learning rates within this factor count as the same."""


class Window(Struct, frozen=True, kw_only=True, dict=True):
    """The latest `LENGTH` judged evaluations of a run, oldest first."""

    evaluations: tuple[Evaluation, ...]
    """At least one."""
    first: Evaluation
    """The first of the run."""
    best: Evaluation | None
    """The evaluation with the lowest finite validation loss; None without a validation set."""
    after_best: int
    """Judged evaluations since `best`; 0 when the latest is the best."""
    above_since: int | None
    """The iteration since which every training loss lies above `measure`; None if the latest does not."""
    steepest: float = 0.0
    """The largest norm of the steady gradient so far, the latest included."""
    highest_rate: float = 0.0
    """The largest learning rate so far, the present one included."""
    alike: int = 1
    """Number of the latest evaluations in a row at about the present learning rate."""
    settings: Settings = {}

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
        """The evaluation that is judged."""
        return self.evaluations[-1]

    @cached_property
    def while_finite(self) -> Window:
        """The window up to the latest evaluation whose loss is a number; the same one if there is none."""
        count = len(self.evaluations)
        while count and not math.isfinite(self.evaluations[count - 1].train_loss):
            count -= 1
        if count in (0, len(self.evaluations)):
            return self
        evaluations = self.evaluations[:count]
        return replace(self, evaluations=evaluations, alike=_alike(evaluations))

    @property
    def measure(self) -> float:
        """The larger of the first loss and the base loss. A loss far above it has unlearned everything."""
        return max(_finite(self.first.train_loss, 0.0), self.first.base_loss, 1e-12)

    @property
    def base(self) -> float:
        """The base loss, or `measure` where it is not known."""
        return self.first.base_loss or self.measure

    @cached_property
    def loss(self) -> float:
        """The present training loss as a share of the base loss."""
        return self.latest.train_loss / self.base

    @cached_property
    def beside_neighbours(self) -> float | None:
        """The present training error relative to the error of predicting each example from its neighbours; None where
        that is unknown. A little is added to both, since few examples cannot tell an error of 0 from a small one."""
        neighbours, constant = self.first.get("neighbours_error"), self.first.get("constant_error")
        error = self.latest.get("train_error")
        if neighbours is None or constant is None or error is None or not constant > 0:
            return None
        return (error + LITTLE * constant) / (neighbours + LITTLE * constant)

    @cached_property
    def floor(self) -> float:
        """The loss that the neighbours' error stands for, as a share of the base loss: of a classifier that errs as
        often and is as sure as it may be. 0 where that is unknown."""
        neighbours, constant = self.first.get("neighbours_error"), self.first.get("constant_error")
        if neighbours is None or constant is None or not constant > 0:
            return 0.0
        if self.first.train_accuracy is None:
            return neighbours / constant
        return _uncertainty(neighbours, constant) / _uncertainty(constant, constant) if constant < 1 else 0.0

    @cached_property
    def straight(self) -> float | None:
        """The loss that the best network without hidden layers has, as a share of the present one, where this network
        has none either: it cannot go below it. None elsewhere."""
        best = self.first.get("straight_loss")
        return None if best is None or not self.latest.train_loss > 0 else best / self.latest.train_loss

    @property
    def is_hard(self) -> bool:
        """Whether neighbours predict little better than the best constant prediction."""
        neighbours, constant = self.first.get("neighbours_error"), self.first.get("constant_error")
        return neighbours is not None and constant is not None and neighbours > HARD * constant

    @cached_property
    def succeeds(self) -> bool:
        """Whether the run does as well as can be expected, so that no symptom of its network matters."""
        return self.generalises and (self.loss < SUCCESS or self.at_floor)

    @property
    def at_floor(self) -> bool:
        """Whether the run is as good as the neighbours, whose remaining error is noise."""
        return self.is_at_floor(AT_NEIGHBOURS)

    def is_at_floor(self, most: float) -> bool:
        """Whether the training error is at most `most` times that of the neighbours, and theirs is noise."""
        beside, neighbours = self.beside_neighbours, self.first.get("neighbours_error")
        constant = self.first.get("constant_error")
        if beside is None or neighbours is None or constant is None or neighbours < NOISY * constant:
            return False
        return beside <= most and self.loss < 1 and not self.hesitates

    @property
    def hesitates(self) -> bool:
        """Whether a classifier is far less sure of its answers than it may be with so few of them wrong: its loss still
        has a way to go when its errors have not."""
        error, constant = self.latest.get("train_error"), self.first.get("constant_error")
        if self.latest.train_accuracy is None or error is None or constant is None or not 0 < constant < 1:
            return False
        return self.loss > HESITANT * _uncertainty(error, constant) / _uncertainty(constant, constant)

    @property
    def generalises(self) -> bool:
        """Whether the validation loss, if there is one, lies below the base loss."""
        validation = self.latest.validation_loss
        return validation is None or validation < self.base

    def share(self, span: tuple[Evaluation, ...]) -> float:
        """Share of the run between the first and the last of these; 0 where the length of the run is not known."""
        known = self.latest.get("share_done")
        return 0.0 if not known else (span[-1].iteration - span[0].iteration) / self.length

    @cached_property
    def length(self) -> int:
        """The iterations of the run, as far as it is judged."""
        return judged_length(self.latest.iteration, self.latest.get("share_done"))

    def lately(
        self, share: float, least: int, most: int = LENGTH, *, at_any_rate: bool = False
    ) -> tuple[Evaluation, ...]:
        """The latest evaluations that span `share` of the run, at least `least` and at most `most` of them if there are
        as many; only those at about the present rate, unless `at_any_rate`."""
        span = self.evaluations[-most:] if at_any_rate else self.at_this_rate(most)
        if self.latest.get("share_done") is None:
            return span
        first, begin = max(len(span) - least, 0), self.latest.iteration - share * self.length
        while first and span[first].iteration > begin:
            first -= 1
        return span[first:]

    def in_a_row(self, count: int) -> int:
        """How many evaluations stand for so many: half of them where they are sparse."""
        return (count + 1) // 2 if self.share(self.evaluations[-2:]) >= SPARSE else count

    def is_judged(self, evaluation: Evaluation) -> bool:
        """Whether the next evaluation is far enough from the last one that was judged. A loss that is not finite is
        always judged. In a log that does not tell the length of its run, the distance is a share of the iterations so
        far."""
        known = is_apart(evaluation.iteration, self.latest.iteration, evaluation.get("share_done"))
        return known or not math.isfinite(evaluation.train_loss)

    def extended(self, evaluation: Evaluation, settings: Settings) -> Window:
        """The window one evaluation later. An evaluation that is not judged only updates what the run has reached."""
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

        What happened at another rate tells nothing about this one, so a run whose rate was lowered is judged anew.
        """
        return self.evaluations[-min(self.alike, most) :]


def _alike(evaluations: tuple[Evaluation, ...]) -> int:
    rate = evaluations[-1].learning_rate
    low, high = rate / SAME_RATE, rate * SAME_RATE
    others = (n for n, each in enumerate(reversed(evaluations)) if not low <= each.learning_rate <= high)
    return next(others, len(evaluations))


def _uncertainty(error: float, constant: float) -> float:
    """The cross-entropy of answers of which this share is wrong, each given with that certainty. `constant`: the same
    share where the answer is always the most frequent class, which tells how many classes an error may fall to."""
    if not 0 < error < 1:
        return 0.0
    others = max(math.log(constant / (1 - constant)), 0.0)
    return error * (others - math.log(error)) - (1 - error) * math.log(1 - error)


def _validation_loss(evaluation: Evaluation | None) -> float:
    """The validation loss, or infinity where there is no finite one."""
    return _finite(evaluation.validation_loss if evaluation else None, math.inf)


def _finite(value: float | None, otherwise: float) -> float:
    return value if value is not None and math.isfinite(value) else otherwise
