"""The followed example: the largest loss of the batch, kept while it is there and unsolved, or a person's choice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import PictureRequest, StepView
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

MOONS = {"name": "moons", "samples": 40, "validation_samples": 20, "noise": 0.1}


def driver_of(**tables: Any) -> Scheduler:
    base: dict[str, Any] = {
        "data": MOONS,
        "network": {"hidden": [6], "activation": "tanh"},
        "optimizer": {"name": "adam", "learning_rate": 0.05},
        "training": {"batch_size": "full", "iterations": 400},
    }
    return Scheduler(Control([("A", build(base | tables))], paused=True))


def step_of(driver: Scheduler) -> StepView:
    step = driver.snapshot().step
    assert step is not None
    return step


def losses_of(driver: Scheduler) -> list[float]:
    """Of every example of the batch, each from its own printed prediction and truth."""
    found = []
    for example in range(step_of(driver).batch_size):
        driver.obey(do.RequestPictures(PictureRequest(example=example)))
        step = step_of(driver)
        p, y = float(step.prediction[0]), float(step.target[0])
        found.append(-float(np.log(p if y else 1 - p)))
    driver.obey(do.RequestPictures(PictureRequest()))
    return found


def member_of(step: StepView) -> tuple[float, ...]:
    """The example itself, by its inputs: its place differs from batch to batch."""
    return tuple(step.inputs.tolist())


@pytest.mark.parametrize("batch", ["full", 8])
def test_the_largest_loss_is_followed_until_it_is_solved_or_gone(batch: object) -> None:
    driver, before, stays, changes = driver_of(training={"batch_size": batch, "iterations": 400}), None, 0, 0
    for _ in range(40):
        driver.obey(do.StepIterations(5))
        losses, step = losses_of(driver), step_of(driver)
        now = member_of(step)
        if now == before:
            assert losses[step.example] >= 0.1 * np.mean(losses)
            stays += 1
        else:
            assert step.example == int(np.argmax(losses))
            changes += 1
        before = now
    assert changes >= 1
    assert batch != "full" or stays > changes


def test_it_stays_in_all_phases_and_on_the_way_back() -> None:
    driver = driver_of()
    driver.obey(do.StepIterations(3))
    example = step_of(driver).example
    for command in (*[do.StepPhase()] * 5, do.Seek(3)):
        driver.obey(command)
        assert step_of(driver).example == example


def test_a_person_s_choice_stays() -> None:
    driver = driver_of()
    driver.obey(do.RequestPictures(PictureRequest(example=7)))
    for _ in range(5):
        driver.obey(do.StepIterations(9))
        assert step_of(driver).example == 7


def test_where_one_of_four_is_wrong_it_is_the_one() -> None:
    """Three of the article's four gadgets are answered exactly: their clipped answers have no error at all."""
    weights = [[[[0.0], [3.0]], [0.0]]]
    driver = driver_of(
        data={"name": "glasses_or_ring", "extra": [0.5, 0.6], "extra_y": 0},
        network={"hidden": [], "output": "clip01", "weights": weights, "dtype": "float64"},
        loss={"name": "half_mean_squared_error"},
        optimizer={"name": "sgd", "learning_rate": 0.01},
    )
    driver.obey(do.StepIterations(1))
    step = step_of(driver)
    assert step.example == 4
    assert np.abs(step.layers[-1].delta).max() > 0
