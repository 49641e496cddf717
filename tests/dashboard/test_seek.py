"""The keys that take a run through time, with the real engine behind them."""

from __future__ import annotations

import made_up
import numpy as np
import pytest
from driven_run import TABLES, DrivenRun, opened, press
from fake_run import CATALOGUE, FakeRun
from key_acts import act

from tui_trainer.dashboard.keys.key_meaning import action_for, footer
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.keys.time_keys import PACES, best_moment
from tui_trainer.dashboard.view import FooterKey
from tui_trainer.telemetry import Phase, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import build

VIEW = first_view(settings=CATALOGUE.settings)
SNAPSHOT = FakeRun().latest()

DIVERGES = {
    "data": {"name": "linear_regression", "samples": 20, "dim": 2},
    "network": {"hidden": [4], "activation": "relu"},
    "optimizer": {"name": "sgd", "learning_rate": 50.0},
    "training": {"batch_size": "full", "iterations": 400},
}


def weights(run: DrivenRun) -> np.ndarray:
    return run.driver.control.run.trainer.vectors.parameters.copy()


def test_the_speed_goes_from_a_phase_a_second_to_as_fast_as_possible_and_back() -> None:
    pace: float | None = 0.25
    seen = [pace]
    while pace is not None:
        ((command),) = act("faster")(made_up.changed(SNAPSHOT, pace=pace), VIEW)[1]
        pace = command.iterations_per_second
        seen.append(pace)
    assert seen == [*PACES, None]
    at_full_speed = made_up.changed(SNAPSHOT, pace=None, speed=800.0)
    assert act("slower")(at_full_speed, VIEW)[1] == (do.SetPace(500.0),)
    assert act("slower")(made_up.changed(SNAPSHOT, pace=0.25), VIEW)[1] == (do.SetPace(0.25),)


def test_full_speed_returns_to_the_pace_before() -> None:
    view, commands = act("full_speed")(made_up.changed(SNAPSHOT, pace=7.0), VIEW)
    assert commands == (do.SetPace(None),)
    assert act("full_speed")(made_up.changed(SNAPSHOT, pace=None), view)[1] == (do.SetPace(7.0),)


@pytest.mark.parametrize("before", [None, 7.0])
def test_slow_motion_plays_the_phases_and_returns_to_the_pace_before(before: float | None) -> None:
    slow_motion = act("slow_motion")
    view, commands = slow_motion(made_up.changed(SNAPSHOT, pace=before), VIEW)
    assert commands == (do.SetPace(0.25), do.Resume())
    playing = made_up.changed(SNAPSHOT, pace=0.25, status=Status.RUNNING)
    assert slow_motion(playing, view) == (view, (do.SetPace(before),))
    held = made_up.changed(SNAPSHOT, pace=0.5, status=Status.PAUSED)
    assert slow_motion(held, view) == (view, (do.Resume(),))


def test_slow_motion_from_a_standstill_returns_to_it() -> None:
    slow_motion = act("slow_motion")
    view, _ = slow_motion(made_up.changed(SNAPSHOT, pace=7.0, status=Status.PAUSED), VIEW)
    playing = made_up.changed(SNAPSHOT, pace=0.25, status=Status.RUNNING)
    assert slow_motion(playing, view)[1] == (do.Pause(), do.SetPace(7.0))
    view, _ = slow_motion(made_up.changed(SNAPSHOT, pace=7.0, status=Status.RUNNING), view)
    assert slow_motion(playing, view)[1] == (do.SetPace(7.0),)


def test_slow_motion_shows_one_phase_a_second() -> None:
    run = DrivenRun()
    state = opened(run)
    seen = []
    press(state, "a")
    for second in range(1, 6):
        run.pass_seconds(second + 0.1)
        state.poll()
        seen.append((state.snapshot.iteration, state.snapshot.phase))
    assert seen == [(0, Phase.FORWARD), (0, Phase.LOSS), (0, Phase.BACKWARD), (1, Phase.UPDATE), (1, Phase.FORWARD)]
    assert press(state, "a").control.pace == 20


