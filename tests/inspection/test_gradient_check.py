"""The gradient check: right gradients pass wherever the network stands, kinks are told apart, a wrong one is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tui_trainer.experiment import with_settings
from tui_trainer.inspection.gradient_check import PARAMETERS, check_gradient
from tui_trainer.layers.activations import Relu
from tui_trainer.presets import find
from tui_trainer.telemetry import GradientCheck, WeightAddress
from tui_trainer.training import Experiment, Trainer, build
from tui_trainer.training.probe import Probe


@pytest.mark.parametrize(
    "tables",
    [
        {"network": {"activation": "relu", "hidden": [8, 8], "dropout": 0.3}},
        {"network": {"activation": ["tanh", "sigmoid"], "hidden": [8, 4]}, "optimizer": {"l2": 0.1, "l1": 0.1}},
        {"data": {"name": "glasses_or_ring"}},
        {"data": {"name": "phrases"}},
        {"data": {"name": "iris"}, "training": {"batch_size": "full"}},
        {"loss": {"name": "mean_squared_error"}, "network": {"output": "tanh"}},
        {"data": {"name": "sine"}, "loss": {"name": "huber"}, "network": {"hidden": []}},
    ],
)  # fmt: skip
def test_backpropagation_is_right(tables: dict[str, Any]) -> None:
    check = check_gradient(build(tables))
    assert check.right
    assert 0 < check.parameters <= PARAMETERS
    assert check.relative_error < 1e-7
    assert check.without_clip == (tables.get("data") == {"name": "glasses_or_ring"})


STARTS: dict[str, dict[str, object]] = {
    "zeros": {"network.initializer": "zeros"},
    "gain 0": {"network.gain": 0.0},
    "constant 0": {"network.initializer": "constant", "network.gain": 0.0},
    "constant": {"network.initializer": "constant", "network.gain": 0.5},
    "small": {"network.gain": 1e-4},
    "tiny": {"network.gain": 1e-8},
    "tiny in two layers": {"network.hidden": (5, 4), "network.gain": 1e-5},
    "large": {"network.gain": 1e3},
    "dead": {"network.bias_init": -300.0},
}


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
@pytest.mark.parametrize("title", ["overfitting", "embeddings"])
def test_a_right_formula_never_fails(title: str, activation: str, start: str) -> None:
    """Where weights are 0 or tiny, units dead, gradients 0: at the start and while it trains, under several seeds."""
    for seed in range(2):
        settings = {**STARTS[start], "network.activation": activation, "training.seed": seed}
        trainer = Trainer(with_settings(find(title).experiment(), settings))
        for iteration in (0, 1, 10):
            trainer.run(iteration - trainer.iteration)
            check = check_gradient(trainer.experiment, weights=trainer.vectors.parameters)
            assert check.right, (seed, iteration, check.sentence)


def line(residual: float, **loss: object) -> tuple[Experiment, NDArray[np.float64]]:
    """A line through the origin and its weights, under which the first example of the batch misses by `residual`."""
    tables = {"data": {"name": "linear_regression", "dim": 1}, "network": {"hidden": []}, "training": {"batch_size": 1}}
    experiment = build({**tables, "loss": loss})
    trainer = Trainer(experiment)
    plan, row, _ = trainer.feed.block(0).row(0)
    return experiment, np.array([0.0, float(plan.targets(row)[0, 0]) + residual])


@pytest.mark.parametrize("residual", [0.25, -0.25, 0.25 + 1e-7, 0.25 - 1e-5, 0.0, 1e-9])
def test_huber_at_its_corner(residual: float) -> None:
    """There the slope bends but does not jump: a derivative, and the right one."""
    experiment, weights = line(residual, name="huber", delta=0.25)
    check = check_gradient(experiment, weights=weights)
    assert check.right, check.sentence
    assert check.kinks == 0


@pytest.mark.parametrize("answer", [0.0, 1.0, 0.5, -1.0, 2.0])
def test_the_clip_at_its_borders(answer: float) -> None:
    experiment = find("glasses or rings").experiment()
    check = check_gradient(experiment, weights=np.array([0.0, 0.0, answer]))
    assert check.right
    assert check.sentence.endswith("without the clip to [0, 1]")


def test_a_parameter_on_a_kink_is_told_apart() -> None:
    """One ReLU that gets 0 from a silent layer: its bias stands on the kink, and the loss bends there."""
    experiment = build({"network": {"hidden": [1, 1], "activation": "relu"}})
    # w of layer 1 (2) and b, w of layer 2 and b, w of layer 3 and b
    check = check_gradient(experiment, weights=np.array([0.0, 0.0, -1.0, 1.0, 0.0, 1.0, 0.3]))
    assert (check.parameters, check.kinks) == (6, 1)
    assert check.right
    assert check.sentence.endswith("over 6 parameters; at 1 more the loss has a kink: not differentiable there")
    assert not GradientCheck(relative_error=0.0, parameters=0, kinks=7).right


def test_a_gradient_of_nothing_but_zeros() -> None:
    settings = {"network.initializer": "zeros", "data.samples": 40}
    check = check_gradient(with_settings(find("overfitting").experiment(), {**settings, "training.batch_size": "full"}))
    assert check.right
    assert check.sentence == "blame verified: gradient and slope are 0 over 257 parameters"


def first_layer_off(gradient: NDArray[np.float64]) -> NDArray[np.float64]:
    gradient = gradient.copy()
    gradient[: len(gradient) // 3] *= 1.01
    return gradient


FAULTS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "a thousandth too long": lambda gradient: gradient * 1.001,
    "turned round": lambda gradient: -gradient,
    "nothing": lambda gradient: gradient * 0,
    "a batch for a mean": lambda gradient: gradient * 32,
    "the first weights": first_layer_off,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
@pytest.mark.parametrize("start", [{}, {"network.gain": 0.01}, {"network.gain": 3.0}], ids=str)
def test_a_wrong_gradient_is_noticed(
    start: dict[str, object], activation: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Probe.gradient
    experiment = with_settings(find("lr just right").experiment(), {**start, "network.activation": activation})
    trainer = Trainer(experiment)
    monkeypatch.setattr(Probe, "gradient", lambda probe: FAULTS[fault](right(probe)))
    for _ in range(3):
        check = check_gradient(experiment, weights=trainer.vectors.parameters)
        assert not check.right, check.sentence
        trainer.run(20)


def test_a_wrong_derivative_of_a_relu_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blame for units that are silent: wrong at every one of them, whatever kinks there are."""
    experiment = with_settings(find("overfitting").experiment(), {"network.activation": "relu"})
    trainer = Trainer(experiment)
    trainer.run(50)
    monkeypatch.setattr(Relu, "derivative", lambda self, h, d, t: [(np.copyto, (d, np.array(1.0)))])
    assert not check_gradient(experiment).right
    assert not check_gradient(experiment, weights=trainer.vectors.parameters).right


def test_weights_that_have_exploded_are_no_verdict() -> None:
    experiment = build({})
    weights = np.full(Trainer(experiment).network.parameter_count, np.inf)
    check = check_gradient(experiment, weights=weights)
    assert not check.right
    assert check.sentence == "blame cannot be checked: here the loss is no finite number"


def test_a_chosen_weight_is_compared_by_itself() -> None:
    """In words a person can check: the blame of this weight, and what the loss does when it alone is nudged."""
    experiment = build({"data": {"name": "glasses_or_ring"}})
    trainer = Trainer(experiment)
    check = check_gradient(experiment, trainer.vectors.parameters, WeightAddress(0, 1, 0))
    assert check.weight == "w[2→1] of layer 1"
    assert check.blame == trainer.vectors.gradient[1]
    assert check.slope is not None
    assert abs(check.slope - check.blame) < 1e-8
    number = f"{check.blame:.4g}".replace("-", "−")
    assert check.of_weight == (
        f"w[2→1] of layer 1 has the blame {number}; nudged alone, it moves the loss by {number} a unit"
    )
    far = check_gradient(experiment, weight=WeightAddress(7, 7, 7))
    assert far.weight == "b[1] of layer 1"
    assert check_gradient(experiment).of_weight == ""
