"""A run that diverges stops at one iteration, whichever way it came there, and says nothing on the terminal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lived import assert_same_curves, assert_same_moment, run_to
from paths import PATHS, by_phases

from tui_trainer.layers import run
from tui_trainer.telemetry import Phase, Status
from tui_trainer.training import Experiment, Trainer, build, with_setting

DIVERGING: dict[str, dict[str, Any]] = {
    "data": {"name": "linear_regression", "dim": 8},
    "optimizer": {"name": "sgd", "learning_rate": 1.2},
    "training": {"iterations": 5000, "batch_size": 16},
}


def last_finite(made: Experiment) -> Trainer:
    """The plan alone, without anybody who looks for trouble, up to the first batch loss that is not finite."""
    bare, iteration = Trainer(made), 0
    with np.errstate(all="ignore"):
        while True:
            plan, row, _ = bare.feed.block(iteration).row(iteration)
            run(plan.phases(row)[Phase.FORWARD])
            if not np.isfinite(plan.losses(row, row + 1)[0]):
                bare.iteration = iteration
                return bare
            run(plan.whole(row))
            iteration += 1


@pytest.mark.parametrize(
    ("dtype", "every"),
    [("float32", None), ("float32", 1), ("float32", 3), ("float64", None), ("float64", 5000)],
)
@pytest.mark.parametrize("path", PATHS)
def test_diverged_at_the_same_iteration_on_every_path(path: str, every: int | None, dtype: str) -> None:
    """At the one whose batch loss is the first that is not finite; the update before it is the last one made.

    In float64 the mean over the whole set can leave the range an iteration earlier, if it is taken there.
    """
    made = build({**DIVERGING, "network": {"dtype": dtype}})
    made = with_setting(made, "training.evaluate_every", every)
    trainer, straight = Trainer(made), Trainer(made)
    PATHS[path](trainer, 5000)
    by_phases(straight, 5000)
    assert trainer.status is Status.DIVERGED
    assert trainer.phase is None
    assert_same_moment(trainer, straight)
    assert_same_curves(trainer, straight)
    assert trainer.losses.batch.count == trainer.iteration
    assert np.isfinite(trainer.losses.batch.last).all()
    assert trainer.evaluations.view().iteration[-1] == trainer.iteration
    if dtype == "float32" or every == 5000:
        expected = last_finite(made)
        assert trainer.iteration == expected.iteration
        np.testing.assert_array_equal(trainer.vectors.parameters, expected.vectors.parameters)
    else:
        assert not np.isfinite(trainer.evaluations.view().train_loss[-1])


def test_a_diverged_run_does_not_move() -> None:
    trainer = Trainer(build(DIVERGING))
    trainer.run()
    end = trainer.keyframe()
    assert trainer.run(10) is Status.DIVERGED
    assert trainer.iteration == end.iteration
    np.testing.assert_array_equal(trainer.vectors.parameters, end.parameters)


def test_an_early_stop_near_the_end_of_a_diverging_run_is_the_same_on_every_path() -> None:
    """An evaluation on the last finite iteration is watched once, also by a run that has overrun it."""
    end = Trainer(build(DIVERGING))
    end.run()
    statuses = set()
    for patience in range(end.iteration - 12, end.iteration + 12):
        made = with_setting(build(DIVERGING), "training.early_stopping.patience", patience)
        made = with_setting(made, "training.evaluate_every", 1)
        at_once, by_steps = Trainer(made), Trainer(made)
        at_once.run()
        run_to(by_steps, end.iteration - 20)
        while by_steps.status is Status.PAUSED:
            by_steps.step_phase()
        assert at_once.status is by_steps.status
        assert_same_moment(at_once, by_steps)
        statuses.add(at_once.status)
    assert statuses == {Status.STOPPED_EARLY, Status.DIVERGED}
