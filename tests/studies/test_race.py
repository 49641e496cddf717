"""A race is fair: every arm has made as many iterations as the others, up to its own end."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from tui_trainer.presets import find
from tui_trainer.studies.race import Race, ahead
from tui_trainer.telemetry import Status
from tui_trainer.training import Trainer, build, with_setting

SMALL = build(
    {
        "data": {"name": "moons", "samples": 40, "validation_samples": 20},
        "network": {"hidden": [4], "dropout": 0.2},
        "training": {"iterations": 60, "batch_size": 8},
    }
)


def test_all_go_the_same_way_and_each_ends_at_its_own_target() -> None:
    longer = with_setting(SMALL, "training.iterations", 90)
    race = Race([("short", SMALL), ("long", longer)])
    assert race.target == 90
    seen = []
    while not race.over:
        race.advance(25)
        seen.append([arm.run.trainer.iteration for arm in race.arms])
    assert seen == [[25, 25], [50, 50], [60, 75], [60, 90]]
    assert race.iteration == 90


def test_arms_that_differ_in_nothing_are_equal_to_the_bit_and_equal_to_a_run_alone() -> None:
    race = Race([("A", SMALL), ("B", SMALL)])
    while not race.over:
        race.advance(7)
    alone = Trainer(SMALL)
    alone.run()
    for arm in race.arms:
        assert np.array_equal(arm.run.trainer.vectors.parameters, alone.vectors.parameters)
    assert ahead([arm.run.final() for arm in race.arms]) == ()


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_where_arms_part_is_found_whatever_is_run_at_once(chunk: int) -> None:
    arms = [
        ("A", SMALL),
        ("equal", SMALL),
        ("rate", with_setting(SMALL, "optimizer.learning_rate", 0.5)),
        ("falls later", with_setting(with_setting(SMALL, "schedule.name", "step"), "schedule.steps", 3)),
        ("other start", with_setting(SMALL, "network.gain", 0.5)),
        ("other shape", with_setting(SMALL, "network.hidden", [3])),
        ("shorter", with_setting(SMALL, "training.iterations", 10)),
        ("other loss", with_setting(SMALL, "loss.name", "mse")),
    ]
    race = Race(arms)
    while not race.over:
        race.advance(chunk)
    assert race.parted == (None, 1, 21, 0, 0, None, 0)
    for arm, (_, experiment) in zip(race.arms, arms, strict=True):
        alone = Trainer(experiment)
        alone.run()
        assert np.array_equal(arm.run.trainer.vectors.parameters, alone.vectors.parameters), arm.name
        assert arm.run.trainer.status is alone.status


def test_an_arm_that_diverges_does_not_stop_the_others() -> None:
    race = Race(find("race: learning rates").experiments())
    with np.errstate(all="ignore"):
        while not race.over:
            race.advance(1000)
    statuses = [arm.run.trainer.status for arm in race.arms]
    assert statuses[:2] == [Status.FINISHED, Status.FINISHED]
    assert race.arms[2].run.raised["diverging"] <= 15


@pytest.mark.parametrize(
    ("validation", "first"),
    [
        ((0.3, 0.2, 0.4), (1,)),
        ((0.3, 0.3, 0.4), (0, 1)),
        ((0.3, 0.3, 0.3), ()),
        ((np.nan, np.inf, 9.0), (2,)),
        ((np.nan, np.nan, np.nan), ()),
    ],
)
def test_the_lowest_finite_validation_loss_is_ahead(validation: tuple[float, ...], first: tuple[int, ...]) -> None:
    final = Race([("A", SMALL)]).arms[0].run.final()
    assert ahead([structs.replace(final, validation_loss=float(loss)) for loss in validation]) == first


def test_without_held_out_data_the_training_loss_decides() -> None:
    final = structs.replace(Race([("A", SMALL)]).arms[0].run.final(), validation_loss=None)
    assert ahead([structs.replace(final, train_loss=loss) for loss in (0.5, 0.1)]) == (1,)
