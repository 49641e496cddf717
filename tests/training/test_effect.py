"""What a change does not change is said: recomputed here from the rates, the gradient and the sizes themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.experiment.settings import Tables
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build


def reply(tables: Tables, iterations: int, key: str, value: object) -> tuple[str, Scheduler]:
    """What the run says of a change after so many iterations."""
    data = {"name": "moons", "samples": 60, "validation_samples": 40} | tables.get("data", {})
    driver = Scheduler(
        Control([("A", build({"optimizer": {"learning_rate": 0.1}} | tables | {"data": data}))], paused=True)
    )
    if iterations:
        driver.obey(do.StepIterations(iterations))
    driver.obey(do.ChangeSetting(key, value))
    return driver.control.message.text, driver


def scheduled(name: str, **fields: Any) -> Tables:
    return {"schedule": {"name": name, **fields}, "training": {"iterations": 20}}


@pytest.mark.parametrize("name", ["cosine", "linear"])
def test_a_rate_that_the_schedule_holds_at_0_is_no_change(name: str) -> None:
    told, driver = reply(scheduled(name), 25, "optimizer.learning_rate", 0.5)
    assert driver.control.run.trainer.learning_rate == 0
    assert told == f"learning rate 0.1 → 0.5 but the rate in force stays 0; the {name} schedule is over"
    told, _ = reply(scheduled(name), 25, "optimizer.weight_decay", 0.5)
    assert told.endswith("but the rate in force stays 0; the " + name + " schedule is over")


def test_a_rate_that_is_not_the_base_rate_is_named() -> None:
    told, driver = reply(scheduled("cosine"), 10, "optimizer.learning_rate", 0.5)
    assert driver.control.run.trainer.learning_rate == pytest.approx(0.5 * 0.5 * (1 + np.cos(np.pi * 10 / 20)))
    assert told == "learning rate 0.1 → 0.5 but 0.25 is in force now"
    assert reply({}, 10, "optimizer.learning_rate", 0.5)[0] == "learning rate 0.1 → 0.5"


def test_a_rate_that_has_become_0_is_not_said_to_stay_so() -> None:
    told, driver = reply({}, 10, "optimizer.learning_rate", 0.0)
    assert driver.control.run.trainer.learning_rate == 0
    assert told == "learning rate 0.1 → 0"
    assert reply({"optimizer": {"learning_rate": 0}}, 10, "optimizer.weight_decay", 0.5)[0].endswith("force stays 0")
    over = reply({"training": {"iterations": 20}}, 25, "schedule.name", "linear")[0]
    assert over == "schedule constant → linear but 0 is in force now"


def test_another_schedule_says_what_is_in_force() -> None:
    assert reply(scheduled("cosine"), 25, "schedule.name", "linear")[0].endswith(
        "in force stays 0; the linear schedule is over"
    )
    assert reply(scheduled("cosine"), 25, "schedule.name", "constant")[0] == "schedule cosine → constant"


def test_a_warm_up_after_its_time_is_over() -> None:
    told, _ = reply({"training": {"iterations": 100}}, 30, "schedule.warmup", 20)
    assert told == "warm-up 0 → 20 but it is over; the rate in force stays 0.1"
    assert "but 0.07 is in force now" in reply({"training": {"iterations": 100}}, 6, "schedule.warmup", 10)[0]


def test_a_limit_that_nothing_reaches() -> None:
    told, driver = reply({}, 5, "optimizer.clip_norm", 1000.0)
    norm = np.linalg.norm(driver.control.run.trainer.vectors.gradient.astype(np.float64))
    assert told.endswith(f"nothing is clipped at present; the gradient's norm is {norm:.3g}")
    assert "at present" not in reply({}, 5, "optimizer.clip_norm", 1e-6)[0]
    told, driver = reply({}, 5, "optimizer.clip_value", 1000.0)
    assert told.endswith(f"number of the gradient is {np.abs(driver.control.run.trainer.vectors.gradient).max():.3g}")


def test_a_batch_beyond_the_data_is_the_same_batch() -> None:
    told, _ = reply({"training": {"batch_size": 64}}, 3, "training.batch_size", 128)
    assert told == "batch size 64 → 128 but both take all 60 examples"
    assert "both" not in reply({"training": {"batch_size": 64}}, 3, "training.batch_size", 32)[0]


@pytest.mark.parametrize(
    ("tables", "key", "value", "words"),
    [
        ({"training": {"batch_size": 30}}, "training.drop_last", True, "no batch is cut short here"),
        ({"training": {"batch_size": "full"}}, "training.shuffle", False, "their order changes nothing"),
        ({"training": {"balanced_batches": True}}, "training.shuffle", False, "balanced batches are drawn at random"),
        ({"data": {"standardize": True}}, "data.feature_scale", 2.0, "standardized inputs have one scale"),
        ({"data": {"samples": 9}}, "data.label_noise", 0.05, "that share of 9 training examples is none"),
        ({"network": {"initializer": "zeros"}}, "network.gain", 2.0, "all starting weights are 0"),
        (
            {"network": {"hidden": [1], "weights": [[[[0.5], [0.5]], [0.0]], [[[1.0]], [0.0]]]}},
            *("network.bias_init", 1.0, "the starting weights are given and stay"),
        ),
    ],
)
def test_a_restart_that_changes_nothing_else(tables: Tables, key: str, value: object, words: str) -> None:
    assert words in reply(tables, 3, key, value)[0]
    assert words not in reply({"training": {"batch_size": 32}}, 3, key, value)[0]


def test_batches_of_pairs_are_counted_in_pairs() -> None:
    """24 phrases form 276 pairs: 32 of them are no full batch, and 276 are no multiple of 32."""
    assert "both" not in phrases_reply(5, "training.batch_size", 64)
    assert "both take all 276 pairs" in phrases_reply(5, "training.batch_size", 300, 276)
    assert "cut short" not in phrases_reply(5, "training.drop_last", True)
    assert "pairs are drawn at random either way" in phrases_reply(5, "training.shuffle", False)


def phrases_reply(iterations: int, key: str, value: object, batch_size: int = 32) -> str:
    tables = {"data": {"name": "phrases"}, "network": {"hidden": [4]}, "loss": {"name": "contrastive"}}
    driver = Scheduler(Control([("A", build({**tables, "training": {"batch_size": batch_size}}))], paused=True))
    driver.obey(do.StepIterations(iterations))
    driver.obey(do.ChangeSetting(key, value))
    return driver.control.message.text


GIVEN: Tables = {
    "data": {"name": "glasses_or_ring"},
    "network": {"hidden": [], "weights": [[[[0.5], [0.5]], [0.0]]], "output": "clip01"},
    "loss": {"name": "half_mean_squared_error"},
    "training": {"batch_size": 1, "shuffle": False},
}
"""Nothing is left to chance."""


@pytest.mark.parametrize(
    ("change", "is_drawn"),
    [
        ({}, False),
        ({"training": {"batch_size": 1, "shuffle": True}}, True),
        ({"training": {"batch_size": "full"}}, False),
        ({"training": {"batch_size": "full", "input_noise": 0.1}}, True),
        ({"network": {"hidden": [2]}}, True),
        ({"network": {"hidden": [2], "seed": 3}}, False),
        (
            {"data": {"name": "moons"}, "loss": {"name": "binary_cross_entropy"}, "network": {"hidden": [], "seed": 3}},
            True,
        ),
    ],
)
def test_another_seed_where_nothing_is_drawn_changes_nothing(change: Tables, is_drawn: bool) -> None:
    driver = Scheduler(Control([("A", build(GIVEN | change))], paused=True))
    before = trained(driver)
    driver.obey(do.Restart(seed=7))
    assert ("nothing is drawn" not in driver.control.message.text) == is_drawn
    assert np.array_equal(before, trained(driver)) != is_drawn


def trained(driver: Scheduler) -> np.ndarray:
    """All weights after ten iterations."""
    driver.obey(do.StepIterations(10))
    return driver.control.run.trainer.vectors.parameters.copy()


def test_what_only_hidden_layers_have_is_not_listed_without_any() -> None:
    alone = flat_settings(build({"network": {"hidden": []}}))
    assert not alone.keys() & {"network.dropout", "network.activation", "network.bias_init"}
    assert "optimizer.momentum" not in flat_settings(build({"optimizer": {"name": "sgd"}}))
