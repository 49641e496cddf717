"""The loop: repeatable to the bit on every path, evaluated where the configuration says, stopped where it should be."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from lived import assert_same_curves, assert_same_moment, run_to

from tui_trainer.layers import ACTIVATIONS, run
from tui_trainer.losses import LOSSES
from tui_trainer.telemetry import Evaluation, Phase, Status
from tui_trainer.training import Experiment, Trainer, build, with_setting

Tables = dict[str, dict[str, Any]]

EVERYTHING: Tables = {
    "data": {"name": "moons", "samples": 45, "validation_samples": 30},
    "network": {"hidden": [6, 4], "activation": ["relu", "gelu"], "dropout": 0.2},
    "optimizer": {"name": "adam", "learning_rate": 0.02, "l2": 0.001, "clip_norm": 1.0},
    "schedule": {"name": "one_cycle"},
    "training": {"batch_size": 8, "iterations": 300, "evaluate_every": 7, "input_noise": 0.05},
}


def by_phases(trainer: Trainer, iteration: int) -> None:
    while trainer.iteration < iteration and trainer.status is not Status.DIVERGED:
        trainer.step_phase()


def one_by_one(trainer: Trainer, iteration: int) -> None:
    for number in range(trainer.iteration, iteration):
        run_to(trainer, number + 1)


def in_uneven_pieces(trainer: Trainer, iteration: int) -> None:
    for stop in (1, 5, 6, 77, 999, iteration):
        run_to(trainer, min(stop, iteration))


def by_turns(trainer: Trainer, iteration: int) -> None:
    for number in range(0, iteration, 10):
        run_to(trainer, min(number + 7, iteration))
        by_phases(trainer, min(number + 10, iteration))


PATHS = {
    "at once": run_to,
    "one by one": one_by_one,
    "in uneven pieces": in_uneven_pieces,
    "by phases": by_phases,
    "by turns": by_turns,
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_same_seed_same_bits_on_every_path(path: str, dtype: str) -> None:
    made = with_setting(build(EVERYTHING), "network.dtype", dtype)
    first, second = Trainer(made), Trainer(made)
    run_to(first, 300)
    PATHS[path](second, 300)
    assert first.status is second.status is Status.FINISHED
    assert_same_moment(second, first)
    assert_same_curves(second, first)


def test_every_activation_and_loss_gives_the_same_bits_through_phases() -> None:
    for activation in ACTIVATIONS:
        for loss in LOSSES:
            tables: Tables = {
                "data": {"name": "phrases" if loss == "contrastive" else "moons"},
                "network": {"hidden": [5, 3], "activation": activation},
                "loss": {"name": loss},
                "training": {"batch_size": 16, "iterations": 9},
            }
            first, second = Trainer(build(tables)), Trainer(build(tables))
            run_to(first, 9)
            by_phases(second, 9)
            np.testing.assert_array_equal(first.vectors.parameters, second.vectors.parameters)


def test_another_process_gives_the_same_bits() -> None:
    """Also where NumPy came before the trainer and BLAS may use several threads."""
    program = (
        "import numpy, hashlib\n"
        "from tui_trainer.training import Trainer, build\n"
        "t = Trainer(build({'data': {'name': 'digits'}, 'network': {'hidden': [64, 32]}}))\n"
        "t.run(40)\n"
        "print(hashlib.sha256(t.vectors.parameters.tobytes()).hexdigest())\n"
    )
    hashes = set()
    for threads in ("1", "4"):
        environment = os.environ | {"OPENBLAS_NUM_THREADS": threads, "PYTHONHASHSEED": threads}
        answer = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        hashes.add(answer.stdout)
        assert answer.stderr == ""
    assert len(hashes) == 1


def test_seeds_differ_and_a_pinned_seed_holds_its_part() -> None:
    made = build(EVERYTHING)
    first, second = Trainer(made), Trainer(with_setting(made, "training.seed", 1))
    assert not np.array_equal(first.vectors.parameters, second.vectors.parameters)
    assert not np.array_equal(first.data.train_inputs, second.data.train_inputs)
    held = build({**EVERYTHING, "data": {**EVERYTHING["data"], "seed": 5}, "network": {"hidden": [6], "seed": 7}})
    first, second = Trainer(held), Trainer(with_setting(held, "training.seed", 1))
    np.testing.assert_array_equal(first.data.train_inputs, second.data.train_inputs)
    np.testing.assert_array_equal(first.vectors.parameters, second.vectors.parameters)
    assert [Trainer(with_setting(held, "training.seed", s)).run(1) for s in (0, 1)] == [Status.PAUSED] * 2


# Evaluations.


@pytest.mark.parametrize(
    ("iterations", "every", "expected"),
    [
        (10, 3, [0, 3, 6, 9, 10]),
        (10, 5, [0, 5, 10]),
        (3, 100, [0, 3]),
        (1, 1, [0, 1]),
        (250, None, [0, *range(3, 250, 3), 250]),
        (50, None, list(range(51))),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_evaluations_happen_where_the_configuration_says(
    iterations: int, every: int | None, expected: list[int], path: str
) -> None:
    seen: list[Evaluation] = []
    tables = {"training": {"iterations": iterations, "evaluate_every": every, "batch_size": 50}}
    trainer = Trainer(build(tables), seen.append)
    PATHS[path](trainer, iterations)
    assert [each.iteration for each in seen][: len(expected)] == expected
    assert trainer.evaluations.view().iteration.tolist()[: len(expected)] == expected


def test_an_evaluation_is_the_mean_over_the_whole_sets() -> None:
    trainer = Trainer(build(EVERYTHING))
    trainer.run(50)
    evaluation = trainer.evaluate()
    data = trainer.data
    p = trainer.predict(data.train_inputs)[:, 0].astype(np.float64)
    y = data.train_targets
    assert evaluation.train_loss == pytest.approx(-np.log(np.where(y == 1, p, 1 - p)).mean(), rel=1e-4)
    assert evaluation.train_accuracy == ((p > 0.5) == y).mean()
    held_out = trainer.predict(data.validation_inputs)[:, 0]
    assert evaluation.validation_accuracy == ((held_out > 0.5) == data.validation_targets).mean()


def test_evaluating_changes_nothing() -> None:
    first, second = Trainer(build(EVERYTHING)), Trainer(build(EVERYTHING))
    for _ in range(60):
        first.run(1)
        second.run(1)
        second.evaluate()
    assert_same_moment(second, first)


# Divergence.

DIVERGING: Tables = {
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


# Early stopping.

OVERFITTING: Tables = {
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


# Edges.


def trained(tables: Tables) -> Trainer:
    tables.setdefault("training", {}).setdefault("iterations", 30)
    trainer = Trainer(build(tables))
    assert trainer.run() is Status.FINISHED
    assert np.isfinite(trainer.vectors.parameters).all()
    assert np.isfinite(trainer.losses.batch.last).all()
    return trainer


def test_a_learning_rate_of_zero_stands_still() -> None:
    for name in ("sgd", "momentum", "adam"):
        made = {"optimizer": {"name": name, "learning_rate": 0.0}}
        trainer = trained(made)
        np.testing.assert_array_equal(trainer.vectors.parameters, Trainer(trainer.experiment).vectors.parameters)
        assert trainer.vectors.gradient.any()


def test_one_sample() -> None:
    trainer = trained({"data": {"name": "moons", "samples": 1, "validation_samples": 1, "standardize": True}})
    assert trainer.epoch == 30
    assert trainer.feed.order.per_epoch == 1


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy", "mean_squared_error"])
def test_one_class_in_the_data(loss: str) -> None:
    trainer = trained({"data": {"name": "moons", "samples": 1}, "loss": {"name": loss}})
    latest = trainer.evaluations.latest
    assert latest is not None
    assert latest.train_accuracy == 1
    assert latest.base_loss == pytest.approx(0, abs=1e-9)


def test_one_class_with_balanced_batches() -> None:
    trained({"data": {"name": "moons", "samples": 1}, "training": {"balanced_batches": True}})


def test_a_batch_larger_than_the_data_is_a_full_batch() -> None:
    large = trained({"data": {"name": "moons", "samples": 20}, "training": {"batch_size": 1000}})
    full = trained({"data": {"name": "moons", "samples": 20}, "training": {"batch_size": "full"}})
    np.testing.assert_array_equal(large.vectors.parameters, full.vectors.parameters)


@pytest.mark.parametrize(("drop_last", "per_epoch"), [(False, 32), (True, 31)])
def test_the_last_partial_batch_is_kept_or_dropped(drop_last: bool, per_epoch: int) -> None:
    tables: Tables = {
        "data": {"name": "moons", "samples": 1000},
        "training": {"batch_size": 32, "drop_last": drop_last, "epochs": 2},
    }
    trainer = Trainer(build(tables))
    trainer.run()
    assert trainer.iteration == 2 * per_epoch
    assert trainer.epoch == 2
    assert trainer.losses.epoch.count == 2
    losses = trainer.losses
    np.testing.assert_allclose(losses.epoch.mean[0], losses.batch.last[:per_epoch].mean(), rtol=1e-12)
    sizes = [plan.batch for plan, _ in trainer.feed.block(0).plans[:per_epoch]]
    assert sizes == ([32] * 31 if drop_last else [32] * 31 + [8])


@pytest.mark.parametrize("hidden", [[], [1], [1, 1, 1]])
def test_no_hidden_layer_and_single_units(hidden: list[int]) -> None:
    trainer = trained({"network": {"hidden": hidden, "activation": "tanh", "dropout": 0.1}})
    assert [weights.shape for weights, _ in trainer.parameters] == [
        (a, b) for a, b in zip([2, *hidden], [*hidden, 1], strict=True)
    ]


def test_explicit_weights_are_where_it_starts() -> None:
    weights = [[[[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0]], [[[7.0], [8.0]], [9.0]]]
    trainer = Trainer(build({"network": {"hidden": [2], "weights": weights}}))
    np.testing.assert_array_equal(trainer.vectors.parameters, range(1, 10))
    np.testing.assert_array_equal(trainer.parameters[0][0], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(trainer.parameters[1][1], [9])


def test_no_validation_set() -> None:
    for data in ("moons", "sine"):
        trainer = trained({"data": {"name": data, "validation_samples": 0}})
        latest = trainer.evaluations.latest
        assert latest is not None
        assert latest.validation_loss is None
        assert trainer.evaluations.best is None


def test_zero_weights_stay_equal_and_constant_ones_too() -> None:
    for initializer in ("zeros", "constant"):
        trainer = trained({"network": {"hidden": [4], "activation": "tanh", "initializer": initializer}})
        latest = trainer.evaluations.latest
        assert latest is not None
        assert latest.units_equal
    assert not trained({"network": {"hidden": [4]}}).evaluations.latest.units_equal  # type: ignore[union-attr]


def test_pairs_bring_together_what_belongs_together() -> None:
    """The embeddings of the article: within 0.77 → 0.00 of the distance between (LESSONS section 2)."""
    trainer = Trainer(build({"data": {"name": "phrases"}}))
    inputs, labels = trainer.data.train_inputs, trainer.data.train_targets

    def ratio() -> float:
        points = trainer.predict(inputs).astype(np.float64)
        distance = np.linalg.norm(points[:, None] - points[None], axis=2)
        same, other = labels[:, None] == labels[None], ~np.eye(len(points), dtype=bool)
        return float(distance[same & other].mean() / distance[~same].mean())

    before = ratio()
    trainer.run()
    assert before > 0.5
    assert ratio() < 0.1


def test_balanced_batches_help_the_rare_class() -> None:
    tables: Tables = {
        "data": {"name": "gauss", "samples": 300, "minority": 0.05, "classes": 2},
        "loss": {"name": "cross_entropy"},
        "training": {"iterations": 60, "batch_size": 20},
    }
    recalls = []
    for balanced in (False, True):
        trainer = Trainer(with_setting(build(tables), "training.balanced_batches", balanced))
        trainer.run()
        rare = trainer.data.train_inputs[trainer.data.train_targets == 1]
        recalls.append(trainer.predict(rare)[:, 1].mean())
    assert recalls[1] > recalls[0]


# Small print.


def test_statuses() -> None:
    trainer = Trainer(build({"training": {"iterations": 10}}))
    assert trainer.run(4) is Status.PAUSED
    assert trainer.run() is Status.FINISHED
    assert trainer.iteration == 10
    assert trainer.run() is Status.FINISHED  # at the target: nothing is left to do
    assert trainer.run(0) is Status.FINISHED
    assert trainer.run(5) is Status.PAUSED
    assert trainer.iteration == 15


def test_an_open_iteration_is_completed_and_counts() -> None:
    trainer = Trainer(build(EVERYTHING))
    trainer.step_phase()
    assert trainer.step_phase() is Phase.LOSS
    assert (trainer.iteration, trainer.phase) == (0, Phase.LOSS)
    trainer.run(3)
    assert (trainer.iteration, trainer.phase) == (3, None)
    straight = Trainer(build(EVERYTHING))
    straight.run(3)
    assert_same_moment(trainer, straight)


def test_settings_change_between_iterations_only() -> None:
    trainer = Trainer(build(EVERYTHING))
    trainer.step_phase()
    with pytest.raises(RuntimeError, match="between iterations"):
        trainer.change(with_setting(trainer.experiment, "optimizer.learning_rate", 0.5))
    with pytest.raises(RuntimeError, match="between iterations"):
        trainer.keyframe()


@pytest.mark.parametrize(("old", "new"), [(10, "full"), ("full", 10), (10, 50)])
def test_a_target_in_epochs_is_reached_however_the_batch_size_changes(old: object, new: object) -> None:
    made = build({"data": {"name": "moons", "samples": 100}, "training": {"epochs": 10, "batch_size": old}})
    trainer = Trainer(made)
    run_to(trainer, 5 * trainer.feed.order.per_epoch)
    assert trainer.epoch == 5
    trainer.change(with_setting(made, "training.batch_size", new))
    assert trainer.run() is Status.FINISHED
    assert trainer.epoch == 10
    assert trainer.losses.epoch.count == 10


def test_the_rate_in_force_is_the_one_of_the_next_update() -> None:
    trainer = Trainer(
        build({"schedule": {"name": "linear"}, "training": {"iterations": 10}, "optimizer": {"name": "sgd"}})
    )
    rates = []
    for _ in range(10):
        rates.append(trainer.learning_rate)
        trainer.run(1)
    np.testing.assert_allclose(rates, 0.1 * (1 - np.arange(10) / 10))
    np.testing.assert_allclose(trainer.losses.learning_rate.last, rates)


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_decoupled_decay_takes_its_share_off_the_weights_only(name: str) -> None:
    """With a gradient of nothing but zeros the decay is all that happens: w ← w·(1 − rate·decay)."""
    made = build(
        {
            "network": {"hidden": [], "weights": [[[[2.0], [-3.0]], [0.5]]], "dtype": "float64"},
            "optimizer": {"name": name, "learning_rate": 0.1, "weight_decay": 0.5},
            "training": {"iterations": 3},
        }
    )
    trainer = Trainer(made)
    trainer.vectors.gradient[:] = 0
    plan, row, _ = trainer.feed.block(0).row(0)
    run(plan.phases(row)[Phase.UPDATE])
    np.testing.assert_allclose(trainer.vectors.parameters, [2 * 0.95, -3 * 0.95, 0.5], rtol=1e-15)


def test_the_gradient_on_screen_is_the_one_before_clipping() -> None:
    made = build({**EVERYTHING, "optimizer": {"name": "sgd", "learning_rate": 1.0, "clip_norm": 1e-3}})
    trainer = Trainer(made)
    trainer.run(1)
    assert np.linalg.norm(trainer.vectors.update) == pytest.approx(
        1e-3 * trainer.losses.learning_rate.last[0], rel=1e-4
    )
    assert np.linalg.norm(trainer.vectors.gradient) > 0.01


def test_denormal_slots_are_flushed_where_a_block_begins_and_nowhere_else() -> None:
    """Units that die leave Adam's moments to decay below what a float holds well; evaluating must not clear them."""
    made = build(
        {
            "data": {"name": "moons", "samples": 16},
            "network": {"hidden": [8], "activation": "relu", "bias_init": -50.0},
            "optimizer": {"name": "adam", "beta1": 0.1, "beta2": 0.1},
            "training": {"batch_size": 4, "iterations": 400, "evaluate_every": 1},
        }
    )
    first, second = Trainer(made), Trainer(with_setting(made, "training.evaluate_every", 400))
    smallest = float(np.finfo(np.float32).tiny) * 1e6
    for trainer in (first, second):
        for slot in trainer.vectors.slots:
            slot[:] = 5 * smallest
    for iteration, left in ((3, True), (first.feed.rows + 1, False), (400, False)):
        run_to(first, iteration)
        by_phases(second, iteration)
        for slot, other in zip(first.vectors.slots, second.vectors.slots, strict=True):
            np.testing.assert_array_equal(slot, other)
            assert ((slot != 0) & (np.abs(slot) < smallest)).any() == left
