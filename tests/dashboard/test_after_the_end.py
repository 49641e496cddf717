"""After the end: the header says that it is over, and the verdict goes on saying what it came to."""

from __future__ import annotations

import time

import numpy as np
import pytest
from driven_run import DrivenRun, opened, press

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import make_theme
from tui_trainer.runs.command_handlers import Load
from tui_trainer.telemetry import Snapshot, Status
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment, build, with_setting
from tui_trainer.wording import percent

DARK = make_theme()
CALM = build(
    {
        "data": {"name": "moons", "samples": 60, "validation_samples": 200, "noise": 0.1},
        "network": {"hidden": [8]},
        "optimizer": {"name": "adam", "learning_rate": 0.02},
        "training": {"batch_size": 20, "iterations": 120, "evaluate_every": 5, "seed": 1},
    }
)


def to_the_end(*arms: tuple[str, Experiment]) -> DrivenRun:
    run = DrivenRun(list(arms))
    run.driver.obey(do.SetPace(None))
    run.driver.obey(do.Resume())
    while run.driver.control.status is Status.RUNNING:
        run.driver.work(time.perf_counter())
    return run


def lines(snapshot: Snapshot, width: int = 120, height: int = 40) -> list[str]:
    return draw_dashboard(snapshot, first_view(), width, height, DARK, ()).cells.lines()


def losses(run: DrivenRun) -> tuple[float, float]:
    """The mean losses over both sets, computed here from what the network answers."""
    trainer = run.driver.control.run.trainer

    def mean(inputs: np.ndarray, labels: np.ndarray) -> float:
        p = trainer.predict(inputs)[:, 0].astype(np.float64)
        return float(-np.log(np.where(labels == 1, p, 1 - p)).mean())

    data = trainer.data
    return mean(data.train_inputs, data.train_targets), mean(data.validation_inputs, data.validation_targets)


def verdict_tells_the_losses(run: DrivenRun) -> None:
    snapshot = run.latest()
    train, validation = losses(run)
    for width, height in ((120, 40), (80, 24)):
        shown = lines(snapshot, width, height)
        if not snapshot.findings:
            assert compact(validation) in shown[2]
            assert compact(train) in shown[2]
        assert "target" not in shown[2] or "raining loss" in shown[2]
        assert snapshot.status.value in shown[0]
    small = "\n".join(lines(snapshot, 38, 9))
    assert snapshot.status.value in small
    assert compact(validation) in small


def test_a_run_that_has_reached_its_target_keeps_its_verdict() -> None:
    run = to_the_end(("A", CALM))
    assert run.latest().status is Status.FINISHED
    verdict_tells_the_losses(run)
    assert all("space goes on" in lines(run.latest(), width)[2] for width in (120, 160))
    assert lines(run.latest())[0].rstrip().endswith("✓ finished · 30 it/s") or "✓ finished" in lines(run.latest())[0]
    run.driver.obey(do.SeekRelative(-3))
    assert run.latest().past is not None
    assert "raining loss" in lines(run.latest())[2]
    run.driver.obey(do.SeekLive())
    assert run.latest().status is Status.FINISHED
    verdict_tells_the_losses(run)
    run.driver.obey(do.StepIterations(3))
    assert "raining loss" in lines(run.latest())[2]


def test_a_run_that_stopped_early_says_whose_weights_it_stands_on() -> None:
    stops = build(
        {
            "data": {"name": "moons", "samples": 30, "validation_samples": 200, "noise": 0.4},
            "network": {"hidden": [32]},
            "optimizer": {"name": "adam", "learning_rate": 0.05},
            "training": {
                "batch_size": "full",
                "iterations": 2000,
                "evaluate_every": 5,
                "early_stopping": {"patience": 40},
            },
        }
    )
    run = to_the_end(("A", stops))
    snapshot = run.latest()
    assert snapshot.status is Status.STOPPED_EARLY
    best = snapshot.losses.evaluations.best
    assert best is not None
    assert snapshot.progress.restored == best.iteration
    for width, height in ((120, 40), (80, 24), (60, 20), (38, 9)):
        assert f"✓ stopped early, weights of {best.iteration}" in lines(snapshot, width, height)[0]
    verdict_tells_the_losses(run)
    assert losses(run)[1] == pytest.approx(best.validation_loss, rel=1e-6)
    run.driver.obey(do.StepIterations(1))
    assert run.latest().progress.restored is None
    assert "weights of" not in lines(run.latest())[0]
    keeps = with_setting(stops, "training.early_stopping.restore_best", False)
    run = to_the_end(("A", keeps))
    assert run.latest().progress.restored is None
    verdict_tells_the_losses(run)


def test_a_race_that_is_over_keeps_who_is_ahead_or_why_nobody_is() -> None:
    other = with_setting(with_setting(CALM, "loss.name", "mse"), "data.label_noise", 0.2)
    run = to_the_end(("clean", CALM), ("noisy", other))
    assert run.latest().status is Status.FINISHED
    for width, height in ((120, 40), (80, 24), (60, 20)):
        assert "different validation labels: no arm is ahead" in lines(run.latest(), width, height)[2]
    run.driver.obey(do.DropArm())
    assert "raining loss" in lines(run.latest(), 120)[2]
    run.driver.obey(do.Undo())
    run.driver.obey(do.SetPace(5.0))
    assert "different validation labels: no arm is ahead" in lines(run.latest(), 120)[2]
    same = with_setting(CALM, "loss.name", "mse")
    run = to_the_end(("A", CALM), ("B", same))
    shares = []
    for arm in run.driver.control.lineup.arms:
        trainer = arm.run.trainer
        right = (trainer.predict(trainer.data.validation_inputs)[:, 0] > 0.5) == trainer.data.validation_targets
        shares.append(float(right.mean()))
    shown = lines(run.latest())[2]
    if shares[0] == shares[1]:
        assert f"no arm is ahead of the others: all have validation accuracy {percent(shares[0], 1)}" in shown
    else:
        first = "AB"[int(np.argmax(shares))]
        assert f"▲ {first} is ahead: validation accuracy {percent(max(shares), 1)}" in shown


def test_a_run_that_diverged_says_so_in_both_places() -> None:
    tables = {
        "data": {"name": "linear_regression", "samples": 20, "dim": 2},
        "network": {"hidden": [4], "activation": "relu"},
        "optimizer": {"name": "sgd", "learning_rate": 50.0},
        "training": {"batch_size": "full", "iterations": 400},
    }
    run = to_the_end(("A", build(tables)))
    snapshot = run.latest()
    assert snapshot.status is Status.DIVERGED
    shown = lines(snapshot)
    assert "✗ diverged" in shown[0]
    assert "DIVERGED" in shown[2]


def test_another_lesson_has_a_verdict_of_its_own() -> None:
    run = to_the_end(("A", CALM))
    run.driver.obey(Load((("A", CALM),)))
    run.driver.obey(do.Pause())
    shown = lines(run.latest())
    assert "finished" not in shown[0] + shown[2]
    assert "Nothing learnt yet" in shown[2]


def test_a_setting_that_changes_after_the_end_is_told_beside_the_verdict() -> None:
    run = DrivenRun(CALM)
    state = opened(run)
    run.driver.obey(do.StepIterations(120))
    snapshot = press(state, "+")
    assert snapshot.status is Status.PAUSED
    shown = lines(snapshot)[2]
    assert compact(losses(run)[1]) in shown
    assert shown.rstrip().endswith("learning rate 0.02 → 0.05")
