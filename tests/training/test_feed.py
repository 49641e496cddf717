"""A block of mini-batches holds the same bits wherever a run enters it, and what the configuration asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from given import experiment, given

from tui_trainer.training import Trainer, build, with_setting
from tui_trainer.training.feed import MOST_ROWS
from tui_trainer.training.iteration_block import Block
from tui_trainer.training.pairs import draw_pairs

EVERYTHING = {
    "partial batches and dropout": {
        "data": {"name": "moons", "samples": 45},
        "network": {"hidden": [5, 4], "dropout": [0.3, 0.0]},
        "training": {"batch_size": 8},
    },
    "input noise": {"data": {"name": "moons", "samples": 30}, "training": {"batch_size": 7, "input_noise": 0.5}},
    "full batch with noise": {"data": {"name": "moons"}, "training": {"batch_size": "full", "input_noise": 0.5}},
    "full batch with dropout": {
        "data": {"name": "moons"},
        "network": {"hidden": [5], "dropout": 0.5},
        "training": {"batch_size": "full"},
    },
    "augmented images": {
        "data": {"name": "digits", "samples": 50},
        "training": {"batch_size": 16, "shift": 1, "rotate": 10, "flip": True, "input_noise": 0.1},
    },
    "many inputs": {"data": {"name": "digits", "samples": 500}, "training": {"batch_size": 200}},
    "balanced": {
        "data": {"name": "gauss", "samples": 60, "minority": 0.2},
        "training": {"batch_size": 8, "balanced_batches": True},
    },
    "pairs with dropout": {
        "data": {"name": "phrases"},
        "network": {"hidden": [4], "dropout": 0.2},
        "training": {"batch_size": 32},
    },
}


def contents(block: Block, iteration: int) -> list[np.ndarray]:
    """Copies of all that the update of `iteration` is made from."""
    plan, row, rate = block.row(iteration)
    masks = [] if plan.masks is None else [plan.masks[row]]
    numbers = plan.inputs(row), plan.targets(row), block.examples(iteration), rate, plan.coefficients[row], *masks
    return [np.array(each) for each in numbers]


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_same_bits_wherever_it_is_entered(name: str) -> None:
    made = build(EVERYTHING[name])
    straight, jumping = Trainer(made).feed, Trainer(made).feed
    places = [0, 1, 5, straight.rows - 1, straight.rows, 2 * straight.rows + 3, 300]
    expected = {}
    for iteration in range(max(places) + 1):
        block = straight.block(iteration)
        if iteration in places:
            expected[iteration] = contents(block, iteration)
    for place in [*reversed(places), *places[::2]]:
        for ours, theirs in zip(contents(jumping.block(place), place), expected[place], strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", EVERYTHING)
def test_seeds_differ(name: str) -> None:
    made = build(EVERYTHING[name])
    first, second = (Trainer(with_setting(made, "training.seed", seed)).feed.block(3) for seed in (0, 1))
    pairs = zip(contents(first, 3), contents(second, 3), strict=True)
    assert any(a.shape != b.shape or not np.array_equal(a, b) for a, b in pairs)


def test_a_mini_batch_is_its_examples() -> None:
    made = build({"data": {"name": "moons", "samples": 20, "standardize": True}, "training": {"batch_size": 8}})
    trainer = Trainer(made)
    block = trainer.feed.block(0)
    prepared = trainer.data.preparation.prepare(trainer.data.train_inputs).astype(np.float32)
    for iteration in range(block.start, block.stop):
        plan, row, _ = block.row(iteration)
        examples = block.examples(iteration)
        assert len(examples) == plan.batch == (4 if iteration % 3 == 2 else 8)
        np.testing.assert_array_equal(plan.inputs(row)[:-1], prepared[examples].T)
        np.testing.assert_array_equal(plan.inputs(row)[-1], 1)
        np.testing.assert_array_equal(plan.targets(row)[0], trainer.data.train_targets[examples] * 2 - 1)


def test_large_mini_batches_are_gathered_when_they_are_used() -> None:
    trainer = Trainer(build(EVERYTHING["many inputs"]))
    block = trainer.feed.block(0)
    plan, row, _ = block.row(7)
    examples = block.examples(7)
    assert len(plan.x) == 1
    np.testing.assert_array_equal(plan.inputs(row)[:-1], trainer.train_set.inputs[examples].T)
    trainer.run(8)
    np.testing.assert_array_equal(plan.x[0], plan.inputs(row).T)


def test_a_full_batch_is_stored_once() -> None:
    feed = Trainer(build({"data": {"name": "moons"}, "training": {"batch_size": "full"}})).feed
    plan, _, _ = feed.block(0).row(0)
    assert len(plan.x) == 1
    assert feed.rows == MOST_ROWS


def test_masks_differ_between_units_examples_iterations_and_layers() -> None:
    tables: dict[str, Any] = {
        "data": {"name": "moons", "samples": 160},
        "network": {"hidden": [30, 30], "dropout": 0.5},
        "training": {"batch_size": 16},
    }
    feed = Trainer(build(tables)).feed
    plan, _, _ = feed.block(0).row(0)
    first, second = plan.layer_masks(0)[:, :-1], plan.layer_masks(1)[:, :-1]
    assert np.isin(first, [0, 2]).all()
    assert first.mean() == pytest.approx(1, abs=5 / first.size**0.5)
    for a, b in ((first, second), (first[0], first[1]), (first[:, 0], first[:, 1]), (first[..., 0], first[..., 1])):
        assert (a != b).mean() == pytest.approx(0.5, abs=0.1)
    assert (plan.layer_masks(0)[:, -1] == 1).all()  # the bias's row is never dropped


def test_dropout_keeps_the_mean_of_what_the_next_layer_sees() -> None:
    """Over many masks the sum that reaches the output has the mean of evaluation mode, and dropout's variance."""
    random = np.random.default_rng(0)
    weights = [
        [random.standard_normal((2, 50)).tolist(), [0.5] * 50],
        [random.standard_normal((50, 1)).tolist(), [0.0]],
    ]
    tables = {
        "network": {"hidden": [50], "activation": "tanh", "dropout": 0.3, "weights": weights},
        "optimizer": {"name": "sgd", "learning_rate": 0.0},
        "training": {"batch_size": "full", "iterations": 4000},
    }
    trainer = Trainer(experiment(given("classification", [[0.3, -0.8]], [1], classes=2), tables))
    z = []
    for iteration in range(0, 4000, trainer.feed.rows):
        trainer.run(trainer.feed.rows)
        plan, _, _ = trainer.feed.block(iteration).row(iteration)
        z += plan.z[:, 0, 0].tolist()
    hidden, out = trainer.network.activity(trainer.vectors.parameters, trainer.train_set.inputs)
    contributions = hidden[:, 0] * trainer.parameters[1][0][:, 0]
    variance = float((contributions**2).sum()) * 0.3 / 0.7
    assert np.mean(z) == pytest.approx(float(out[0, 0]), abs=5 * (variance / len(z)) ** 0.5)
    assert np.var(z) == pytest.approx(variance, rel=0.1)


