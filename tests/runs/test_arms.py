"""What the keys do with several arms: where they part, what they differ in, and who waits for whom."""

from __future__ import annotations

import time

import numpy as np
import pytest
from lived import Deed, assert_same_moment, straight
from scheduled import EXPERIMENT, RATE, driver, let_run, obey

from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Phase, SettingHistory, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import with_setting


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
