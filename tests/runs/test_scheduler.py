"""What the keys do, without a thread: commands in, moments out, and every moment is the straight run's."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from lived import Deed, assert_same_curves, assert_same_moment, straight
from scheduled import EXPERIMENT, driver, let_run, obey

from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.runs.control import Control
from tui_trainer.runs.phase_boundary import PhaseBoundary
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Phase, PictureRequest, SettingChange, Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Trainer, build, with_setting


def test_the_same_bits_as_the_trainer_alone() -> None:
    driven = let_run(driver(paused=False))
    assert driven.control.status is Status.FINISHED
    reference = straight(EXPERIMENT, [], 150)
    assert_same_moment(driven.control.run.trainer, reference)
    assert_same_curves(driven.control.run.trainer, reference)


def test_steps_move_by_exactly_what_they_say() -> None:
    driven = driver()
    for command, iteration, phase in (
        (do.StepIterations(), 1, None),
        (do.StepIterations(5), 6, None),
        (do.StepPhase(), 6, Phase.FORWARD),
        (do.StepPhase(), 6, Phase.LOSS),
        (do.StepIterations(1), 7, None),  # completes the open one, which counts
        (do.StepPhase(), 7, Phase.FORWARD),
        (do.StepPhase(), 7, Phase.LOSS),
        (do.StepPhase(), 7, Phase.BACKWARD),
        (do.StepPhase(), 8, None),
        (do.StepPhase(-1), 7, Phase.BACKWARD),
        (do.StepPhase(-1), 7, Phase.LOSS),
    ):
        obey(driven, command)
        trainer = driven.control.run.trainer
        assert (trainer.iteration, trainer.phase, driven.control.status) == (iteration, phase, Status.PAUSED)
        assert_same_moment(trainer, straight(EXPERIMENT, [], iteration, phase))


def test_phases_light_up_backwards_as_they_did_forwards() -> None:
    driven = obey(driver(), do.StepIterations(2))
    forwards = [obey(driven, do.StepPhase()).snapshot().phase for _ in range(5)]
    assert forwards == [Phase.FORWARD, Phase.LOSS, Phase.BACKWARD, Phase.UPDATE, Phase.FORWARD]
    backwards = [obey(driven, do.StepPhase(-1)).snapshot().phase for _ in range(5)]
    assert backwards == [Phase.UPDATE, Phase.BACKWARD, Phase.LOSS, Phase.FORWARD, Phase.UPDATE]
    assert driven.control.run.boundary == PhaseBoundary(2)
    assert obey(driver(), do.StepPhase(), do.StepPhase(-1)).snapshot().phase is None, "nothing has made the start"


def test_a_gradient_check_is_of_the_moment_shown_and_of_this_run() -> None:
    driven = obey(driver(), do.StepIterations(5), do.CheckGradient())
    check = driven.snapshot().control.gradient_check
    assert check is not None
    assert check.right
    assert check.iteration == 5
    assert obey(driven, do.StepIterations(1)).snapshot().control.gradient_check is check
    assert obey(driven, do.Restart()).snapshot().control.gradient_check is None


def test_an_epoch_ends_where_it_ends() -> None:
    driven = obey(driver(), do.StepIterations(3), do.StepEpoch())
    let_run(driven)
    assert (driven.control.run.iteration, driven.control.status) == (6, Status.PAUSED)
    let_run(obey(driven, do.StepEpoch()))
    assert driven.control.run.iteration == 12


@pytest.mark.parametrize(("batch", "end"), [(60, 2), (5, 33)])
def test_an_epoch_ends_where_it_ends_by_the_batches_in_force(batch: int, end: int) -> None:
    """60 examples, 10 in a batch: after 3 iterations of 6 half of them are left."""
    driven = obey(driver(), do.StepIterations(1), do.StepEpoch(), do.ChangeSetting("training.batch_size", batch))
    let_run(driven)
    order = driven.control.run.trainer.feed.order
    assert driven.control.run.iteration == order.first_of_epoch(1)
    assert driven.control.status is Status.PAUSED


def test_an_ended_run_that_undoes_a_setting_stands_before_something_new() -> None:
    changed = do.ChangeSetting("optimizer.learning_rate", 0.01)
    driven = obey(driver(), do.StepIterations(10), changed, do.StepIterations(1000))
    assert driven.control.status is Status.FINISHED
    obey(driven, do.Redo())
    assert driven.control.status is Status.FINISHED  # there was nothing to redo
    obey(driven, do.Undo())
    assert driven.control.status is Status.PAUSED


def test_an_iteration_begun_beyond_the_end_is_not_the_end() -> None:
    driven = obey(driver(), do.StepIterations(1000))
    end = driven.control.run.iteration
    obey(driven, do.StepPhase(), do.StepPhase(), do.StepPhase(-1))
    assert (driven.control.run.iteration, driven.control.run.trainer.phase) == (end, Phase.FORWARD)
    assert driven.control.status is Status.PAUSED
    obey(driven, do.StepPhase(-1))
    assert driven.control.status is Status.FINISHED


def test_an_epoch_of_a_race_is_one_of_the_arms_that_still_run() -> None:
    longer = with_setting(EXPERIMENT, "training.iterations", 5000)
    driven = Scheduler(Control([("short", EXPERIMENT), ("long", longer)], paused=False))
    while driven.control.lineup.last.iteration < 200:
        driven.work(time.perf_counter())
    assert (driven.control.run.iteration, driven.control.status) == (
        150,
        Status.RUNNING,
    )  # the focused arm has ended
    driven.control.pace.speed = 0.0
    obey(driven, do.Pause(), do.StepEpoch())
    here = driven.control.lineup.last.iteration
    while driven.control.status is Status.RUNNING:
        driven.work(time.perf_counter())
    assert driven.control.status is Status.PAUSED
    assert here < driven.control.lineup.last.iteration <= here + 6
    assert driven.control.lineup.last.iteration % 6 == 0


def test_a_change_is_in_force_from_the_next_iteration_and_undo_takes_it_back() -> None:
    driven = obey(driver(), do.StepIterations(20), do.ChangeSetting("optimizer.learning_rate", 0.5))
    deeds = [Deed(20, "optimizer.learning_rate", 0.5)]
    assert driven.snapshot().control.can_undo == "learning rate 0.02 → 0.5"
    obey(driven, do.StepIterations(10))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, deeds, 30))
    obey(driven, do.Undo(), do.StepIterations(10))
    deeds.append(Deed(30, "optimizer.learning_rate", 0.02))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, deeds, 40))
    obey(driven, do.Redo(), do.StepIterations(10))
    deeds.append(Deed(40, "optimizer.learning_rate", 0.5))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, deeds, 50))
    assert [event.iteration for event in driven.snapshot().events] == [20, 30, 40]


def test_changes_at_one_moment_leave_one_mark_and_none_where_they_come_to_nothing() -> None:
    rate = "optimizer.learning_rate"
    driven = obey(driver(), do.StepIterations(20), *(do.ChangeSetting(rate, value) for value in (0.1, 0.5, 1.0)))
    (event,) = driven.snapshot().events
    assert isinstance(event, SettingChange)
    assert (event.iteration, event.old, event.new) == (20, 0.02, 1.0)
    assert event.label == "learning rate 0.02 → 1"
    obey(driven, do.ChangeSetting("network.dropout", 0.5), do.Undo())
    assert driven.snapshot().events == (event,)
    obey(driven, do.ChangeSetting(rate, 0.02))
    assert driven.snapshot().events == ()
    obey(driven, do.ChangeSetting(rate, 0.1), do.StepIterations(1), do.ChangeSetting(rate, 0.02))
    assert len(driven.snapshot().events) == 2  # one step was made at 0.1


def test_a_run_that_goes_on_tells_what_was_done_for_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    driven = obey(driver(), do.Resume(), do.ChangeSetting("optimizer.learning_rate", 0.1))
    assert driven.snapshot().message.text == "learning rate 0.02 → 0.1"
    monkeypatch.setattr("tui_trainer.runs.scheduler.MESSAGE_SECONDS", 0.0)
    driven.work(time.perf_counter())
    assert driven.snapshot().message.text == ""
    obey(driven, do.Pause(), do.ChangeSetting("optimizer.learning_rate", 0.2))
    assert driven.snapshot().message.text.startswith("learning rate 0.1 → 0.2")


def test_another_seed_is_not_the_same_seed() -> None:
    driven = obey(driver(), do.ChangeSetting("training.seed", 5))
    assert driven.control.message.text.endswith("5: restarted")
    assert obey(driven, do.ChangeSetting("network.hidden", [3])).control.message.text.endswith(
        "restarted with the same seed"
    )


@pytest.mark.parametrize("command", [do.Restart(), do.ChangeSetting("network.hidden", [7])])
def test_without_the_memory_for_another_run_the_present_one_stays(
    command: do.Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    driven = obey(driver(), do.StepIterations(20))
    with monkeypatch.context() as patched:
        patched.setattr("tui_trainer.runs.lineup.DiagnosedRun", _raise_memory_error)
        obey(driven, command)
    assert "not enough memory" in driven.control.message.text
    obey(driven, do.StepIterations(10), do.Undo())
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 30))


def _raise_memory_error(*_: object) -> None:
    raise MemoryError


def test_the_fit_is_judged_alike_before_and_after_a_change_in_the_past() -> None:
    driven = obey(driver(), do.StepIterations(60), do.Seek(40))
    before = driven.control.run.trainer.evaluations.view().latest
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5))
    after = driven.control.run.trainer.evaluations.view().latest
    assert before is not None
    assert after is not None
    assert (after.iteration, after.base_loss) == (35, before.base_loss)


def test_what_needs_a_restart_restarts_with_the_same_seed_and_undo_brings_the_old_run_back() -> None:
    driven = obey(driver(), do.StepIterations(20), do.ChangeSetting("network.hidden", [7]))
    assert (driven.control.run.iteration, driven.control.status) == (0, Status.PAUSED)
    assert "restart" in driven.control.message.text
    fresh = with_setting(EXPERIMENT, "network.hidden", [7])
    obey(driven, do.StepIterations(5))
    assert_same_moment(driven.control.run.trainer, straight(fresh, [], 5))
    obey(driven, do.Undo())
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 20))
    obey(driven, do.Redo())
    assert_same_moment(driven.control.run.trainer, straight(fresh, [], 5))


def test_runs_that_are_put_aside_give_memory_back_and_are_as_exact_when_they_return() -> None:
    driven = obey(driver(), do.StepIterations(150), do.StepIterations(850))
    timeline = driven.control.run.timeline
    full = timeline.nbytes
    timeline.thin_out(full // 3)
    assert 0 < timeline.nbytes <= full // 3
    obey(driven, do.Restart(), do.StepIterations(10), do.Undo(), do.Seek(437))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 437))


def test_restart_is_the_same_run_again_and_a_new_seed_another() -> None:
    driven = obey(driver(), do.StepIterations(20), do.Restart(), do.StepIterations(20))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 20))
    obey(driven, do.Restart(seed=9), do.StepIterations(20))
    assert_same_moment(driven.control.run.trainer, straight(with_setting(EXPERIMENT, "training.seed", 9), [], 20))


def test_a_wrong_setting_is_said_and_changes_nothing() -> None:
    driven = obey(driver(), do.StepIterations(5), do.ChangeSetting("optimizer.learning_rat", 1))
    assert "did you mean 'learning rate'" in driven.control.message.text
    obey(driven, do.ChangeSetting("training.batch_size", 0))
    assert "from 1 to" in driven.control.message.text
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 5))


def test_the_past_is_shown_and_left() -> None:
    driven = obey(driver(), do.StepIterations(100), do.Seek(42))
    past = driven.snapshot().past
    assert past is not None
    assert (past.iteration, past.newest) == (42, 100)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 42))
    obey(driven, do.SeekRelative(-2), do.StepPhase())
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 40, Phase.FORWARD))
    obey(driven, do.SeekLive())
    assert driven.snapshot().past is None
    obey(driven, do.StepIterations(1))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 101))


def test_a_moment_that_stands_still_is_measured_though_nothing_was_due() -> None:
    driven = obey(driver(), do.StepIterations(100), do.Seek(44))
    here, alone = driven.snapshot().evaluation, Trainer(EXPERIMENT)
    alone.run(44)
    measured = alone.evaluate()
    assert here is not None
    assert here.iteration == 44  # evaluations are due every 7
    for name in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "epoch_loss"):
        assert here.get(name) == measured.get(name)
    assert not np.any(driven.control.run.trainer.losses.evaluations.iteration == 44)
    obey(driven, do.SeekLive(), do.Resume())
    assert driven.snapshot().evaluation is None  # at full speed the log is fresh enough


def test_losses_on_the_screen_are_fresh_however_far_away_the_target_is() -> None:
    far = with_setting(EXPERIMENT, "training.evaluate_every", 1_000_000)
    driven = driver(with_setting(far, "training.iterations", 100_000_000), paused=False)
    assert driven.snapshot().evaluation is None
    end = time.perf_counter() + 20
    while driven.snapshot().evaluation is None and time.perf_counter() < end:
        driven.work(time.perf_counter())
    here = driven.snapshot().evaluation
    assert here is not None
    assert here.iteration == driven.control.run.iteration > 0
    assert len(driven.control.run.trainer.losses.evaluations.iteration) == 1  # the log has only what was due


def test_a_change_in_the_past_goes_another_way_and_undo_returns_to_the_known_one() -> None:
    driven = obey(driver(), do.StepIterations(100), do.Seek(42), do.ChangeSetting("network.dropout", 0.0))
    obey(driven, do.StepIterations(30))
    deeds = [Deed(42, "network.dropout", 0.0)]
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, deeds, 72))
    assert_same_curves(driven.control.run.trainer, straight(EXPERIMENT, deeds, 72))
    obey(driven, do.Undo(), do.SeekLive())
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 100))


def test_slow_motion_walks_the_phases_and_ends_in_the_same_bits() -> None:
    driven = driver()
    obey(driven, do.SetPace(1.0), do.Resume())
    now, seen = time.perf_counter(), []
    while driven.control.run.iteration < 3:
        assert driven.work(now) is not None
        seen.append(driven.control.run.trainer.phase)
        now += 0.13
    assert [each for n, each in enumerate(seen) if n == 0 or each is not seen[n - 1]][-8:] == [
        *(Phase.FORWARD, Phase.LOSS, Phase.BACKWARD, None),
        *(Phase.FORWARD, Phase.LOSS, Phase.BACKWARD, None),
    ]
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 3))


def test_paused_there_is_nothing_to_do() -> None:
    driven = driver()
    version = driven.control.version
    assert driven.work(time.perf_counter()) is None
    assert driven.control.version == version


DIVERGING: dict[str, dict[str, Any]] = {
    "data": {"name": "linear_regression", "dim": 8},
    "optimizer": {"name": "sgd", "learning_rate": 1.2},
    "training": {"iterations": 2000, "batch_size": 16, "pace": "max"},
}


def test_a_diverged_run_stands_and_says_so() -> None:
    driven = let_run(driver(build(DIVERGING), paused=False))
    assert driven.control.status is Status.DIVERGED
    assert "diverged" in driven.control.message.text
    end = driven.control.run.iteration
    for command in (do.StepIterations(), do.StepPhase(), do.Resume(), do.StepEpoch(), do.TogglePause()):
        obey(driven, command)
        let_run(driven)
        assert (driven.control.status, driven.control.run.iteration) == (Status.DIVERGED, end)
    snapshot = driven.snapshot()
    assert snapshot.autopsy is not None
    assert snapshot.autopsy.iteration <= end
    assert "no longer finite" in snapshot.autopsy.sentence


@pytest.mark.parametrize("name", ["optimizer.learning_rate", "network.hidden"])
def test_the_same_value_again_is_no_change(name: str) -> None:
    driven = obey(driver(), do.StepIterations(5))
    obey(driven, do.ChangeSetting(name, flat_settings(EXPERIMENT)[name]))
    assert "already" in driven.control.message.text
    assert driven.control.run.iteration == 5
    assert driven.snapshot().control.can_undo == ""


def test_at_full_speed_the_numbers_of_a_step_are_computed_when_they_are_asked_for() -> None:
    endless = with_setting(EXPERIMENT, "training.iterations", 100_000_000)  # no machine is at its end in a few slices
    driven = obey(driver(endless), do.SetPace(None), do.Resume())
    driven.work(time.perf_counter())

    def later(*, numbers: bool) -> Snapshot:
        driven.work(time.perf_counter())
        return driven.snapshot(numbers=numbers)

    first = later(numbers=True)
    assert first.step is not None
    assert first.step.iteration == first.iteration
    second = later(numbers=False)
    assert second.iteration > first.iteration
    assert second.step is first.step
    fresh = later(numbers=True)
    assert fresh.step is not None
    assert fresh.step.iteration == fresh.iteration
    for request in (PictureRequest(example=1), PictureRequest(network_units=4)):  # another step, and a picture of it
        obey(driven, do.RequestPictures(request))
        shown = later(numbers=False), later(numbers=False)
        assert [each.step and each.step.iteration == each.iteration for each in shown] == [
            True,
            bool(request.network_units),
        ]
    for slower in (do.SetPace(30.0), do.Pause()):
        obey(driven, slower)
        shown_slowly = later(numbers=False)
        assert shown_slowly.step is not None
        assert shown_slowly.step.iteration == shown_slowly.iteration