def test_back_and_forth_by_keys_is_exact() -> None:
    run = DrivenRun()
    state = opened(run)
    seen = {0: weights(run)}
    for _ in range(12):
        snapshot = press(state, ".")
        seen[snapshot.iteration] = weights(run)
    snapshot = press(state, ",", ",", ",")
    assert snapshot.past is not None
    assert (snapshot.iteration, snapshot.past.newest) == (9, 12)
    assert (weights(run) == seen[9]).all()
    assert press(state, "p", "p", "p").phase is Phase.BACKWARD
    assert press(state, "P", "P", "P").phase is Phase.UPDATE  # the end of the iteration before, as it was made
    assert (weights(run) == seen[9]).all()
    assert press(state, "P").phase is Phase.BACKWARD
    assert press(state, "home").iteration == 0
    assert (weights(run) == seen[0]).all()
    assert press(state, "end").past is None
    assert (weights(run) == seen[12]).all()


def test_the_cursor_on_the_curve_goes_anywhere() -> None:
    run = DrivenRun()
    state = opened(run)
    press(state, *"." * 10, "c", "left", "left", "left")
    assert state.view.cursor == 7
    snapshot = press(state, "enter")
    assert snapshot.past is not None
    assert snapshot.iteration == 7


def test_an_epoch_and_the_best_evaluation() -> None:
    run = DrivenRun()
    state = opened(run)
    press(state, "e")
    run.pass_seconds(10)
    state.poll()
    assert (state.snapshot.iteration, state.snapshot.status) == (5, Status.PAUSED)
    run.driver.obey(do.StepIterations(150))
    state.poll()
    evaluations = state.snapshot.losses.evaluations
    lowest = int(evaluations.iteration[np.argmin(evaluations.validation_loss)])
    assert press(state, "B").iteration == lowest


def test_without_held_out_data_the_best_is_the_lowest_training_loss() -> None:
    tables = TABLES | {"data": {"name": "moons", "samples": 40, "validation_samples": 0}}
    run = DrivenRun(build(tables, "no validation"))
    run.driver.obey(do.StepIterations(30))
    evaluations = run.latest().losses.evaluations
    assert evaluations.best is None
    assert best_moment(run.latest()) == evaluations.iteration[np.argmin(evaluations.train_loss)]


def broken() -> DrivenRun:
    """A run at the end of its numbers."""
    run = DrivenRun(build(DIVERGES, "diverges"))
    run.driver.obey(do.StepIterations(400))
    assert run.latest().status is Status.DIVERGED
    return run


def finite(snapshot: Snapshot) -> bool:
    return bool(np.isfinite(snapshot.network.layer.weight).all())


def test_a_run_that_broke_is_mended_by_the_key_f() -> None:
    run = broken()
    state = opened(run)
    fix = action_for("f", state.view)
    assert fix is not None
    assert FooterKey("fix", "f", "fix", 1) in footer(state.snapshot, state.view)
    press(state, "f")
    while run.latest().proposal.trying is not None:
        run.driver.work(0.0)
    snapshot = press(state, "enter")
    assert finite(snapshot)
    assert (len(snapshot.arms), snapshot.status) == (2, Status.RUNNING)
    run.driver.obey(do.StepIterations(300))
    assert [arm.status is Status.DIVERGED for arm in run.latest().arms] == [True, False]


def test_the_best_of_a_run_that_broke_is_its_last_finite_step() -> None:
    state = opened(broken())
    assert state.snapshot.autopsy is not None
    last = state.snapshot.autopsy.last_finite
    snapshot = press(state, "B")
    assert finite(snapshot)
    assert snapshot.iteration == last
    assert best_moment(snapshot) == 0  # from here on, the best that was measured
