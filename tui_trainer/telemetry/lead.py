"""Who is ahead among several runs: one rule for the screen, for `train` and for `verify`.

Numbers are compared only if they mean the same. Losses need the same loss function, parameters, examples and labels;
accuracies need the same examples and labels. Otherwise nobody is ahead, and the reason is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from tui_trainer.telemetry.evaluation import Evaluation


class ExampleSet(Struct, frozen=True, kw_only=True):
    """The identity of a set of examples: equal arrays have equal digests."""

    inputs: str
    """Digest of the inputs as drawn, before scaling and other preparation."""
    labels: str
    """Digest of the labels, or of the values to predict."""
    count: int


class Yardstick(Struct, frozen=True, kw_only=True):
    """What a run is measured by: the numbers of two runs mean the same only if their yardsticks are equal."""

    loss: str
    """The loss with its parameters, and any unusual encoding of labels: "Huber (delta 0.01)"."""
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
        """Whether the lowest number is ahead, not the highest."""
        return self in (Basis.VALIDATION_LOSS, Basis.TRAIN_LOSS)

    @property
    def is_held_out(self) -> bool:
        """Whether the number is measured on the validation set."""
        return self in (Basis.VALIDATION_LOSS, Basis.VALIDATION_ACCURACY)

    def of(self, evaluation: Evaluation) -> float | None:
        """The number of an evaluation that decides."""
        return {
            Basis.VALIDATION_LOSS: evaluation.validation_loss,
            Basis.TRAIN_LOSS: evaluation.train_loss,
            Basis.VALIDATION_ACCURACY: evaluation.validation_accuracy,
            Basis.TRAIN_ACCURACY: evaluation.train_accuracy,
        }[self]


class Measured(Struct, frozen=True, kw_only=True):
    """What is compared of a run."""

    yardstick: Yardstick
    evaluation: Evaluation | None
    lost: bool = False
    """Whether the run has diverged. It is then behind every run that has not."""


class Lead(Struct, frozen=True, kw_only=True):
    """Which of several runs are ahead."""

    ahead: tuple[int, ...] = ()
    """Indices of the runs that are ahead: several if they are equal; none if all are equal or nothing decides."""
    basis: Basis | None = None
    """What decides; None if nothing does."""
    hindrance: str = ""
    """Why losses do not decide: "different losses"; "" if they do."""
    examples: int = 0
    """Number of examples that decide; 0 if nothing does."""

    def number(self, evaluation: Evaluation | None) -> float | None:
        """The deciding number of one run."""
        return None if evaluation is None or self.basis is None else self.basis.of(evaluation)


RESOLUTION = 1e-6
"""Relative difference up to which numbers count as equal: these digits are the same on every machine."""

NOT_MEASURED = "not measured yet"
NONE_FINITE = "no loss is a finite number"
ONE_EXAMPLE = "one held-out example decides nothing"
DIFFERENT_LOSSES = "different losses"


def lead(runs: Sequence[Measured]) -> Lead:
    """Who is ahead. Runs without a finite loss are behind, whatever their yardstick."""
    if any(run.evaluation is None and not run.lost for run in runs):
        return Lead(hindrance=NOT_MEASURED)
    alive = {index: run for index, run in enumerate(runs) if not run.lost and _finite(run.evaluation)}
    if not alive:
        return Lead(hindrance=NONE_FINITE)
    known = [run.evaluation for run in alive.values() if run.evaluation is not None]
    basis, hindrance = basis_of([run.yardstick for run in alive.values()], known)
    if basis is None:
        return Lead(hindrance=hindrance)
    numbers = {index: basis.of(each) for index, each in zip(alive, known, strict=True)}
    best = (min if basis.is_loss else max)(number for number in numbers.values() if number is not None)
    first = tuple(
        index
        for index, number in numbers.items()
        if number is not None and math.isclose(number, best, rel_tol=RESOLUTION, abs_tol=0)
    )
    judged = [run.yardstick.validation if basis.is_held_out else run.yardstick.train for run in alive.values()]
    return Lead(
        ahead=first if len(first) < len(runs) else (), basis=basis, hindrance=hindrance, examples=judged[0].count
    )


def basis_of(yardsticks: Sequence[Yardstick], known: Sequence[Evaluation]) -> tuple[Basis | None, str]:
    """What may be compared among these runs (None: nothing), and why their losses may not ("": they may)."""
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
    """Why these numbers do not mean the same in runs with these yardsticks; "" if they do."""
    kind = "validation" if basis.is_held_out else "training"
    sets = [each.validation if basis.is_held_out else each.train for each in yardsticks]
    for name, what in (("inputs", "examples"), ("labels", "labels")):
        if len({getattr(each, name) for each in sets}) > 1:
            return f"different {kind} {what}"
    return DIFFERENT_LOSSES if basis.is_loss and len({each.loss for each in yardsticks}) > 1 else ""


def _finite(evaluation: Evaluation | None) -> bool:
    """Whether there is an evaluation and all its losses are finite."""
    losses = () if evaluation is None else (evaluation.train_loss, evaluation.validation_loss)
    return evaluation is not None and all(loss is None or math.isfinite(loss) for loss in losses)
