"""A recording is played in the same dashboard: all that was can be seen, and nothing of it changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from lived import straight
from patience import PATIENCE
from recorded import record

from tui_trainer.dashboard.keys.key_meaning import greyed_actions
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.experiment import build
from tui_trainer.presets import find
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.recorded import RecordedRun, playing_pace
from tui_trainer.runs.restoring import arms_of
from tui_trainer.telemetry import Snapshot, Status
from tui_trainer.telemetry import commands as do

EXPERIMENT = build(
    {
        "data": {"name": "moons", "samples": 40, "validation_samples": 40},
        "network": {"hidden": [6], "dropout": 0.2},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "training": {"batch_size": 8, "iterations": 300, "evaluate_every": 5},
    }
)


def until(run: RecordedRun, condition: Callable[[Snapshot], bool]) -> Snapshot:
    end = time.monotonic() + PATIENCE
    while not condition(snapshot := run.latest()):
        assert time.monotonic() < end, f"never came: stands at {snapshot.iteration}, {snapshot.status}"
        time.sleep(0.001)
    return snapshot


def test_it_plays_to_its_end_and_no_further(tmp_path: Path) -> None:
    change = do.ChangeSetting("optimizer.learning_rate", 0.5)
    path = record(tmp_path, do.StepIterations(150), change, do.StepIterations(50), arms=EXPERIMENT)
    run = RecordedRun(arms_of(Recording(path)), pace="max")
    try:
        end = until(run, lambda snapshot: snapshot.status is not Status.RUNNING)
        assert (end.iteration, end.past, end.message.text) == (200, None, "the recording ends here")
        assert end.is_recorded
        for command in (do.Resume(), do.StepIterations(1), do.StepPhase(), do.StepEpoch()):
            run.send(command)
            told: list[Snapshot] = []
            run.answer(lambda told=told: told.append(run.latest()))
            until(run, lambda snapshot, told=told: bool(told))
            run.go_on()
            assert (told[0].iteration, told[0].phase) == (200, None)
        for iteration, rate in ((100, 0.02), (180, 0.5)):
            run.send(do.Seek(iteration))
            then = until(run, lambda snapshot, at=iteration: snapshot.iteration == at)
            assert then.values["optimizer.learning_rate"] == rate
            assert then.network is not None
            assert then.network.layer is not None
            if iteration < 150:
                weights = straight(EXPERIMENT, [], iteration).parameters[0][0]
                np.testing.assert_array_equal(then.network.layer.weight, weights)
                assert all(finding.since <= iteration for finding in then.findings)
        greyed = greyed_actions(then, first_view(), run.capabilities)
        assert {"restart", "new_seed", "fork", "rate_up", "setting_more", "fix"} <= greyed
        assert not {"toggle", "step", "back", "start", "faster", "phase"} & greyed
    finally:
        run.close()


def test_a_race_is_played_with_all_its_arms(tmp_path: Path) -> None:
    arms = find("race: with and without dropout").experiments()
    path = record(tmp_path, do.ChangeSetting("optimizer.learning_rate", 0.3), do.StepIterations(60), arms=arms)
    run = RecordedRun(arms_of(Recording(path)), pace="max")
    try:
        end = until(run, lambda snapshot: snapshot.status is not Status.RUNNING)
        assert [arm.iteration for arm in end.arms] == [60, 60]
        assert [arm.name for arm in end.arms] == [name for name, _ in arms]
        run.send(do.FocusArm(1))
        until(run, lambda snapshot: snapshot.arms[1].focused)
    finally:
        run.close()


def test_a_long_recording_plays_in_half_a_minute() -> None:
    assert playing_pace(30, 400) == 30
    assert playing_pace(None, 300) == 10
    assert playing_pace(30, 3_000_000) == 100_000
