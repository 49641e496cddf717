"""Who is ahead: numbers are compared only where they mean the same, and where not, it is said why."""

from __future__ import annotations

import math

import made_up
import pytest
from msgspec import structs

from tui_trainer.telemetry.lead import Basis, ExampleSet, Lead, Measured, Yardstick, lead

SAME = Yardstick(
    loss="mean squared error",
    train=ExampleSet(inputs="a", labels="b", count=40),
    validation=ExampleSet(inputs="c", labels="d", count=20),
)


def measured(
    loss: float | None, accuracy: float | None = None, yardstick: Yardstick = SAME, *, train: float = 0.5, **rest: bool
) -> Measured:
    evaluation = made_up.evaluation(
        10,
        train_loss=train,
        validation_loss=loss,
        train_accuracy=accuracy,
        validation_accuracy=None if loss is None else accuracy,
    )
    return Measured(yardstick=yardstick, evaluation=evaluation, **rest)


def other(**changes: object) -> Yardstick:
    return structs.replace(SAME, **changes)


@pytest.mark.parametrize(
    ("losses", "first"),
    [
        ((0.3, 0.2, 0.4), (1,)),
        ((0.3, 0.3, 0.4), (0, 1)),
        ((0.3, 0.3, 0.3), ()),
        ((0.3, 0.3 * (1 + 3e-7), 0.3 * (1 - 3e-7)), ()),  # rounding is no lead
        ((0.3, 0.3 * (1 + 1e-5), 0.4), (0,)),
        ((0.0, 0.0, 1e-12), (0, 1)),
        ((math.nan, math.inf, 9.0), (2,)),
        ((math.nan, 0.3, 0.3), (1, 2)),
        ((math.nan, math.nan, math.nan), ()),
    ],
)
def test_the_lowest_finite_validation_loss_is_ahead(losses: tuple[float, ...], first: tuple[int, ...]) -> None:
    assert lead([measured(loss) for loss in losses]).ahead == first


def test_without_held_out_data_the_training_loss_decides() -> None:
    found = lead([measured(None, train=0.5), measured(None, train=0.1)])
    assert (found.ahead, found.basis) == ((1,), Basis.TRAIN_LOSS)
    apart = other(train=structs.replace(SAME.train, inputs="x"))
    assert lead([measured(None, train=0.5), measured(None, None, apart, train=0.1)]) == Lead(
        hindrance="different training examples"
    )
    # Where data are held out, those that are trained on may differ.
    assert lead([measured(0.5), measured(0.1, None, apart)]).ahead == (1,)


@pytest.mark.parametrize("turned", [False, True])
def test_different_losses_are_no_numbers_to_compare(turned: bool) -> None:
    arms = [measured(0.007, 0.998), measured(0.02, 1.0, other(loss="binary cross-entropy"))]
    found = lead(arms[::-1] if turned else arms)
    assert (found.basis, found.hindrance) == (Basis.VALIDATION_ACCURACY, "different losses")
    assert found.ahead == ((0,) if turned else (1,))
    one_without = [arms[0], measured(0.02, None, other(loss="contrastive"))]
    assert lead(one_without[::-1] if turned else one_without) == Lead(hindrance="different losses")
    equals = [measured(0.007, 1.0), measured(0.02, 1.0, other(loss="binary cross-entropy"))]
    assert lead(equals).ahead == ()


def test_shares_of_other_examples_are_no_numbers_to_compare_either() -> None:
    inputs = other(validation=structs.replace(SAME.validation, inputs="x"))
    labels = other(validation=structs.replace(SAME.validation, labels="x"))
    assert lead([measured(0.3, 0.9), measured(0.1, 1.0, inputs)]) == Lead(hindrance="different validation examples")
    assert lead([measured(0.3, 0.9), measured(0.1, 1.0, labels)]) == Lead(hindrance="different validation labels")
    assert lead([measured(0.3, 0.9), measured(None, 1.0)]) == Lead(hindrance="not all have held-out examples")


def test_one_held_out_example_decides_nothing() -> None:
    one = other(validation=structs.replace(SAME.validation, count=1))
    assert lead([measured(0.3, None, one), measured(0.1, None, one)]) == Lead(
        hindrance="one held-out example decides nothing"
    )


def test_who_has_diverged_is_behind_whatever_its_last_number() -> None:
    assert lead([measured(0.3), measured(0.1, lost=True)]).ahead == (0,)
    assert lead([measured(0.3), measured(0.1, None, other(loss="huber"), lost=True)]).ahead == (0,)
    lost = [measured(0.3, lost=True), measured(0.1, lost=True)]
    assert lead(lost) == Lead(hindrance="no loss is a finite number")


def test_before_the_first_measurement_nobody_is_ahead() -> None:
    assert lead([measured(0.3), Measured(yardstick=SAME, evaluation=None)]) == Lead(hindrance="not measured yet")
