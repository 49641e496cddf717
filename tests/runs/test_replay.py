"""The journal: what was done by keys, plain data on disk or in a code, gives the same run again."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from driven_run import DrivenRun
from lived import assert_same_curves, assert_same_moment

from tui_trainer.experiment import build, with_settings
from tui_trainer.experiment.settings import differences
from tui_trainer.presets import find
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import JournalEntry, Replay, SettingChange
from tui_trainer.telemetry import commands as do


def test_a_run_with_hands_on_it_is_recomputed_from_its_journal() -> None:
    """Undo, a fork in the past, changes that are taken back at once and changes of weights included."""
    run = DrivenRun()
    weight = do.ChangeWeight(0, 1, 2, 1.5)
    plan: list[do.Command] = [
        *(do.StepIterations(20), do.ChangeSetting("optimizer.name", "momentum"), do.StepIterations(4)),
        *(do.ChangeSetting("optimizer.momentum", 0.5), do.ChangeSetting("optimizer.name", "sgd")),
        *(do.StepIterations(3), do.Undo(), do.StepIterations(3)),  # momentum is back, and is 0.5
        *(weight, msgspec.structs.replace(weight, value=2.5), do.Undo(), do.StepIterations(9)),
        *(do.ChangeWeight(1, 6, 0, -1.0), do.StepPhase(), do.ChangeSetting("network.dropout", 0.4)),
        *(do.StepIterations(30), do.Seek(55), weight, do.StepIterations(12)),
        *(do.ChangeSetting("training.batch_size", 3), do.ChangeSetting("training.batch_size", 8), do.StepIterations(5)),
    ]
    for command in plan:
        run.send(command)
        live = run.driver.control.run
        journal = msgspec.json.decode(msgspec.json.encode(live.timeline.journal), type=list[JournalEntry])
        again = DiagnosedRun(live.timeline.start_experiment)
        list(replay_in_slices(again, journal, live.iteration))
        if live.trainer.phase is None and not live.is_past:
            assert_same_moment(again.trainer, live.trainer)
            assert_same_curves(again.trainer, live.trainer)
            assert again.findings == live.findings
    changes = [entry.change for entry in journal]
    assert do.ChangeWeight(0, 1, 2, 1.5) in changes
    assert [each.key for each in changes if isinstance(each, do.ChangeSetting)] == [
        *("optimizer.name", "optimizer.momentum", "optimizer.name", "optimizer.name", "optimizer.momentum"),
        "network.dropout",
    ]


def test_a_weight_is_changed_marked_and_taken_back() -> None:
    run = DrivenRun()
    run.send(do.StepIterations(10))
    trainer = run.driver.control.run.trainer
    old = float(trainer.parameters[0][0][1, 2])
    run.send(do.ChangeWeight(0, 1, 2, 1.5))
    assert trainer.parameters[0][0][1, 2] == np.float32(1.5)
    shown = run.latest()
    assert shown.message.text.startswith("w[2→3] of layer 1: ")
    assert shown.message.text.endswith(" → 1.5")
    (event,) = shown.events
    assert isinstance(event, SettingChange)
    assert (event.iteration, event.key, event.old, event.new) == (10, "w[2→3] of layer 1", float(f"{old:.4g}"), 1.5)
    run.send(do.Undo())
    assert trainer.parameters[0][0][1, 2] == np.float32(old)
    assert not run.latest().events
    assert run.latest().message.text.startswith("undo: w[2→3] of layer 1 back to ")
    run.send(do.Redo())
    assert trainer.parameters[0][0][1, 2] == np.float32(1.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (do.ChangeWeight(0, 9, 2, 1.5), "no weight from 10 to 3 in layer 1"),
        (do.ChangeWeight(-1, 0, 0, 1.5), "no weight from 1 to 1 in layer 0"),
        (do.ChangeWeight(0, 0, 0, float("nan")), "a weight is a finite number"),
    ],
)
def test_a_weight_that_cannot_be_is_refused_in_a_sentence(change: do.ChangeWeight, words: str) -> None:
    run = DrivenRun()
    run.send(change)
    assert words in run.latest().message.text
    assert not run.driver.control.run.timeline.journal


def test_differences_lead_from_one_experiment_to_the_other() -> None:
    one = build({"data": {"name": "moons"}, "optimizer": {"name": "adam", "beta1": 0.5}})
    two = with_settings(
        build({"data": {"name": "sine", "freq": 2.0}, "network": {"hidden": [3, 4]}, "schedule": {"name": "step"}}),
        {"training.early_stopping.patience": 30},
    )
    for old, new in ((one, two), (two, one), (one, one)):
        assert with_settings(old, differences(old, new)) == new
    assert differences(one, one) == {}


def test_a_replay_shows_its_progress_and_stops_where_it_is_cancelled() -> None:
    control = Control([("A", find("lr just right").experiment())], paused=True, patience=0.0)
    driver = Scheduler(control)
    change = JournalEntry(100, do.ChangeSetting("optimizer.learning_rate", 0.3))
    driver.obey(Replay((change,), 1_000_000))
    while control.run.iteration < 200:
        driver.work(0.0)
    seeking = driver.snapshot().seeking
    assert seeking is not None
    assert seeking.iteration == 1_000_000
    assert 0 < seeking.share < 1
    driver.obey(do.CancelSeek())
    here = control.run.iteration
    assert control.seeking is None
    assert driver.snapshot().iteration == here >= 200
    assert control.run.timeline.journal == (change,)
    driver.obey(do.StepIterations(1))
    assert control.run.iteration == here + 1
