"""A run that is watched for an aim: it pauses at the evaluation that shows it, whatever the pace."""

from __future__ import annotations

import time

from tui_trainer.experiment import build, with_setting
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Status, present
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.aim import Aim, AimView
from tui_trainer.telemetry.expectation import Claim

EXPERIMENT = build(
    {
        "data": {"name": "moons", "samples": 45, "validation_samples": 30},
        "network": {"hidden": [5]},
        "optimizer": {"name": "adam", "learning_rate": 0.05},
        "training": {"batch_size": 8, "iterations": 150, "evaluate_every": 7, "pace": "max"},
    }
)
LOW = Claim(bounds={"train_loss_below": 0.3})


def watched(aim: Aim, *commands: do.Command, pace: float | None = None) -> Scheduler:
    """The run after it has been resumed with this aim and has come to stand."""
    driven = Scheduler(Control([("A", EXPERIMENT)], paused=True))
    for command in (*commands, do.SetPace(pace), do.WatchFor(aim), do.Resume()):
        driven.obey(command)
    while driven.control.status is Status.RUNNING:
        driven.work(time.perf_counter() + 0.05)
    return driven


def view(driven: Scheduler) -> AimView:
    return present(present(driven.snapshot().control).aim)


def first_below(bound: float) -> int:
    evaluations = watched(Aim()).control.run.trainer.evaluations.view()
    return int(evaluations.iteration[evaluations.train_loss < bound][0])


def test_it_pauses_at_the_first_evaluation_that_shows_the_claim() -> None:
    expected = first_below(0.3)
    assert 0 < expected < 150
    for pace in (None, 3000.0, 400.0):
        driven = watched(Aim(claim=LOW, pauses=True), pace=pace)
        assert driven.control.run.iteration == view(driven).met_at == expected
        assert driven.control.status is Status.PAUSED


def test_it_pauses_when_its_iterations_are_used_up() -> None:
    never = Claim(bounds={"train_loss_below": 0})
    driven = watched(Aim(claim=never, iterations=20, pauses=True), do.StepIterations(11))
    assert (driven.control.run.iteration, view(driven).is_over, view(driven).met_at) == (31, True, None)
    assert view(driven).misses[0].startswith("train_loss below 0: it is 0.")
    driven = watched(Aim(iterations=8, pauses=True))
    assert (driven.control.run.iteration, view(driven).is_over) == (8, True)


def test_a_task_does_not_stop_the_run_and_remembers_when_it_was_met() -> None:
    driven = watched(Aim(claim=LOW))
    assert (driven.control.run.iteration, view(driven).met_at) == (150, first_below(0.3))


def test_a_task_can_come_too_late_and_begins_anew_with_the_run() -> None:
    class Late(Claim, frozen=True, kw_only=True):
        def __post_init__(self) -> None: ...

    aim = Aim(claim=Late(bounds={"train_loss_below": 0.3}, by_iteration=7))
    driven = watched(aim)
    assert (view(driven).met_at, view(driven).is_over) == (None, True)
    driven.obey(do.Restart())
    assert (view(driven).met_at, view(driven).is_over) == (None, False)


def test_what_only_the_end_decides() -> None:
    driven = watched(Aim(claim=Claim(no_finding=("overfitting",), ends="target"), at_the_end=True))
    assert view(driven).met_at == 150


def test_looking_at_another_arm_of_a_race_is_no_new_run() -> None:
    arms = [("A", EXPERIMENT), ("B", with_setting(EXPERIMENT, "optimizer.learning_rate", 0.01))]
    driven = Scheduler(Control(arms, paused=True))
    for command in (do.StepIterations(21), do.WatchFor(Aim(iterations=30, pauses=True)), do.FocusArm(), do.Resume()):
        driven.obey(command)
    while driven.control.status is Status.RUNNING:
        driven.work(time.perf_counter())
    assert driven.control.run.iteration == 51


def test_any_finding_is_enough() -> None:
    bad = [do.ChangeSetting("optimizer.learning_rate", 50.0)]
    driven = watched(Aim(any_finding=True, pauses=True), *bad)
    assert driven.control.run.iteration == view(driven).met_at < 150
    assert any(finding.is_alarm for finding in driven.snapshot().findings)


def test_watching_changes_no_bit() -> None:
    plain, seen = watched(Aim()), watched(Aim(claim=LOW, pauses=True))
    seen.obey(do.Resume())
    while seen.control.status is Status.RUNNING:
        seen.work(time.perf_counter())
    ends = [driven.control.run.trainer.vectors.parameters.tobytes() for driven in (plain, seen)]
    assert ends[0] == ends[1]


def test_the_arms_kept_aside_come_back() -> None:
    driven = Scheduler(Control([("A", EXPERIMENT)], paused=True))
    driven.obey(do.StepIterations(12))
    driven.obey(do.Bookmark())
    kept = driven.control.run
    for _ in range(6):
        driven.obey(do.Restart())
    driven.obey(do.ReturnToBookmark())
    assert driven.control.run is kept
    assert driven.control.run.iteration == 12
    driven.obey(do.ReturnToBookmark())
    assert driven.control.run is kept
    driven.obey(do.Undo())
    assert driven.control.run is not kept


def test_weights_changed_by_hand_are_judged_at_once() -> None:
    driven = Scheduler(Control([("A", EXPERIMENT)], paused=True))
    driven.obey(do.WatchFor(Aim(claim=Claim(bounds={"train_loss_above": 2.0}))))
    assert view(driven).met_at is None
    driven.obey(do.ChangeWeight(1, 0, 0, 500.0))
    assert view(driven).met_at == 0
