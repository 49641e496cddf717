"""Words and numbers belong together: the batch that is really taken, and the penalty that no shown loss holds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from driven_run import DrivenRun
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.dashboard.evaluations_at import evaluations_until
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.whole_screen import draw_dashboard
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.theme import make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Trainer, build, with_setting

DARK = make_theme()
SMALL = build(
    {
        "data": {"name": "moons", "samples": 60, "validation_samples": 100},
        "network": {"hidden": [6]},
        "optimizer": {"name": "sgd", "learning_rate": 0.05},
        "training": {"batch_size": 16, "iterations": 200, "evaluate_every": 10},
    }
)


def lines(snapshot: Snapshot, width: int = 140, height: int = 60) -> list[str]:
    view = first_view(settings=listed_settings())
    return draw_dashboard(snapshot, view, width, height, DARK, ()).cells.lines()


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(("size", "told"), [(64, "64 (all 60)"), (60, "60"), (59, "59"), ("full", "full")])
def test_a_batch_that_is_larger_than_the_data_is_told_as_what_it_is(
    size: int | str, told: str, drop_last: bool
) -> None:
    run = DrivenRun(with_setting(with_setting(SMALL, "training.batch_size", size), "training.drop_last", drop_last))
    run.driver.obey(do.StepIterations(3))
    shown = lines(run.latest())
    assert shown[1].rstrip().endswith(f"batch size {told}")
    setting = next(line for line in shown[3:] if "batch size" in line)
    assert setting.rsplit("batch size", 1)[1].strip(" │").endswith(told)
    taken = run.driver.control.run.trainer.feed.order.batch
    assert taken == min(60 if size == "full" else int(size), 60)


def test_json_says_how_many_examples_a_batch_has(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["train", "overfitting", "--json", "--iterations", "1", "--set", "training.batch_size=64"]
    assert main([*given, "--set", "training.drop_last=true"]) == 0
    start = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (start["batch_size"], start["experiment"]["training"]["batch_size"]) == (60, 64)


def by_hand(trainer: Trainer, l1: float, l2: float) -> float:
    weights = np.concatenate([weight.astype(np.float64).ravel() for weight, _ in trainer.parameters])
    return float(l1 * np.abs(weights).sum() + 0.5 * l2 * (weights**2).sum())


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 1.0), (0.02, 0.0), (0.01, 0.3)])
def test_the_penalty_is_told_apart_from_the_loss(l1: float, l2: float) -> None:
    penalised = with_setting(with_setting(SMALL, "optimizer.l1", l1), "optimizer.l2", l2)
    run = DrivenRun(penalised)
    trainer = run.driver.control.run.trainer
    before = by_hand(trainer, l1, l2)
    run.driver.obey(do.StepIterations(25))
    snapshot = structs.replace(run.latest(), findings=())
    assert snapshot.evaluation is not None
    assert snapshot.evaluation.get("penalty") == pytest.approx(by_hand(trainer, l1, l2), rel=1e-9)
    loss, p = compact(snapshot.evaluation.train_loss), compact(by_hand(trainer, l1, l2))
    assert f"Training loss {loss} + penalty {p}" in lines(snapshot)[2]
    first = compact(float(snapshot.losses.evaluations.train_loss[0]))
    assert f"from {first} + {compact(before)} at the start" in lines(snapshot, 160)[2]
    at = evaluations_until(snapshot.losses.evaluations, 5).latest
    assert at is not None
    assert at.get("penalty") == pytest.approx(before)


def test_a_penalty_that_came_later_is_not_told_of_the_start() -> None:
    run = DrivenRun(SMALL)
    for command in (do.StepIterations(15), do.ChangeSetting("optimizer.l2", 0.3), do.StepIterations(10)):
        run.driver.obey(command)
    snapshot = structs.replace(run.latest(), findings=())
    first = compact(float(snapshot.losses.evaluations.train_loss[0]))
    penalty = compact(by_hand(run.driver.control.run.trainer, 0.0, 0.3))
    verdict = lines(snapshot, 160)[2]
    assert f"+ penalty {penalty}" in verdict
    assert f"from {first} at the start" in verdict


def test_the_gradient_is_that_of_loss_and_penalty_together() -> None:
    """What `penalty` says is what is minimised: along a step of the gradient, loss and penalty change by its square."""
    trainer = Trainer(
        with_setting(with_setting(build({**SMALL.tables, "network": SMALL.tables["network"] | {"dtype": "float64"}}),
                                  "optimizer.l2", 0.5), "training.batch_size", "full")
    )  # fmt: skip
    trainer.run(3)
    parameters = trainer.vectors.parameters
    trainer.step_phase(), trainer.step_phase(), trainer.step_phase()
    gradient, here, step = trainer.vectors.gradient.copy(), parameters.copy(), 1e-6

    def objective(at: np.ndarray) -> float:
        parameters[:] = at
        z = trainer.network.outputs(parameters, trainer.train_set.inputs)
        return float(trainer.train_set.losses(z).mean()) + by_hand(trainer, 0.0, 0.5)

    slope = (objective(here + step * gradient) - objective(here - step * gradient)) / (2 * step)
    assert slope == pytest.approx(float(gradient @ gradient), rel=1e-5)


def test_train_tells_the_penalty_apart(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["train", "overfitting", "--iterations", "20", "--set", "optimizer.l2=0.1"]
    assert main([*given, "--json"]) == 0
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert main(given) == 0
    assert f"penalty on the weights {end['penalty']:.4g}: part of no loss" in capsys.readouterr().out
    assert main(["train", "overfitting", "--iterations", "20", "--json"]) == 0
    assert "penalty" not in json.loads(capsys.readouterr().out.splitlines()[-1])
