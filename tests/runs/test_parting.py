"""Where arms part is about their weights, to the bit, and about nothing else that differs between them."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tui_trainer.runs.control import Control
from tui_trainer.runs.lineup import LineUp
from tui_trainer.runs.race import Race
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, Trainer, build, with_setting

SMALL = build(
    {
        "data": {"name": "moons", "samples": 40, "validation_samples": 20},
        "network": {"hidden": [4]},
        "training": {"iterations": 60, "batch_size": 8},
    }
)


def parted(first: Experiment, other: Experiment) -> int | None:
    """The first iteration after which two runs on their own have other weights."""
    a, b = Trainer(first), Trainer(other)
    for iteration in range(21):
        if not np.array_equal(a.vectors.parameters, b.vectors.parameters):
            return iteration
        a.run(1)
        b.run(1)
    return None


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("data.label_noise", 0.2, 1),
        ("loss.name", "mse", 1),
        ("data.validation_samples", 30, None),
        ("training.iterations", 90, None),
        ("optimizer.learning_rate", 0.5, 1),
        ("network.dropout", 0.5, 1),
        ("network.gain", 0.5, 0),
        ("network.seed", 7, 0),
        ("training.seed", 7, 0),
        ("network.hidden", [5], 0),
    ],
)
@pytest.mark.parametrize("chunk", [1, 20])
def test_arms_part_where_their_weights_do(key: str, value: object, expected: int | None, chunk: int) -> None:
    other = with_setting(SMALL, key, value)
    if key != "network.hidden":
        assert parted(SMALL, other) == expected
    race = Race([("A", SMALL), ("B", other)])
    assert race.arms[1].parted == (0 if expected == 0 else None)
    for _ in range(0, 20, chunk):
        race.advance(chunk)
    assert race.arms[1].parted == expected
    assert [arm.run.iteration for arm in race.arms] == [20, 20]


def test_arms_whose_biases_alone_differ_part_in_the_layer_of_the_bias() -> None:
    zeros = with_setting(with_setting(SMALL, "network.initializer", "zeros"), "network.activation", "relu")
    race = Race([("A", zeros), ("B", with_setting(zeros, "optimizer.learning_rate", 0.5))])
    race.advance(3)
    weights = [arm.run.trainer.parameters for arm in race.arms]
    assert not any(layer.any() for layers in weights for layer, _ in layers)
    assert race.arms[1].parted_weight == "b[1] of layer 2"
    assert race.arms[1].parted_layer == "layer 2"


def test_arms_that_are_paired_anew_far_from_the_start_know_that_they_never_were_equal() -> None:
    arms = [
        ("A", with_setting(SMALL, "network.hidden", [5])),
        ("B", SMALL),
        ("C", with_setting(SMALL, "network.gain", 2)),
    ]
    lineup = LineUp(arms)
    lineup.advance(20)
    lineup.focus = 0
    lineup.drop()
    assert [arm.parted for arm in lineup.arms] == [None, 0]


OVERFITS = build(
    {
        "data": {"name": "moons", "samples": 20, "validation_samples": 100, "noise": 0.4},
        "network": {"hidden": [20]},
        "optimizer": {"name": "adam", "learning_rate": 0.1},
        "training": {"iterations": 300, "batch_size": 5, "evaluate_every": 10},
    }
)


@pytest.mark.parametrize("restore", [False, True])
def test_an_arm_that_stops_before_the_other_parts_where_its_weights_are_brought_back(restore: bool) -> None:
    stopping = with_setting(OVERFITS, "training.early_stopping", {"patience": 60, "restore_best": restore})
    race = Race([("stops", stopping), ("goes on", OVERFITS)])
    while race.is_racing:
        race.advance(7)
    stops, goes_on = (arm.run for arm in race.arms)
    assert stops.iteration < goes_on.iteration == 300
    assert race.arms[1].parted == (stops.iteration if restore else None)
    last = Trainer(OVERFITS)
    last.run()
    assert np.array_equal(goes_on.trainer.vectors.parameters, last.vectors.parameters)


def test_each_arm_that_has_come_to_its_end_says_how() -> None:
    stopping = with_setting(OVERFITS, "training.early_stopping", {"patience": 60})
    driver = Scheduler(Control([("stops", stopping), ("goes on", OVERFITS)], paused=True))
    driver.obey(do.SetPace(None))
    driver.obey(do.Resume())
    while driver.control.status is Status.RUNNING:
        driver.work(time.perf_counter())
    assert driver.snapshot().status is Status.STOPPED_EARLY
    driver.obey(do.FocusArm())
    assert driver.snapshot().status is Status.FINISHED
    assert driver.snapshot().progress.restored is None
    driver.obey(do.FocusArm())
    assert driver.snapshot().progress.restored is not None
