"""A run must be what the same experiment with the same changes is when it is lived once, without turning back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct, structs

from tui_trainer.telemetry import Phase, Status
from tui_trainer.telemetry.commands import ChangeWeight
from tui_trainer.training import Experiment, Trainer, with_setting


class Deed(Struct, frozen=True):
    """After `iteration` updates the setting `key` was given `value`, or a weight was changed by hand."""

    iteration: int
    key: str
    value: object | ChangeWeight


def straight(experiment: Experiment, deeds: Sequence[Deed], iteration: int, phase: Phase | None = None) -> Trainer:
    """A trainer that has come to this moment without ever going back; a stop on the way is ignored."""
    trainer = Trainer(experiment)
    for deed in deeds:
        if deed.iteration > iteration:
            break
        run_to(trainer, deed.iteration)
        if isinstance(deed.value, ChangeWeight):
            trainer.set_weight(*structs.astuple(deed.value))
        else:
            trainer.change(with_setting(trainer.experiment, deed.key, deed.value))
    run_to(trainer, iteration)
    while phase is not None and trainer.phase is not phase:
        trainer.step_phase()
    return trainer


def run_to(trainer: Trainer, iteration: int) -> None:
    """Run up to `iteration`, beyond targets and early stops, or to where it diverges."""
    while trainer.iteration < iteration and trainer.status is not Status.DIVERGED:
        trainer.run(iteration - trainer.iteration)


def assert_same_moment(ours: Trainer, theirs: Trainer) -> None:
    """Everything that the next iteration depends on, and what the screen shows of the last, to the bit."""
    assert (ours.iteration, ours.phase) == (theirs.iteration, theirs.phase)
    assert ours.experiment == theirs.experiment
    assert ours.learning_rate == theirs.learning_rate
    assert ours.target == theirs.target
    for name in ("parameters", "gradient", "update"):
        np.testing.assert_array_equal(getattr(ours.vectors, name), getattr(theirs.vectors, name), err_msg=name)
    for mine, other in zip(ours.vectors.slots, theirs.vectors.slots, strict=True):
        np.testing.assert_array_equal(mine, other, err_msg="slots")
    assert ours.feed.order.position(ours.iteration) == theirs.feed.order.position(theirs.iteration)
    assert ours.early_stop.best_loss == theirs.early_stop.best_loss
    assert ours.early_stop.best_iteration == theirs.early_stop.best_iteration
    last = ours.iteration if ours.phase is not None else ours.iteration - 1
    mine, other = ours.feed.lookup(last), theirs.feed.lookup(last)
    if other is not None:
        assert mine is not None, "the numbers of the last iteration are gone"
        np.testing.assert_array_equal(mine[0].inputs(mine[1]), other[0].inputs(other[1]))
        np.testing.assert_array_equal(mine[0].z[mine[1]], other[0].z[other[1]])
        assert mine[2] == other[2]


def assert_same_curves(ours: Trainer, theirs: Trainer) -> None:
    """The curves; sums may have been taken in another order, so means agree to rounding."""
    mine, other = ours.losses, theirs.losses
    for name in ("batch", "learning_rate", "epoch"):
        a, b = getattr(mine, name), getattr(other, name)
        assert (a.count, a.width) == (b.count, b.width), name
        np.testing.assert_allclose(a.mean, b.mean, rtol=1e-12, err_msg=name)
        if name != "epoch":
            np.testing.assert_array_equal(a.low, b.low, err_msg=name)
            np.testing.assert_array_equal(a.high, b.high, err_msg=name)
            np.testing.assert_array_equal(a.last, b.last, err_msg=name)
    for name in ("iteration", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy"):
        np.testing.assert_array_equal(getattr(mine.evaluations, name), getattr(other.evaluations, name), err_msg=name)
