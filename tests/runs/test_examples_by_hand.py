"""Examples added and left out by hand: the run goes on with them, undo takes them back, a preset can hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from driven_run import DrivenRun

from tui_trainer.datasets import DATASETS, make
from tui_trainer.experiment import build, with_settings
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Trainer

WITHOUT_VALIDATION: dict[str, dict[str, Any]] = {
    "data": {"name": "sine", "samples": 10, "validation_samples": 0},
    "training": {"batch_size": 4, "iterations": 60},
}


def test_the_rest_of_the_epoch_is_cut_anew_with_the_example() -> None:
    """As another batch size is: batches go on from where the epoch was, and the article's order stays."""
    run = DrivenRun(build({"data": {"name": "glasses_or_ring"}}))
    for command in (do.StepIterations(6), do.AddExample((0.5, 0.6), 0), do.StepIterations(3)):
        run.send(command)
    trainer = run.driver.control.run.trainer
    batches = [trainer.feed.members(iteration).tolist() for iteration in range(6, 9)]
    assert batches == [[2], [3], [4]]
    assert trainer.feed.order.position(9).epoch == 2
    assert run.latest().events[0].label == "examples added 0 → 1"


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_goes_on_without_an_example(name: str) -> None:
    run = DrivenRun(build({"data": {"name": name}, "training": {"batch_size": 4, "iterations": 10, "epochs": None}}))
    trainer = run.driver.control.run.trainer
    before = len(trainer.train_set)
    for command in (do.StepIterations(3), do.LeaveOut(1), do.LeaveOut(1), do.StepIterations(3)):
        run.send(command)
    assert trainer.experiment.data.without == (1, 2)
    assert len(trainer.train_set) == before - 2
    assert trainer.iteration == 6
    shown = run.latest()
    assert shown.data is not None
    assert len(shown.data.inputs) == before - 2
    assert [event.label for event in shown.events] == ["examples left out 0 → 2"]
    run.send(do.Undo())
    assert trainer.experiment.data.without == (1,)


def test_a_point_of_a_curve_is_added_taken_away_and_taken_back() -> None:
    run = DrivenRun(build(WITHOUT_VALIDATION))
    for command in (do.AddExample((0.25,), 3.5), do.StepIterations(2)):
        run.send(command)
    trainer = run.driver.control.run.trainer
    assert (trainer.data.train_inputs[-1], trainer.data.train_targets[-1]) == ((0.25,), 3.5)
    run.send(do.LeaveOut(10))
    assert run.latest().message.text == "examples added 1 → 0: (0.25) 3.5"
    assert trainer.experiment.data.extra == ()
    run.send(do.Undo())
    assert trainer.experiment.data.extra == ((0.25, 3.5),)
    run.send(do.LeaveOut(11))
    assert run.latest().message.text == "there are 11 training examples"


def test_the_last_example_stays() -> None:
    run = DrivenRun(build({"data": {"name": "sine", "samples": 1, "validation_samples": 0}}))
    run.send(do.LeaveOut(0))
    assert "at least 1 training example" in run.latest().message.text


def test_examples_by_hand_are_before_the_feature_scale_and_leave_the_others_alone() -> None:
    """Standardising is fitted to what was drawn, so one outlier does not move all inputs of a network in training."""
    plain = {"name": "moons", "samples": 20, "standardize": True, "feature_scale": [2.0, 10.0]}
    run = DrivenRun(build({"data": plain}))
    run.send(do.AddExample((4.0, 50.0), 1))
    data, trainer = run.driver.control.run.experiment.data, run.driver.control.run.trainer
    assert data.extra == ((2.0, 5.0, 1.0),)
    np.testing.assert_array_equal(trainer.data.train_inputs[-1], (4.0, 50.0))
    before = make(build({"data": plain}).data, 0)
    np.testing.assert_array_equal(trainer.data.preparation.mean, before.preparation.mean)
    np.testing.assert_array_equal(trainer.data.extent, before.extent)


def test_a_preset_with_the_examples_starts_with_them() -> None:
    run = DrivenRun(build(WITHOUT_VALIDATION))
    for command in (do.AddExample((0.25,), 3.5), do.LeaveOut(3), do.Restart()):
        run.send(command)
    again = Trainer(build(run.driver.control.run.experiment.tables))
    live = run.driver.control.run.trainer
    np.testing.assert_array_equal(again.data.train_targets, live.data.train_targets)
    np.testing.assert_array_equal(again.data.kept, [0, 1, 2, 4, 5, 6, 7, 8, 9])


def test_fewer_samples_forget_which_of_the_others_were_left_out() -> None:
    run = DrivenRun(build({**WITHOUT_VALIDATION, "data": {"name": "sine", "samples": 10, "without": [2, 8]}}))
    run.send(do.ChangeSetting("data.samples", 5))
    assert run.driver.control.run.experiment.data.without == (2,)
    other = with_settings(run.driver.control.run.experiment, {"data.name": "moons", "data.samples": 7})
    assert other.data.without == ()


def test_a_row_of_a_table_is_left_out_in_its_own_units_and_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "".join(f"{n},{100 * n}.25\n" for n in range(40)))
    run = DrivenRun(build({"data": {"file": str(tmp_path / "a.csv")}}))
    data = run.driver.control.run.trainer.data
    assert data.lines is not None
    line = data.lines[0][3]
    run.send(do.LeaveOut(3))
    assert run.latest().message.text.endswith(f": ({line - 2}) {100 * (line - 2)}.25, line {line}")
