"""Another lesson in place of the present run, and back."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from lived import Deed, assert_same_moment, straight

from tui_trainer.runs import lineup
from tui_trainer.runs.command_handlers import Load
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, Trainer, build, with_setting

RATE = "optimizer.learning_rate"


def lesson(title: str, *, pace: object = "max", **network: Any) -> Experiment:
    tables = {
        "data": {"name": "moons", "samples": 45, "validation_samples": 30},
        "network": {"hidden": [5], **network},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "training": {"batch_size": 8, "iterations": 5000, "evaluate_every": 7, "pace": pace},
    }
    return build(tables, title)


ONE, OTHER = lesson("one", pace=100), lesson("other", hidden=[4, 3])


def driver(*, patience: float = math.inf) -> Scheduler:
    return Scheduler(Control([("A", ONE)], paused=True, patience=patience))


def test_undo_and_redo_go_to_and_fro_between_lessons_and_their_pace() -> None:
    driven = driver()
    for command in (do.SetPace(500), do.StepIterations(40), do.ChangeSetting(RATE, 0.1), do.StepIterations(10)):
        driven.obey(command)
    driven.obey(Load((("A", OTHER),)))
    new = driven.snapshot()
    assert (new.title, new.iteration, new.status, new.control.pace) == ("other", 0, Status.RUNNING, None)
    assert (new.control.can_undo, new.control.undo_leads_to) == ("loading “other”", 50)
    assert new.message.actions == (("undo", "brings back what was there"),)
    driven.work(time.perf_counter())
    gone = driven.control.run.iteration
    assert gone > 0

    driven.obey(do.Undo())
    old = driven.snapshot()
    assert (old.title, old.iteration, old.status, old.control.pace) == ("one", 50, Status.PAUSED, 500)
    assert old.message.text == "undo: back to iteration 50, as it was before loading “other”"
    driven.obey(do.StepIterations(5))
    assert_same_moment(driven.control.run.trainer, straight(ONE, [Deed(40, RATE, 0.1)], 55))
    driven.obey(do.Redo())
    again = driven.snapshot()
    assert (again.title, again.iteration, again.status, again.control.pace) == ("other", gone, Status.PAUSED, None)
    for command in (do.Undo(), do.Undo()):
        driven.obey(command)
    assert driven.control.run.experiment.optimizer.learning_rate == 0.02, (
        "what was done before loading can still be undone"
    )


def test_a_race_gives_way_to_one_run_and_comes_back_with_the_same_focus() -> None:
    driven = driver()
    for command in (do.Fork(), do.ChangeSetting(RATE, 0.5), do.StepIterations(9), Load((("A", OTHER),))):
        driven.obey(command)
    assert driven.snapshot().arms == ()
    driven.obey(do.Undo())
    assert [(arm.name, arm.iteration, arm.focused) for arm in driven.snapshot().arms] == [
        ("A", 9, False),
        ("B", 9, True),
    ]


def test_a_lesson_that_is_a_race_is_loaded_with_its_arms() -> None:
    driven = driver()
    driven.obey(Load((("A", OTHER), ("B", with_setting(OTHER, RATE, 0.5)))))
    assert [(arm.name, arm.focused) for arm in driven.snapshot().arms] == [("A", True), ("B", False)]


def test_it_ends_a_seek_and_what_waited_for_that() -> None:
    driven = driver(patience=0.0)
    driven.obey(do.StepIterations(3000))
    for command in (do.Seek(1499), do.StepIterations(3)):
        driven.obey(command)
    assert driven.control.seeking is not None
    driven.obey(Load((("A", OTHER),)))
    assert driven.snapshot().seeking is None
    assert (driven.control.run.experiment.title, driven.control.run.iteration) == ("other", 0)
    driven.obey(do.Pause())
    driven.obey(do.Undo())
    assert driven.snapshot().title == "one"
    assert driven.control.run.newest == 3000


@pytest.mark.parametrize("where", ["phase", "past"])
def test_the_run_that_was_left_stands_where_it_stood(where: str) -> None:
    driven = driver()
    driven.obey(do.StepIterations(20))
    driven.obey(do.StepPhase() if where == "phase" else do.Seek(12))
    before = driven.control.run.boundary
    driven.obey(Load((("A", OTHER),)))
    driven.obey(do.Undo())
    assert driven.control.run.boundary == before


def test_without_memory_for_it_the_present_run_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    driven = driver()
    driven.obey(do.StepIterations(5))

    def none_left(*arguments: object, **named: object) -> None:
        raise MemoryError

    monkeypatch.setattr(lineup, "begun", none_left)
    driven.obey(Load((("A", OTHER),)))
    shown = driven.snapshot()
    assert (shown.title, shown.iteration, shown.control.can_undo) == ("one", 5, "")
    assert shown.message.text == "there is not enough memory for such a run: the present one stays"


@pytest.mark.parametrize(("past", "phase"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_change_that_memory_does_not_suffice_for_leaves_everything_as_it_was(
    monkeypatch: pytest.MonkeyPatch, past: bool, phase: bool
) -> None:
    driven, straight_on = driver(), straight(ONE, [], 40)
    driven.obey(do.StepIterations(20))
    if past:
        driven.obey(do.Seek(10))
    if phase:
        driven.obey(do.StepPhase())
    place = driven.control.run.boundary

    def none_left(*arguments: object, **named: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(DiagnosedRun, "fork", none_left) if past else patch.setattr(Trainer, "_make_feed", none_left)
        driven.obey(do.ChangeSetting("optimizer.name", "sgd"))
        driven.obey(do.ChangeSetting("training.batch_size", 16))
    assert driven.snapshot().control.can_undo == ""
    assert (driven.control.run.boundary, driven.control.run.newest) == (place, 20)
    driven.obey(do.StepIterations(30 if past else 20))
    assert_same_moment(driven.control.run.trainer, straight_on)
