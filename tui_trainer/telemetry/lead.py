"""Who is ahead among several runs: one answer for the screen, for `train` and for `verify`.

Two numbers are compared only where they mean the same: losses where the loss, its parameters and the examples that
judge (with their labels) are equal, shares of right answers where the examples are. Else nobody is ahead, and why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from tui_trainer.telemetry.evaluation import Evaluation


class ExampleSet(Struct, frozen=True, kw_only=True):
    """Which examples these are: equal arrays have equal digests."""

    inputs: str
    """Digest of the inputs as drawn, before a scale and all else that the network is given is made of them."""
    labels: str
    """Digest of the labels, or of the values to be predicted."""
    count: int


class Yardstick(Struct, frozen=True, kw_only=True):
    """By what a run is measured: the numbers of two runs mean the same only where this is equal."""

    loss: str
    """The loss with its parameters, and what it takes the labels for where that is not usual: "Huber (delta 0.01)"."""
    train: ExampleSet
    validation: ExampleSet


class Basis(StrEnum):
    """What decides who is ahead."""

    VALIDATION_LOSS = "validation loss"
    TRAIN_LOSS = "training loss"
    VALIDATION_ACCURACY = "validation accuracy"
    TRAIN_ACCURACY = "training accuracy"

    @property
    def is_loss(self) -> bool:
        """Whether the lowest is ahead, not the highest."""
        return self in (Basis.VALIDATION_LOSS, Basis.TRAIN_LOSS)

    @property
    def is_held_out(self) -> bool:
        """Whether it is of the validation set."""
        return self in (Basis.VALIDATION_LOSS, Basis.VALIDATION_ACCURACY)

    def of(self, evaluation: Evaluation) -> float | None:
        """The number that this is about."""
        return {
            Basis.VALIDATION_LOSS: evaluation.validation_loss,
            Basis.TRAIN_LOSS: evaluation.train_loss,
            Basis.VALIDATION_ACCURACY: evaluation.validation_accuracy,
            Basis.TRAIN_ACCURACY: evaluation.train_accuracy,
        }[self]


class Measured(Struct, frozen=True, kw_only=True):
    """A run as it is compared."""

    yardstick: Yardstick
    evaluation: Evaluation | None
    lost: bool = False
    """Whether it has diverged: it is behind every one that has not."""


class Lead(Struct, frozen=True, kw_only=True):
    """How several runs stand to each other."""

    ahead: tuple[int, ...] = ()
    """The places of those that are ahead: several where they are equal, none where all are or nothing decides."""
    basis: Basis | None = None
    """What decides; None where nothing does."""
    hindrance: str = ""
    """Why losses do not decide: "different losses"; "" where they do."""
    examples: int = 0
    """How many examples decide; 0 where nothing does."""

    def number(self, evaluation: Evaluation | None) -> float | None:
        """What decides, of one of them."""
        return None if evaluation is None or self.basis is None else self.basis.of(evaluation)


RESOLUTION = 1e-6
"""Share of a number by which another may differ and still be equal: so many digits hold on every machine."""

NOT_MEASURED = "not measured yet"
NONE_FINITE = "no loss is a finite number"
ONE_EXAMPLE = "one held-out example decides nothing"
DIFFERENT_LOSSES = "different losses"


def lead(runs: Sequence[Measured]) -> Lead:
    """Who is ahead. Those that have no finite loss any more are behind, whatever they were measured by."""
    if any(run.evaluation is None and not run.lost for run in runs):
        return Lead(hindrance=NOT_MEASURED)
    alive = {place: run for place, run in enumerate(runs) if not run.lost and _finite(run.evaluation)}
    if not alive:
        return Lead(hindrance=NONE_FINITE)
    known = [run.evaluation for run in alive.values() if run.evaluation is not None]
    basis, hindrance = basis_of([run.yardstick for run in alive.values()], known)
    if basis is None:
        return Lead(hindrance=hindrance)
    numbers = {place: basis.of(each) for place, each in zip(alive, known, strict=True)}
    best = (min if basis.is_loss else max)(number for number in numbers.values() if number is not None)
    first = tuple(
        place
        for place, number in numbers.items()
        if number is not None and math.isclose(number, best, rel_tol=RESOLUTION, abs_tol=0)
    )
    judged = [run.yardstick.validation if basis.is_held_out else run.yardstick.train for run in alive.values()]
    return Lead(
        ahead=first if len(first) < len(runs) else (), basis=basis, hindrance=hindrance, examples=judged[0].count
    )


def basis_of(yardsticks: Sequence[Yardstick], known: Sequence[Evaluation]) -> tuple[Basis | None, str]:
    """What may be compared among runs so measured, None for nothing; and why not their losses, "" where they may."""
    held_out = {each.validation_loss is not None for each in known}
    if len(held_out) > 1:
        return None, "not all have held-out examples"
    if held_out == {False}:
        loss, accuracy = Basis.TRAIN_LOSS, Basis.TRAIN_ACCURACY
    else:
        loss, accuracy = Basis.VALIDATION_LOSS, Basis.VALIDATION_ACCURACY
        if len(yardsticks) > 1 and max(each.validation.count for each in yardsticks) < 2:
            return None, ONE_EXAMPLE
    reason = why_not(loss, yardsticks)
    if not reason:
        return loss, ""
    decides = not why_not(accuracy, yardsticks) and all(accuracy.of(each) is not None for each in known)
    return accuracy if decides else None, reason


def why_not(basis: Basis, yardsticks: Sequence[Yardstick]) -> str:
    """Why these numbers of runs so measured do not mean the same; "" where they do."""
    kind = "validation" if basis.is_held_out else "training"
    sets = [each.validation if basis.is_held_out else each.train for each in yardsticks]
    for name, what in (("inputs", "examples"), ("labels", "labels")):
        if len({getattr(each, name) for each in sets}) > 1:
            return f"different {kind} {what}"
    return DIFFERENT_LOSSES if basis.is_loss and len({each.loss for each in yardsticks}) > 1 else ""


def _finite(evaluation: Evaluation | None) -> bool:
    """Whether no loss of it is infinite or none at all."""
    losses = () if evaluation is None else (evaluation.train_loss, evaluation.validation_loss)
    return evaluation is not None and all(loss is None or math.isfinite(loss) for loss in losses)
