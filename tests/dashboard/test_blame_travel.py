"""The blame goes back a layer at a time after a step forward, in time for the next phase, and never after a seek."""

from __future__ import annotations

import pytest
from driven_run import DrivenRun, opened, press

from tui_trainer.dashboard.blame_travel import LAYER_SECONDS, PHASE_SHARE, BlameTravel
from tui_trainer.telemetry import Phase, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

DEEP = build({"data": {"name": "xor"}, "network": {"hidden": [4, 4]}})


def phases(status: Status = Status.PAUSED, pace: float = 20.0) -> tuple[Snapshot, Snapshot]:
    """The moments before and after the backward phase."""
    run = DrivenRun(DEEP)
    run.send(do.SetPace(pace))
    shown = []
    for _ in range(3):
        run.send(do.StepPhase())
        shown.append(run.latest())
    run.driver.control.status = status
    run.driver.control.version += 1
    assert shown[1].phase is Phase.LOSS
    return shown[1], run.latest()


def test_it_stays_at_each_layer_and_then_shows_all() -> None:
    before, after = phases()
    travel = BlameTravel()
    assert travel.reached(before, after, 10.0) == 1
    times = [10.0 + share * LAYER_SECONDS for share in (0.9, 1.1, 1.9, 2.1, 50)]
    assert [travel.reached(after, after, now) for now in times] == [1, 2, 2, None, None]


@pytest.mark.parametrize("pace", [0.5, 2.0])
def test_in_slow_motion_it_has_come_back_before_the_fix(pace: float) -> None:
    before, after = phases(Status.RUNNING, pace)
    travel = BlameTravel()
    assert travel.reached(before, after, 0.0) == 1
    in_time = PHASE_SHARE / (4 * pace)
    assert travel.reached(after, after, in_time / 2) == 2
    assert travel.reached(after, after, in_time) is None


def test_a_step_back_into_the_blame_shows_all_of_it() -> None:
    _, after = phases()
    assert BlameTravel().reached(after, after, 5.0) is None


def test_the_screen_shows_it_and_begins_small_networks_as_a_diagram() -> None:
    state = opened(DrivenRun(DEEP))
    assert state.view.weights_mode == "network"
    press(state, "p", "p", "p")
    assert state.view.blamed == 1
    press(state, "p")
    assert state.view.blamed is None
    press(state, "w")
    state.poll()
    assert state.view.weights_mode == "weights"
    state.change(state.view, do.Restart())
    state.poll()
    assert state.view.weights_mode == "weights"  # as the person has chosen
    state.change(state.view, do.ChangeSetting("network.hidden", [16]))
    state.poll()
    assert state.view.weights_mode == "weights"
    state.change(state.view, do.ChangeSetting("network.hidden", [3]))
    state.poll()
    assert state.view.weights_mode == "network"
