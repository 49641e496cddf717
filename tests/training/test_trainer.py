"""The loop: repeatable to the bit on every path, evaluated where the configuration says, honest in the small print."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from lived import assert_same_curves, assert_same_moment, run_to
from paths import PATHS, by_phases

from tui_trainer.layers import ACTIVATIONS, run
from tui_trainer.losses import LOSSES
from tui_trainer.telemetry import Evaluation, Phase, Status
from tui_trainer.training import Trainer, build, with_setting

Tables = dict[str, dict[str, Any]]

EVERYTHING: Tables = {
    "data": {"name": "moons", "samples": 45, "validation_samples": 30},
    "network": {"hidden": [6, 4], "activation": ["relu", "gelu"], "dropout": 0.2},
    "optimizer": {"name": "adam", "learning_rate": 0.02, "l2": 0.001, "clip_norm": 1.0},
    "schedule": {"name": "one_cycle"},
    "training": {"batch_size": 8, "iterations": 300, "evaluate_every": 7, "input_noise": 0.05},
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


def test_what_waits_does_so_until_the_iteration_at_hand_is_complete() -> None:
    trainer = Trainer(build(EVERYTHING))
    for opened in range(4):
        for _ in range(opened):
            trainer.step_phase()
        assert trainer.run(10, waiting=["a command"]) is Status.PAUSED
        assert (trainer.iteration, trainer.phase) == (opened + 1, None)


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
