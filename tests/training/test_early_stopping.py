"""Early stopping: when it stops, which weights are left, and what becomes of a run that goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from lived import run_to

from tui_trainer.experiment.training_settings import EarlyStopping
from tui_trainer.inspection.followed_example import Followed
from tui_trainer.inspection.step_view import step_view
from tui_trainer.telemetry import PictureRequest, Status
from tui_trainer.training import Trainer, build, with_setting
from tui_trainer.training.early_stopping import EarlyStop

OVERFITTING: dict[str, dict[str, Any]] = {
    "data": {"name": "moons", "samples": 20, "validation_samples": 100, "noise": 0.4},
    "network": {"hidden": [20]},
    "optimizer": {"name": "adam", "learning_rate": 0.1},
    "training": {"iterations": 3000, "batch_size": 5, "evaluate_every": 10, "early_stopping": {"patience": 60}},
}


@pytest.mark.parametrize("path", ["at once", "one by one", "by phases"])
def test_early_stopping_restores_the_best_weights(path: str) -> None:
    trainer = Trainer(build(OVERFITTING))
    while trainer.status is Status.PAUSED:
        if path == "by phases":
            trainer.step_phase()
        else:
            trainer.run(3000 if path == "at once" else 1)
    assert trainer.status is Status.STOPPED_EARLY
    log = trainer.evaluations.view()
    best = int(np.argmin(log.validation_loss))
    assert trainer.iteration - log.iteration[best] == 60
    again = Trainer(with_setting(build(OVERFITTING), "training.early_stopping", None))
    run_to(again, int(log.iteration[best]))
    np.testing.assert_array_equal(trainer.vectors.parameters, again.vectors.parameters)


def test_the_gradient_after_restoring_is_that_of_the_restored_weights() -> None:
    """Recomputed by backpropagation of its own; there was no step from these weights, so there is no update."""
    tables = OVERFITTING | {"training": OVERFITTING["training"] | {"batch_size": "full"}}
    trainer = Trainer(build(tables))
    trainer.run()
    assert trainer.status is Status.STOPPED_EARLY
    (w1, b1), (w2, b2) = [[part.astype(np.float64) for part in layer] for layer in trainer.parameters]
    x, y = trainer.data.preparation.prepare(trainer.data.train_inputs), trainer.data.train_targets[:, None]
    hidden = np.tanh(x @ w1 + b1)
    error = (1 / (1 + np.exp(-(hidden @ w2 + b2))) - y) / len(y)
    back = (error @ w2.T) * (1 - hidden**2)
    own = [np.vstack([inputs.T @ errors, errors.sum(axis=0)]) for inputs, errors in ((x, back), (hidden, error))]
    for layer, expected in zip(trainer.network.views(trainer.vectors.gradient), own, strict=True):
        np.testing.assert_allclose(layer, expected, rtol=1e-3, atol=1e-5)
    assert not trainer.vectors.update.any()


def test_early_stopping_without_restoring_leaves_the_last_weights() -> None:
    made = with_setting(build(OVERFITTING), "training.early_stopping.restore_best", False)
    trainer = Trainer(made)
    trainer.run()
    again = Trainer(with_setting(made, "training.early_stopping", None))
    run_to(again, trainer.iteration)
    np.testing.assert_array_equal(trainer.vectors.parameters, again.vectors.parameters)


def test_min_delta_asks_for_more_than_a_little() -> None:
    patient = Trainer(build(OVERFITTING))
    strict = Trainer(with_setting(build(OVERFITTING), "training.early_stopping.min_delta", 0.05))
    patient.run()
    strict.run()
    assert strict.iteration < patient.iteration


def test_going_on_beyond_an_early_stop_has_the_whole_patience_again() -> None:
    trainer = Trainer(build(OVERFITTING))
    trainer.run()
    stopped = trainer.iteration
    assert trainer.run(59) is Status.PAUSED
    assert trainer.run(1) in (Status.STOPPED_EARLY, Status.PAUSED)
    assert trainer.iteration == stopped + 60


def test_what_has_come_back_is_known_until_the_next_step() -> None:
    trainer = Trainer(build(OVERFITTING))
    trainer.run()
    log = trainer.evaluations.view()
    best = int(log.iteration[np.argmin(log.validation_loss)])
    assert trainer.early_stop.restored(trainer.iteration) == best
    assert step_view(trainer, PictureRequest(), Followed()) is None  # the last step was not made from these weights
    trainer.step_phase()
    assert step_view(trainer, PictureRequest(), Followed()) is not None
    trainer.run(1)
    assert trainer.early_stop.restored(trainer.iteration) is None
    while trainer.run(1000) is not Status.STOPPED_EARLY:
        pass
    again = Trainer(with_setting(build(OVERFITTING), "training.early_stopping", None))
    back = trainer.early_stop.restored(trainer.iteration)
    assert back is not None
    if back == best:  # no better one has come since
        run_to(again, best)
        np.testing.assert_array_equal(trainer.vectors.parameters, again.vectors.parameters)


@pytest.mark.parametrize("min_delta", [0.0, 0.05])
def test_what_comes_back_is_the_lowest_of_all_evaluations_whatever_patience_asks_for(min_delta: float) -> None:
    trainer = Trainer(with_setting(build(OVERFITTING), "training.early_stopping.min_delta", min_delta))
    trainer.run()
    assert trainer.status is Status.STOPPED_EARLY
    log = trainer.evaluations.view()
    best = int(log.iteration[np.argmin(log.validation_loss)])
    assert trainer.early_stop.best_iteration == best
    assert trainer.early_stop.best_loss == log.validation_loss.min()
    again = Trainer(with_setting(build(OVERFITTING), "training.early_stopping", None))
    run_to(again, best)
    np.testing.assert_array_equal(trainer.vectors.parameters, again.vectors.parameters)


def test_a_little_better_is_remembered_as_the_best_but_is_no_progress() -> None:
    settings = EarlyStopping(patience=20, min_delta=0.1)
    known, parameters = EarlyStop(), np.zeros(3)
    for iteration, loss in ((0, 1.0), (10, 0.95), (20, 0.92)):
        known, stops = known.after(loss, iteration, settings, parameters)
    assert stops
    assert (known.best_iteration, known.best_loss, known.waits_since) == (20, 0.92, 0)
    assert known.restored(20) is None  # it stands on its own weights, which are the best
    known, stops = known.after(0.89, 30, settings, parameters)  # 0.11 better than at 0
    assert not stops
    assert known.waits_since == 30
