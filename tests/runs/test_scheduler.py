"""What the keys do, without a thread: commands in, moments out, and every moment is the straight run's."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lived import Deed, assert_same_curves, assert_same_moment, straight

from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.runs.control import Control
from tui_trainer.runs.phase_boundary import PhaseBoundary
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import (
    NeuronAddress,
    Phase,
    PictureRequest,
    SettingChange,
    SettingHistory,
    Status,
    WeightAddress,
)
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, Trainer, build, with_setting

EXPERIMENT = build(
    {
        "data": {"name": "moons", "samples": 45, "validation_samples": 30},
        "network": {"hidden": [5, 4], "dropout": 0.2},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "schedule": {"name": "cosine"},
        "training": {"batch_size": 8, "iterations": 150, "evaluate_every": 7, "pace": "max"},
    }
)


def driver(experiment: Experiment = EXPERIMENT, *, paused: bool = True, patience: float = math.inf) -> Scheduler:
    return Scheduler(Control([("A", experiment)], paused=paused, patience=patience))


def obey(driven: Scheduler, *commands: do.Command) -> Scheduler:
    for command in commands:
        driven.obey(command)
    return driven


def let_run(driven: Scheduler, iteration: int = 10**9) -> Scheduler:
    """Work until it stands still, or has come so far."""
    while driven.control.status is Status.RUNNING and driven.control.run.iteration < iteration:
        driven.work(time.perf_counter())
    return driven


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


def arrive(driven: Scheduler) -> list[float]:
    """Let it seek its goal, and do what waits for that; how far it said it was."""
    shares = []
    while True:
        going = driven.snapshot().seeking
        shares += [] if going is None else [going.share]
        if driven.work(time.perf_counter()) is None:
            return shares


def test_a_long_seek_tells_how_far_it_is_and_shows_the_moment_before_until_it_is_there() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120))
    before = driven.snapshot()
    obey(driven, do.Seek(40))
    going = driven.snapshot()
    assert going.seeking is not None
    assert (going.seeking.iteration, going.iteration, going.past) == (40, 120, None)
    assert going.version > before.version
    assert going.losses is before.losses
    shares = arrive(driven)
    assert shares == sorted(shares)
    assert driven.snapshot().past is not None
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 40))


def test_another_seek_is_obeyed_on_the_way_and_counts_from_where_the_first_leads() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40), do.SeekRelative(-1), do.SeekRelative(-2))
    going = driven.snapshot().seeking
    assert going is not None
    assert going.iteration == 37
    arrive(driven)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 37))


def test_a_seek_that_is_given_up_leads_back_to_the_phase_where_it_began() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), *[do.StepPhase()] * 3)
    driven.snapshot()
    obey(driven, do.Seek(40), do.SeekRelative(-5), do.CancelSeek())
    arrive(driven)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 120, Phase.BACKWARD))
    obey(driven, do.CancelSeek())  # nothing to give up
    assert driven.snapshot().seeking is None


def test_what_is_meant_for_the_end_of_a_seek_waits_for_it() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40))
    driven.snapshot()
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5), do.StepIterations(3), do.SeekRelative(-1))
    assert driven.control.run.experiment == EXPERIMENT
    arrive(driven)
    deeds = [Deed(40, "optimizer.learning_rate", 0.5)]
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, deeds, 42))
    assert driven.control.run.newest == 43


def test_giving_up_a_seek_gives_up_what_waits_for_its_end() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40))
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5), do.SeekRelative(-1), do.CancelSeek())
    arrive(driven)
    assert driven.control.run.experiment == EXPERIMENT
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 120))


def test_what_was_looked_for_is_looked_at_whatever_waits() -> None:
    driven = obey(driver(patience=0), do.StepIterations(120), do.Seek(40), do.CheckGradient())
    obey(driven, do.RequestPictures(PictureRequest(weights_layer=1)), do.SetPace(7.0))
    assert (driven.control.request.weights_layer, driven.control.pace.asked) == (1, 7.0)


def test_hundreds_of_keys_during_a_long_seek_are_obeyed_one_after_the_other() -> None:
    driven = obey(driver(patience=0), do.StepIterations(150), do.Seek(140), do.CheckGradient())
    obey(driven, *[do.SeekRelative(-1), do.SeekRelative(1)] * 200, do.SeekRelative(-50), do.StepIterations(2))
    arrive(driven)
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 92))


def test_all_arms_of_a_race_seek_together() -> None:
    driven = obey(driver(patience=0), do.StepIterations(30), do.Fork())
    arrive(driven)
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.5), do.StepIterations(50), do.Seek(60))
    arrive(driven)
    first, second = (arm.run.trainer for arm in driven.control.lineup.arms)
    assert_same_moment(first, straight(EXPERIMENT, [], 60))
    assert_same_moment(second, straight(EXPERIMENT, [Deed(30, "optimizer.learning_rate", 0.5)], 60))


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


def test_two_arms_that_differ_in_nothing_are_the_same_for_ever() -> None:
    driven = obey(driver(), do.StepIterations(30), do.Fork(), do.Resume())
    let_run(driven)
    first, second = (arm.run.trainer for arm in driven.control.lineup.arms)
    assert first.iteration == second.iteration == 150
    np.testing.assert_array_equal(first.vectors.parameters, second.vectors.parameters)
    parting = driven.snapshot().race.parting
    assert parting is not None
    assert parting.iteration is None


def test_arms_part_where_they_are_made_to_and_the_race_is_fair() -> None:
    driven = obey(driver(), do.StepIterations(30), do.Fork(), do.StepIterations(7))
    obey(driven, do.ChangeSetting("optimizer.learning_rate", 0.2), do.StepIterations(50))
    first, second = (arm.run.trainer for arm in driven.control.lineup.arms)
    assert first.iteration == second.iteration == 87
    assert_same_moment(first, straight(EXPERIMENT, [], 87))
    assert_same_moment(second, straight(EXPERIMENT, [Deed(37, "optimizer.learning_rate", 0.2)], 87))
    parting = driven.snapshot().race.parting
    assert parting is not None
    assert parting.iteration == 38
    then = [straight(EXPERIMENT, deeds, 38) for deeds in ([], [Deed(37, "optimizer.learning_rate", 0.2)])]
    apart = [
        np.abs(y - x) for pair in zip(*(t.parameters for t in then), strict=True) for x, y in zip(*pair, strict=True)
    ]
    number = int(np.argmax([each.max() for each in apart]))
    place = np.unravel_index(apart[number].argmax(), apart[number].shape)
    name = "b[{}]" if number % 2 else "w[{}→{}]"
    assert parting.weight == f"{name.format(*(each + 1 for each in place))} of layer {number // 2 + 1}"
    assert parting.weights is not None
    weights = [trainer.network.views(trainer.vectors.parameters)[0][:-1] for trainer in (first, second)]
    np.testing.assert_array_equal(parting.weights, weights[1] - weights[0])
    rate = EXPERIMENT.optimizer.learning_rate
    assert [arm.differs for arm in driven.snapshot().arms] == [
        (SettingHistory(key=RATE, values=((0, rate),)),),
        (SettingHistory(key=RATE, values=((37, 0.2),)),),
    ]
    (plan, row, _), (other, other_row, _) = (trainer.feed.block(86).row(86) for trainer in (first, second))
    np.testing.assert_array_equal(plan.inputs(row), other.inputs(other_row))
    assert plan.masks is not None
    assert other.masks is not None
    np.testing.assert_array_equal(plan.masks[row], other.masks[other_row])


RATE = "optimizer.learning_rate"


def partings(driven: Scheduler) -> dict[str, int | None]:
    """Where each arm parts from the one it is compared with, as told when it is looked at."""
    found: dict[str, int | None] = {}
    for _ in driven.control.lineup.arms:
        driven.obey(do.FocusArm())
        parting = driven.snapshot().race.parting
        assert parting is not None
        found[parting.arms[1]] = parting.iteration
    return found


def test_an_arm_is_compared_with_the_one_it_was_forked_from_and_without_that_with_what_that_was() -> None:
    driven = obey(driver(), do.StepIterations(30), do.Fork(), do.ChangeSetting(RATE, 0.2), do.StepIterations(20))
    obey(driven, do.Fork(), do.StepIterations(5))
    assert partings(driven) == {"B": 31, "C": None}
    obey(driven, do.Seek(20), do.Fork(), do.ChangeSetting(RATE, 0.5), do.SeekLive(), do.StepIterations(40))
    assert partings(driven)["D"] == 21
    obey(driven, do.FocusArm(), do.FocusArm(), do.DropArm())
    assert [arm.letter for arm in driven.control.lineup.arms] == ["A", "C", "D"]
    assert partings(driven) == {"C": 31, "D": 21}


def test_another_past_of_the_first_arm_parts_it_from_all_others() -> None:
    driven = obey(driver(), do.StepIterations(30), do.Fork(), do.StepIterations(20), do.ChangeSetting(RATE, 0.2))
    obey(driven, do.StepIterations(10))
    assert partings(driven) == {"B": 51}
    while driven.control.lineup.focus:
        obey(driven, do.FocusArm())
    obey(driven, do.Seek(40))
    obey(driven, do.ChangeSetting(RATE, 0.3), do.StepIterations(15))
    assert partings(driven) == {"B": 41}
    obey(driven, do.Undo(), do.SeekLive())
    assert partings(driven) == {"B": 51}


@pytest.mark.parametrize(
    ("key", "value", "parted"),
    [
        ("network.hidden", [3], 0),
        ("network.activation", "sigmoid", 1),
        ("loss.name", "mse", 1),
        ("data.noise", 0.3, 1),
        ("training.seed", 5, 0),
    ],
)
def test_another_network_loss_or_data_parts_where_the_weights_do(key: str, value: object, parted: int) -> None:
    driven = obey(driver(), do.Fork(), do.ChangeSetting(key, value))
    assert partings(driven) == {"B": 0 if parted == 0 else None}
    obey(driven, do.StepIterations(20))
    assert partings(driven) == {"B": parted}


def test_when_the_first_arm_is_given_up_the_second_is_what_others_are_compared_with() -> None:
    driven = obey(driver(), do.StepIterations(10), do.Fork(), do.StepIterations(10), do.ChangeSetting(RATE, 0.2))
    obey(driven, do.StepIterations(10), do.Fork(), do.StepIterations(10), do.ChangeSetting(RATE, 0.3))
    obey(driven, do.StepIterations(10))
    assert partings(driven) == {"B": 21, "C": 41}
    while driven.control.lineup.focus:
        obey(driven, do.FocusArm())
    obey(driven, do.DropArm(), do.StepIterations(1))
    assert partings(driven) == {"C": 41}


def test_when_the_last_arm_on_its_way_is_given_up_those_that_have_ended_stay_where_they_are() -> None:
    arms = [("A", with_setting(EXPERIMENT, "training.iterations", 20)), ("B", EXPERIMENT)]
    driven = obey(Scheduler(Control(arms, paused=True)), do.FocusArm(), do.Resume())
    while driven.control.run.iteration < 30:
        driven.work(time.perf_counter())
    assert driven.control.status is Status.RUNNING
    obey(driven, do.DropArm())
    assert (driven.control.status, driven.control.run.iteration) == (Status.FINISHED, 20)
    obey(driven, do.Resume(), do.Fork(), do.Resume())  # beyond the end of both
    obey(driven, do.DropArm())
    assert driven.control.status is Status.RUNNING


def test_arms_that_have_lived_with_other_settings_differ_also_when_they_have_the_same_now() -> None:
    driven = obey(driver(), do.StepIterations(60), do.Fork(), do.ChangeSetting(RATE, 0.1), do.StepIterations(60))
    obey(driven, do.Undo(), do.StepIterations(10), do.FocusArm(), do.Fork())
    told = {arm.letter: (arm.differs, arm.like) for arm in driven.snapshot().arms}
    rate = EXPERIMENT.optimizer.learning_rate
    assert told["A"] == ((SettingHistory(key=RATE, values=((0, rate),)),), "")
    assert told["B"] == ((SettingHistory(key=RATE, values=((60, 0.1), (120, rate))),), "")
    assert told["C"] == ((), "A")
    obey(driven, do.Restart(), do.StepIterations(3))
    assert [arm.like for arm in driven.snapshot().arms] == ["", "A", "A"]


def test_letters_stay_and_names_of_a_preset_tell_what_has_been_changed() -> None:
    arms = [(name, with_setting(EXPERIMENT, RATE, rate)) for name, rate in (("slow", 0.01), ("fast", 0.1))]
    driven = Scheduler(Control(arms, paused=True))
    obey(driven, do.StepIterations(5), do.Fork(), do.FocusArm(-1), do.ChangeSetting(RATE, 0.5))
    told = [(arm.letter, arm.name, arm.changed) for arm in driven.snapshot().arms]
    changed = (SettingHistory(key=RATE, values=((0, 0.1), (5, 0.5))),)
    assert told == [("A", "slow", ()), ("B", "fast", changed), ("C", "C", ())]
    obey(driven, do.DropArm(), do.Fork())
    assert [arm.letter for arm in driven.snapshot().arms] == ["A", "C", "D"]


def test_arms_that_are_behind_catch_up_and_those_that_have_ended_wait() -> None:
    stopping = with_setting(EXPERIMENT, "training.early_stopping.patience", 14)
    arms = [("A", EXPERIMENT), ("B", with_setting(EXPERIMENT, "training.iterations", 100)), ("C", stopping)]
    driven = obey(Scheduler(Control(arms, paused=True)), do.Resume())
    let_run(driven)
    ends = [arm.run.iteration for arm in driven.control.lineup.arms]
    alone = straight(stopping, [], 0)
    alone.run()
    assert ends == [150, 100, alone.iteration]
    assert alone.status is Status.STOPPED_EARLY
    while min(arm.run.iteration for arm in driven.control.lineup.arms) < 200:
        before = [arm.run.iteration for arm in driven.control.lineup.arms]
        obey(driven, do.StepIterations(1))  # beyond the ends: those that are behind catch up, then all together
        after = [arm.run.iteration for arm in driven.control.lineup.arms]
        assert after == [each + (each == min(before)) for each in before]
    for arm, (_, experiment) in zip(driven.control.lineup.arms, arms, strict=True):
        assert_same_moment(arm.run.trainer, straight(experiment, [], 200))


def test_a_change_while_phases_are_open_runs_them_again_in_all_arms() -> None:
    driven = obey(driver(), do.StepIterations(30), do.Fork(), do.StepPhase(), do.StepPhase())
    obey(driven, do.ChangeSetting("network.dropout", 0.5))
    assert driven.control.message.text == "dropout 0.2 → 0.5, already in this iteration"
    deeds = [Deed(30, "network.dropout", 0.5)]
    first, second = (arm.run.trainer for arm in driven.control.lineup.arms)
    assert_same_moment(first, straight(EXPERIMENT, [], 30, Phase.LOSS))
    assert_same_moment(second, straight(EXPERIMENT, deeds, 30, Phase.LOSS))
    obey(driven, *[do.StepPhase()] * 4)
    assert_same_moment(first, straight(EXPERIMENT, [], 31, Phase.LOSS))
    assert_same_moment(second, straight(EXPERIMENT, deeds, 31, Phase.LOSS))
    obey(driven, do.Undo())
    assert_same_moment(first, straight(EXPERIMENT, [], 31, Phase.LOSS))
    assert_same_moment(second, straight(EXPERIMENT, [*deeds, Deed(31, "network.dropout", 0.2)], 31, Phase.LOSS))


def test_a_fork_and_taking_it_back_leave_the_open_phases_as_they_are() -> None:
    driven = obey(driver(), do.StepIterations(30), do.StepPhase(), do.StepPhase(), do.StepPhase(), do.Fork())
    for arm in driven.control.lineup.arms:
        assert_same_moment(arm.run.trainer, straight(EXPERIMENT, [], 30, Phase.BACKWARD))
    obey(driven, do.Undo())
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [], 30, Phase.BACKWARD))
    obey(driven, do.StepIterations(5), do.Seek(12), do.StepPhase(), do.ChangeSetting(RATE, 0.5))
    assert_same_moment(driven.control.run.trainer, straight(EXPERIMENT, [Deed(12, RATE, 0.5)], 12, Phase.FORWARD))


def undone(driven: Scheduler, *keys: do.Command) -> list[str]:
    """What is said after each key."""
    said = []
    for key in keys:
        driven.obey(key)
        said.append(driven.control.message.text)
    return said


def test_undo_says_what_it_did_and_where_and_before_whether_it_goes_back() -> None:
    driven = obey(driver(), do.StepIterations(20), do.ChangeSetting(RATE, 0.5), do.StepIterations(10))
    assert driven.snapshot().control.undo_leads_to is None
    back, again = "learning rate back to 0.02 (from now on)", "learning rate 0.5 again (from now on)"
    assert undone(driven, do.Undo(), do.Redo()) == [f"undo: {back}", f"redo: {again}"]
    obey(driven, do.Seek(25))
    assert driven.snapshot().control.undo_leads_to == 30
    assert undone(driven, do.Undo()) == ["undo: learning rate back to 0.02 (from iteration 31 on)"]
    assert driven.control.run.iteration == 30

    obey(driven, do.Seek(12), do.ChangeSetting(RATE, 0.1), do.StepIterations(60))
    assert driven.snapshot().control.undo_leads_to == 12
    assert undone(driven, do.Undo(), do.Redo(), do.Undo(), do.Undo()) == [
        "undo: back to iteration 12, as it was before learning rate 0.02 → 0.1",
        "redo: to iteration 72, as it was after learning rate 0.02 → 0.1",
        "undo: back to iteration 12, as it was before learning rate 0.02 → 0.1",
        "nothing to undo",
    ]


def test_undo_of_a_restart_and_of_a_fork_says_so() -> None:
    driven = obey(driver(), do.StepIterations(20), do.Restart())
    assert driven.snapshot().control.undo_leads_to == 20
    assert undone(driven, do.Undo()) == ["undo: back to iteration 20, as it was before the restart"]
    obey(driven, do.Fork(), do.ChangeSetting(RATE, 0.5), do.StepIterations(10))
    assert undone(driven, do.Undo(), do.Undo(), do.Redo()) == [
        "undo: arm B: learning rate back to 0.02 (from now on)",
        "undo: the fork of arm B is taken back",
        "redo: to iteration 30, as it was after the fork of arm B",
    ]
    obey(driven, do.DropArm(), do.StepIterations(5))
    assert driven.snapshot().control.undo_leads_to == 30
    assert undone(driven, do.Undo()) == ["undo: back to iteration 30, as it was before giving up arm B"]


COMMANDS: list[do.Command] = [
    do.Pause(),
    do.Resume(),
    do.TogglePause(),
    *(do.StepIterations(n) for n in (1, 10, 70)),
    do.StepEpoch(),
    do.StepPhase(),
    do.StepPhase(-1),
    do.SetPace(None),
    do.SetPace(1.0),
    do.SetPace(1e6),
    *(do.Seek(n) for n in (-3, 0, 1, 40, 10**9)),
    *(do.SeekRelative(n) for n in (-1, -10, 1)),
    do.SeekLive(),
    do.CancelSeek(),
    do.Undo(),
    do.Redo(),
    do.Restart(),
    do.Restart(3),
    do.Fork(),
    do.FocusArm(),
    do.FocusArm(-1),
    do.DropArm(),
    do.Propose(),
    do.ApplyRemedy({"optimizer.learning_rate": 0.002}),
    do.CloseProposal(),
    *(
        do.ChangeSetting(key, value)
        for key, value in (
            ("optimizer.learning_rate", 1e6),
            ("optimizer.learning_rate", 0.01),
            ("optimizer.name", "sgd"),
            ("optimizer.name", "adam"),
            ("optimizer.momentum", 0.5),
            ("training.batch_size", "full"),
            ("training.batch_size", 3),
            ("network.dropout", 0.5),
            ("network.hidden", [3]),
            ("network.hidden", []),
            ("data.name", "circles"),
            ("data.name", "sine"),
            ("data.name", "phrases"),
            ("data.name", "glasses_or_ring"),
            ("loss.name", "mse"),
            ("loss.name", "nonsense"),
            ("training.pace", 5),
            ("training.pace", "max"),
            ("training.seed", 4),
            ("training.early_stopping.patience", 14),
        )
    ),
    do.RequestPictures(PictureRequest(weights_layer=5, example=99, weight=WeightAddress(layer=9, source=9, unit=9))),
    do.RequestPictures(PictureRequest(neuron=NeuronAddress(layer=3, unit=99), network_units=3)),
    do.RequestPictures(PictureRequest(picture=False)),
]


@settings(max_examples=50)
@given(keys=st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=25), patience=st.sampled_from([math.inf, 0.0]))
def test_any_keys_in_any_order_leave_a_run_that_can_be_shown(keys: list[do.Command], patience: float) -> None:
    short = with_setting(EXPERIMENT, "training.iterations", 30)  # some keys reach the end, or go back from it
    driven, versions = driver(short, paused=False, patience=patience), [0]
    for command in keys:
        driven.obey(command)
        for _ in range(2):
            driven.work(time.perf_counter())
        snapshot = driven.snapshot()
        versions.append(snapshot.version)
        assert snapshot.status in (Status.RUNNING, Status.PAUSED, driven.control.lineup.standing)
        if snapshot.seeking is None:
            assert snapshot.iteration == driven.control.run.iteration <= driven.control.run.newest
            assert (snapshot.past is None) == (snapshot.iteration == driven.control.run.newest)
    assert versions == sorted(versions)


@pytest.mark.parametrize("name", ["optimizer.learning_rate", "network.hidden"])
def test_the_same_value_again_is_no_change(name: str) -> None:
    driven = obey(driver(), do.StepIterations(5))
    obey(driven, do.ChangeSetting(name, flat_settings(EXPERIMENT)[name]))
    assert "already" in driven.control.message.text
    assert driven.control.run.iteration == 5
    assert driven.snapshot().control.can_undo == ""
