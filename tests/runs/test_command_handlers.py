"""What a command leaves behind: a race without the arm that is given up, a setting that is taken back as it was."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, build, with_setting

EXPERIMENT = build(
    {
        "data": {"name": "linear_regression", "dim": 8},
        "network": {"hidden": []},
        "optimizer": {"name": "sgd", "learning_rate": 0.01},
        "training": {"iterations": 2000, "batch_size": 16, "pace": "max"},
    }
)
DIVERGING = with_setting(EXPERIMENT, "optimizer.learning_rate", 100.0)


def race(*experiments: Experiment) -> Scheduler:
    return Scheduler(Control(list(zip("ABC", experiments, strict=False)), paused=True))


def obey(driven: Scheduler, commands: Sequence[do.Command]) -> Scheduler:
    for command in commands:
        driven.obey(command)
    return driven


def last_one_runs(*experiments: Experiment) -> Scheduler:
    """A race in which all arms but the last have diverged; that one has the focus."""
    driven = obey(race(*experiments), [do.StepIterations(500), do.FocusArm(-1)])
    *others, last = [arm.run.standing for arm in driven.control.lineup.arms]
    assert set(others) == {Status.DIVERGED}
    assert last is Status.PAUSED
    return driven


@pytest.mark.parametrize("pace", [1.0, None])
@pytest.mark.parametrize("broken", [1, 2])
def test_giving_up_the_last_arm_that_runs_stops_the_race(broken: int, pace: float | None) -> None:
    driven = last_one_runs(*[DIVERGING] * broken, EXPERIMENT)
    obey(driven, [do.SetPace(pace), do.Resume(), do.DropArm()])
    events = driven.control.run.events
    assert driven.work(time.perf_counter() + 1.0) is None
    assert driven.control.status is Status.DIVERGED
    assert "is given up" in driven.control.message.text
    assert driven.control.run.events == events
    obey(driven, [do.Undo(), do.Resume()])
    assert driven.work(time.perf_counter() + 1.0) == 0.0
    assert driven.control.status is Status.RUNNING


def test_giving_up_one_of_two_arms_that_run_does_not_stop_the_other() -> None:
    driven = obey(race(EXPERIMENT, EXPERIMENT), [do.StepIterations(5), do.Resume(), do.DropArm()])
    assert driven.control.status is Status.RUNNING


def test_a_change_of_an_arm_that_has_diverged_does_not_stop_the_others() -> None:
    driven = last_one_runs(DIVERGING, EXPERIMENT)
    change = do.ChangeSetting("optimizer.learning_rate", 0.02)
    obey(driven, [do.FocusArm(), do.Resume(), change])
    assert driven.control.run.standing is Status.DIVERGED
    assert driven.control.status is Status.RUNNING
    assert "0.02" in driven.control.message.text


def test_a_run_that_diverges_in_the_open_phases_once_a_change_is_taken_back_stops() -> None:
    """Its sums are so large that their squares are finite numbers only without noise."""
    large = build(
        {
            "data": {"name": "linear_regression", "dim": 1},
            "network": {"hidden": [], "weights": [[[[1e18]], [0.0]]]},
            "training": {"batch_size": 16, "input_noise": 100.0, "pace": "max"},
        }
    )
    quiet = do.ChangeSetting("training.input_noise", 0.0)
    driven = obey(race(large), [quiet, do.StepPhase(), do.StepPhase(), do.Resume(), do.Undo()])
    assert driven.work(time.perf_counter()) is None
    assert driven.control.status is Status.DIVERGED
    assert [event.label for event in driven.control.run.events].count("diverged") == 1


@pytest.mark.parametrize(
    ("name", "other", "lost"),
    [
        ("optimizer", "adam", {"optimizer.name": "momentum", "optimizer.momentum": 0.5}),
        ("schedule", "cosine", {"schedule.name": "one_cycle", "schedule.rise": 0.6, "schedule.divide": 7.0}),
    ],
)
def test_undo_of_another_optimizer_or_schedule_brings_back_all_that_the_old_one_had(
    name: str, other: str, lost: dict[str, object]
) -> None:
    made = EXPERIMENT
    for key, value in lost.items():
        made = with_setting(made, key, value)
    driven = obey(race(made), [do.StepIterations(5), do.ChangeSetting(f"{name}.name", other)])
    obey(driven, [do.ChangeSetting("training.batch_size", 8), do.StepIterations(5)])
    changed = driven.control.run.experiment
    obey(driven, [do.Undo(), do.Undo()])
    assert driven.control.run.experiment == made
    assert driven.control.message.text == f"undo: {name} back to {lost[f'{name}.name']} (from now on)".replace("_", " ")
    obey(driven, [do.Redo(), do.Redo(), do.StepIterations(5)])
    assert driven.control.run.experiment == changed


def test_a_seed_that_cannot_be_is_said_and_changes_nothing() -> None:
    driven = obey(race(EXPERIMENT), [do.StepIterations(5), do.Restart(2**32)])
    assert "seed" in driven.control.message.text
    assert driven.control.run.iteration == 5
    assert driven.snapshot().control.can_undo == ""
