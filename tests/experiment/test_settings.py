"""Tables become an experiment or one clear message; changing a name keeps what still makes sense."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import numpy as np
import pytest

from tui_trainer.datasets import DATASETS
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.telemetry import Status
from tui_trainer.training import Experiment, SettingError, Trainer, build, with_setting


def of(name: str) -> Experiment:
    """A small experiment on this data set, everything else by default."""
    return with_setting(build({"data": {"name": name}}), "training.iterations", 20)


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_trains_as_it_comes(name: str) -> None:
    trainer = Trainer(of(name))
    before = trainer.vectors.parameters.copy()
    assert trainer.run() is Status.FINISHED
    assert trainer.iteration == 20
    assert np.isfinite(trainer.vectors.parameters).all()
    assert (trainer.vectors.parameters != before).any()


@pytest.mark.parametrize(("registry", "names"), [("optimizer", OPTIMIZERS), ("schedule", SCHEDULES), ("loss", LOSSES)])
def test_every_registered_name_builds_and_trains(registry: str, names: dict[str, Any]) -> None:
    for name in names:
        data = "phrases" if name == "contrastive" else "moons"
        made = build({"data": {"name": data}, registry: {"name": name}, "training": {"iterations": 20}})
        assert getattr(made, registry).__struct_config__.tag == name
        assert Trainer(made).run() is Status.FINISHED


@pytest.mark.parametrize(("old", "new"), list(itertools.permutations(DATASETS, 2)))
def test_any_data_set_can_follow_any_other(old: str, new: str) -> None:
    made = with_setting(of(old), "data.name", new)
    assert made.data == build({"data": {"name": new}}).data
    assert made.network.output in made.loss.outputs
    assert made.data.task in made.loss.tasks


def test_the_tables_of_an_experiment_make_it_again() -> None:
    for name in DATASETS:
        made = of(name)
        assert build(made.tables) == made


def test_short_names_of_the_field() -> None:
    made = build({"data": {"name": "moons"}, "loss": {"name": "bce"}})
    assert made == build({"data": {"name": "moons"}, "loss": {"name": "binary_cross_entropy"}})


ERRORS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"trainig": {}}, "trainig", ["did you mean 'training'"]),
    ({"training": 3}, "training", ["table"]),
    ({"optimizer": {"learnin_rate": 0.1}}, "optimizer.learnin_rate", ["unknown key", "did you mean 'learning_rate'"]),
    ({"optimizer": {"name": "adam", "momentum": 0.1}}, "optimizer.momentum", ["unknown key of adam"]),
    ({"optimizer": {"name": "adamm"}}, "optimizer.name", ["'adamm'", "did you mean 'adam'", "nesterov"]),
    ({"optimizer": {"learning_rate": -1}}, "optimizer.learning_rate", ["= -1", "from 0 to 1000000"]),
    ({"optimizer": {"learning_rate": "fast"}}, "optimizer.learning_rate", ["'fast'", "a number"]),
    ({"optimizer": {"learning_rate": float("nan")}}, "optimizer.learning_rate", ["nan"]),
    ({"optimizer": {"learning_rate": float("inf")}}, "optimizer.learning_rate", ["inf"]),
    ({"optimizer": {"clip_norm": 0}}, "optimizer.clip_norm", ["above 0"]),
    ({"network": {"hidden": [0]}}, "network.hidden", ["from 1 to 4096"]),
    ({"network": {"hidden": [4.5]}}, "network.hidden", ["4.5", "whole number"]),
    ({"network": {"hidden": 8}}, "network.hidden", ["list"]),
    ({"network": {"activation": "rellu"}}, "network.activation", ["did you mean 'relu'", "leaky_relu"]),
    ({"network": {"hidden": [4, 4], "activation": ["relu"]}}, "network.activation", ["2, one for each hidden layer"]),
    ({"network": {"hidden": [4], "dropout": [0.1, 0.2]}}, "network.dropout", ["one value, or 1"]),
    ({"network": {"dropout": 1.0}}, "network.dropout", ["below 1"]),
    ({"network": {"dtype": "float16"}}, "network.dtype", ["float32, float64"]),
    ({"network": {"output": "clip01"}}, "network.output", ["binary_cross_entropy takes the plain sums"]),
    ({"network": {"hidden": [], "weights": []}}, "network.weights", ["0 layers given; allowed: 1"]),
    ({"network": {"hidden": [], "weights": [[[[1.0]], [0.0]]]}}, "network.weights", ["layer 1", "2 rows of 1"]),
    ({"network": {"hidden": [], "weights": [[[[1.0], [1.0]], [0.0, 1.0]]]}}, "network.weights", ["1 biases"]),
    ({"network": {"hidden": [], "weights": [[[["a"], [1.0]], [0.0]]]}}, "network.weights", ["'a'"]),
    ({"data": {"name": "moon"}}, "data.name", ["did you mean 'moons'"]),
    ({"data": {"samples": 0}}, "data.samples", ["from 1 to"]),
    ({"data": {"name": "moons", "turns": 2}}, "data.turns", ["unknown key of moons"]),
    ({"data": {"name": "iris"}, "loss": {"name": "bce"}}, "loss.name", ["2 classes", "cross_entropy"]),
    ({"data": {"name": "sine"}, "loss": {"name": "ce"}}, "loss.name", ["mean_squared_error"]),
    ({"data": {"name": "moons"}, "loss": {"name": "contrastive"}}, "loss.name", ["classification"]),
    ({"schedule": {"name": "one_cycle", "warmup": -1}}, "schedule.warmup", ["from 0"]),
    ({"training": {"batch_size": 0}}, "training.batch_size", ["from 1", "full"]),
    ({"training": {"batch_size": "fulll"}}, "training.batch_size", ["full"]),
    ({"training": {"iterations": 10, "epochs": 10}}, "training.epochs", ["not both"]),
    ({"training": {"seed": -1}}, "training.seed", ["from 0"]),
    ({"training": {"shuffle": "yes"}}, "training.shuffle", ["true or false"]),
    ({"training": {"early_stopping": {"patiense": 3}}}, "training.early_stopping.patiense", ["'patience'"]),
    ({"training": {"early_stopping": {"patience": 0}}}, "training.early_stopping.patience", ["from 1"]),
    (
        {"data": {"name": "moons", "validation_samples": 0}, "training": {"early_stopping": {}}},
        "training.early_stopping",
        ["no validation set"],
    ),
    ({"data": {"name": "sine"}, "training": {"balanced_batches": True}}, "training.balanced_batches", ["no classes"]),
    ({"data": {"name": "moons"}, "training": {"rotate": 5}}, "training.rotate", ["only for images"]),
]


@pytest.mark.parametrize(("tables", "key", "words"), ERRORS, ids=[f"{n} {key}" for n, (_, key, _) in enumerate(ERRORS)])
def test_one_message_says_where_what_and_what_is_allowed(tables: dict[str, Any], key: str, words: list[str]) -> None:
    with pytest.raises(SettingError) as caught:
        build(tables)
    message = str(caught.value)
    assert caught.value.key.startswith(key)
    assert message.startswith(key)
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("key", "value"),
    [("optimizer", 1), ("optimizer.", 1), ("nothing.name", 1), ("optimizer.nothing", 1), ("network.hidden.size", 3)],
)
def test_an_unknown_key_changes_nothing(key: str, value: object) -> None:
    with pytest.raises(SettingError):
        with_setting(of("moons"), key, value)


def test_another_optimizer_keeps_what_both_have() -> None:
    made = build({"optimizer": {"name": "momentum", "learning_rate": 0.3, "momentum": 0.7, "l2": 0.01, "clip_norm": 2}})
    nesterov = with_setting(made, "optimizer.name", "nesterov").optimizer
    assert msgspec.to_builtins(nesterov) == msgspec.to_builtins(made.optimizer) | {"name": "nesterov"}
    adam = with_setting(made, "optimizer.name", "adam").optimizer
    assert (adam.learning_rate, adam.l2, adam.clip_norm) == (0.3, 0.01, 2)


def test_another_data_set_of_the_task_keeps_the_loss_that_was_chosen() -> None:
    made = with_setting(of("moons"), "loss.name", "mse")
    assert with_setting(made, "data.name", "circles").loss == made.loss
    assert with_setting(made, "data.name", "sine").loss == LOSSES["mean_squared_error"]()
    assert with_setting(made, "data.name", "phrases").loss == LOSSES["contrastive"]()
    assert with_setting(of("moons"), "data.name", "iris").loss == LOSSES["cross_entropy"]()


def test_another_data_set_keeps_only_a_pinned_seed() -> None:
    made = build({"data": {"name": "moons", "samples": 50, "noise": 0.7, "seed": 9}})
    data = with_setting(made, "data.name", "circles").data
    assert data == build({"data": {"name": "circles", "seed": 9}}).data


def test_hidden_layers_take_their_activations_and_dropout_along() -> None:
    made = build({"network": {"hidden": [4, 3], "activation": ["relu", "tanh"], "dropout": [0.1, 0.2]}})
    longer = with_setting(made, "network.hidden", [4, 3, 2, 2]).network
    assert longer.activation == ("relu", "tanh", "tanh", "tanh")
    assert longer.dropout == (0.1, 0.2, 0.2, 0.2)
    shorter = with_setting(made, "network.hidden", [5]).network
    assert (shorter.activation, shorter.dropout) == (("relu",), (0.1,))
    none = with_setting(made, "network.hidden", [])
    assert (none.network.activation, none.network.dropout) == ((), ())
    back = with_setting(none, "network.hidden", [3]).network
    assert len(back.activation) == len(back.dropout) == 1


def test_explicit_weights_stay_as_long_as_they_fit() -> None:
    article = of("glasses_or_ring")
    assert article.network.weights is not None
    assert with_setting(article, "data.extra", [0.5, 0.6]).network.weights == article.network.weights
    assert with_setting(article, "optimizer.learning_rate", 0.9).network.weights == article.network.weights
    for key, value in (("network.hidden", [3]), ("data.features", ["x1", "x2", "x1x2"]), ("loss.name", "ce")):
        changed = with_setting(article, key, value)
        assert changed.network.weights is None
        assert Trainer(changed).run() is Status.FINISHED
    with pytest.raises(SettingError, match="rows of 1 weights"):
        with_setting(article, "network.weights", [[[[1.0]], [0.0]]])


def test_what_a_data_set_recommends_yields_to_what_is_given() -> None:
    made = build({"data": {"name": "glasses_or_ring"}, "network": {"hidden": [4]}})
    assert made.network.weights is None
    crossed = build({"data": {"name": "glasses_or_ring"}, "loss": {"name": "bce"}})
    assert crossed.network.output == "linear"
    assert crossed.network.weights is not None
    squared = build({"data": {"name": "glasses_or_ring"}, "loss": {"name": "mse"}})
    assert squared.network.output == "clip01"


def test_iterations_and_epochs_replace_each_other() -> None:
    made = build({"training": {"epochs": 7}})
    by_iterations = with_setting(made, "training.iterations", 50).training
    assert (by_iterations.iterations, by_iterations.epochs) == (50, None)
    by_epochs = with_setting(build({"training": {"iterations": 50}}), "training.epochs", 3).training
    assert (by_epochs.iterations, by_epochs.epochs) == (None, 3)


def test_a_nested_table_is_reached_by_dots() -> None:
    made = with_setting(of("moons"), "training.early_stopping.patience", 40)
    assert made.training.early_stopping is not None
    assert made.training.early_stopping.patience == 40


def test_building_leaves_the_tables_alone() -> None:
    tables: dict[str, dict[str, Any]] = {"network": {"hidden": [3]}, "loss": {}}
    build(tables)
    assert tables == {"network": {"hidden": [3]}, "loss": {}}


def test_early_stopping_can_be_switched_on_and_off() -> None:
    made = with_setting(build({"training": {"iterations": 2000}}), "training.early_stopping", True)
    assert made.training.early_stopping is not None
    assert made.training.early_stopping.patience == 200
    assert with_setting(made, "training.early_stopping", False).training.early_stopping is None
    by_epochs = build({"training": {"epochs": 30, "batch_size": 20, "early_stopping": True}})  # 10 batches an epoch
    assert by_epochs.training.early_stopping is not None
    assert by_epochs.training.early_stopping.patience == 30