def test_evaluation_knows_no_dropout_and_no_noise() -> None:
    tables: dict[str, Any] = {
        "network": {"hidden": [8], "dropout": 0.9, "weights": None},
        "optimizer": {"name": "sgd", "learning_rate": 0.0},
        "training": {"batch_size": 10, "input_noise": 3.0, "iterations": 50, "evaluate_every": 1},
    }
    log = Trainer(build(tables))
    log.run()
    assert len(set(log.evaluations.view().train_loss.tolist())) == 1
    assert len(set(log.losses.batch.last.tolist())) > 40


def test_input_noise_has_its_deviation_and_is_fresh() -> None:
    tables = {"data": {"name": "moons", "samples": 64}, "training": {"batch_size": "full", "input_noise": 0.25}}
    trainer = Trainer(build(tables))
    plan, _, _ = trainer.feed.block(0).row(0)
    noise = plan.x[:, :, :-1] - trainer.train_set.inputs
    assert noise.std() == pytest.approx(0.25, rel=0.03)
    assert noise.mean() == pytest.approx(0, abs=0.01)
    assert not np.array_equal(noise[0], noise[1])
    assert (plan.x[:, :, -1] == 1).all()


def test_pairs_half_of_one_subject_half_of_two_and_none_of_itself() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
    pairs = draw_pairs(np.random.default_rng(0), labels, rows=500, batch=9)
    left, right = pairs[:, :9], pairs[:, 9:]
    together = labels[left] == labels[right]
    assert together[:, :5].all()
    assert not together[:, 5:].any()
    assert (left != right).all()
    assert np.bincount(left.ravel()).min() > 0.8 * left.size / 9


def test_the_plan_is_told_which_pairs_belong_together() -> None:
    trainer = Trainer(build({"data": {"name": "phrases"}, "training": {"batch_size": 10}}))
    block = trainer.feed.block(0)
    plan, row, _ = block.row(0)
    left, right = block.examples(0)[:10], block.examples(0)[10:]
    subjects = trainer.data.train_targets
    np.testing.assert_array_equal(plan.targets(row)[0], subjects[left] == subjects[right])
    np.testing.assert_array_equal(plan.inputs(row)[:-1, :10], trainer.train_set.inputs[left].T)
