"""One key out of a divergence: the rate that it sets is one that has been seen to hold."""

from __future__ import annotations

import numpy as np
import pytest
from lived import Deed, assert_same_curves, assert_same_moment, straight

from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.rescue import rate_that_holds
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, with_setting


def diverged(experiment: Experiment) -> Scheduler:
    driven = Scheduler(Control([("A", experiment)], paused=True))
    driven.obey(do.StepIterations(2000))
    assert driven.control.status is Status.DIVERGED
    return driven


@pytest.mark.parametrize(
    ("title", "rate"),
    [
        ("lr far too large", 1.2),
        ("lr far too large", 1e4),
        ("exploding gradients", 0.05),
        ("exploding gradients", 50.0),
    ],
)
def test_one_press_suffices(title: str, rate: float) -> None:
    driven = diverged(with_setting(find(title).experiment(), "optimizer.learning_rate", rate))
    found = driven.control.run.autopsy
    assert found is not None
    driven.obey(do.Rescue())
    assert (driven.control.run.iteration, driven.control.status) == (found.last_finite, Status.PAUSED)
    assert driven.control.run.experiment.optimizer.learning_rate < rate
    driven.obey(do.StepIterations(300))
    assert driven.control.status is not Status.DIVERGED
    assert np.isfinite(driven.control.run.trainer.losses.batch.last).all()


def test_trying_rates_out_leaves_no_trace() -> None:
    experiment = find("lr far too large").experiment()
    driven = diverged(experiment)
    found = driven.control.run.autopsy
    assert found is not None
    driven.obey(do.Rescue())
    rate = driven.control.run.experiment.optimizer.learning_rate
    deeds = [Deed(found.last_finite, "optimizer.learning_rate", rate)]
    assert_same_moment(driven.control.run.trainer, straight(experiment, deeds, found.last_finite))
    driven.obey(do.StepIterations(50))
    assert_same_moment(driven.control.run.trainer, straight(experiment, deeds, found.last_finite + 50))
    assert_same_curves(driven.control.run.trainer, straight(experiment, deeds, found.last_finite + 50))
    assert [event.label for event in driven.control.run.events] == [f"learning rate 1.2 → {rate:g}"]
    driven.obey(do.Undo())
    driven.obey(do.SeekLive())
    assert driven.control.run.autopsy == found


def test_a_rate_that_does_not_hold_is_not_said_to() -> None:
    driven = diverged(find("lr far too large").experiment())
    driven.obey(do.Rescue(factor=0.999999))
    assert "no smaller one holds" in driven.control.message.text
    driven.control.run.seek(driven.control.run.newest)
    assert rate_that_holds(driven.control.run, 1.0) is None
