"""What nobody asks for until somebody does: no rate, one sample, one class, no hidden layer, too large a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tui_trainer.telemetry import Status
from tui_trainer.training import Trainer, build, with_setting

Tables = dict[str, dict[str, Any]]


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
        assert latest.layers[0].of("unit_spread") < 1e-6
    usual = trained({"network": {"hidden": [4]}}).evaluations.latest
    assert usual is not None
    assert usual.layers[0].of("unit_spread") > 0.1


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
