"""Sharpness against the whole Hessian of PyTorch, and against a run at the edge of stability."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from tui_trainer.inspection.stability import StabilityCurve
from tui_trainer.instruments.curvature import largest_eigenvalue, product
from tui_trainer.optimizers import OPTIMIZERS
from tui_trainer.presets import find
from tui_trainer.training import Trainer, build
from tui_trainer.training.steady_probe import SteadyProbe

CASES: dict[str, dict[str, Any]] = {
    "tanh, binary cross-entropy": {"data": {"name": "moons", "samples": 40}, "network": {"hidden": [5, 4]}},
    "gelu, cross-entropy": {"data": {"name": "iris"}, "network": {"hidden": [6], "activation": "gelu"}},
    "silu, squared error": {"data": {"name": "sine", "samples": 30}, "network": {"hidden": [6], "activation": "silu"}},
    "sigmoid, L2 penalty": {
        "data": {"name": "circles", "samples": 40},
        "network": {"hidden": [5], "activation": "sigmoid"},
        "optimizer": {"name": "sgd", "l2": 0.1},
    },
}
FUNCTIONS = {"tanh": "tanh", "sigmoid": "sigmoid"}


def hessian(trainer: Trainer) -> np.ndarray:
    """Of the loss as PyTorch has it, with respect to our flat vector of parameters."""
    torch = pytest.importorskip("torch")
    functional, experiment = torch.nn.functional, trainer.experiment
    inputs = torch.tensor(trainer.train_set.inputs.astype(np.float64))
    labels = torch.tensor(np.asarray(trainer.train_set.labels))
    name = experiment.network.activations[0]
    activation = {"gelu": lambda z: functional.gelu(z, approximate="tanh"), "silu": functional.silu}.get(name)
    activation = activation or getattr(torch, name)
    offsets, shapes = trainer.network.offsets, trainer.network.shapes

    def loss(vector: Any) -> Any:
        a, penalty = inputs, 0.0
        for number, (start, stop) in enumerate(itertools.pairwise(offsets)):
            weights = vector[int(start) : int(stop)].reshape(shapes[number])
            penalty = penalty + experiment.optimizer.l2 / 2 * (weights[:-1] ** 2).sum()
            a = a @ weights[:-1] + weights[-1]
            a = activation(a) if number < len(shapes) - 1 else a
        if experiment.loss.__struct_config__.tag == "cross_entropy":
            return functional.cross_entropy(a, labels.long()) + penalty
        if experiment.loss.__struct_config__.tag == "mean_squared_error":
            return ((a[:, 0] - labels) ** 2).mean() + penalty
        return functional.binary_cross_entropy_with_logits(a[:, 0], labels.double()) + penalty

    parameters = torch.tensor(trainer.vectors.parameters.astype(np.float64))
    return np.asarray(torch.autograd.functional.hessian(loss, parameters))


@pytest.mark.parametrize("name", CASES)
def test_products_and_sharpness_are_those_of_pytorch(name: str) -> None:
    tables = CASES[name]
    tables = tables | {"network": tables["network"] | {"dtype": "float64"}, "training": {"iterations": 100}}
    trainer = Trainer(build(tables))
    trainer.run(19)
    whole, parameters = hessian(trainer), trainer.vectors.parameters.copy()
    precise = SteadyProbe(trainer.experiment, trainer.network, trainer.train_set).in_float64()
    for number in range(3):
        direction = np.random.default_rng(number).normal(size=len(parameters))
        found = product(precise.gradient, parameters, direction)
        assert found == pytest.approx(whole @ direction, rel=1e-6, abs=1e-7)
    trainer.run(1)
    measured = trainer.evaluations.latest.get("sharpness")
    assert measured == pytest.approx(np.linalg.eigvalsh(hessian(trainer)).max(), rel=1e-3)


def test_the_largest_eigenvalue_of_a_known_matrix() -> None:
    values = np.concatenate([np.linspace(-1, 1, 50), [3.0]])
    turned, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(51, 51)))
    matrix = turned @ np.diag(values) @ turned.T
    assert largest_eigenvalue(lambda v: matrix @ v, 51) == pytest.approx(3, rel=1e-4)
    assert largest_eigenvalue(lambda v: 2 * v, 7) == pytest.approx(2)
    assert largest_eigenvalue(lambda v: 0 * v, 7) == 0


def test_the_products_end_when_the_eigenvalue_is_known_to_six_digits() -> None:
    random = np.random.default_rng(1)
    for size in (8, 40, 200):
        values = np.append(random.normal(size=size - 1) * 0.1, 3.0)
        turned, _ = np.linalg.qr(random.normal(size=(size, size)))
        matrix, products = turned @ np.diag(values) @ turned.T, list[np.ndarray]()

        def product_with(vector: np.ndarray, matrix: np.ndarray = matrix, seen: Any = products) -> np.ndarray:
            seen.append(vector)
            return matrix @ vector

        assert largest_eigenvalue(product_with, size) == pytest.approx(3, rel=1e-5)
        assert len(products) <= 7
    with np.errstate(invalid="ignore"):
        assert np.isnan(largest_eigenvalue(lambda v: np.full_like(v, np.inf), 30))


def test_gradient_descent_settles_at_its_limit() -> None:
    """The edge of stability (Cohen 2021): the sharpness rises to 2 / learning rate and hovers there."""
    trainer = Trainer(
        build(
            {
                "data": {"name": "sine", "samples": 100},
                "network": {"hidden": [32, 32], "activation": "tanh"},
                "optimizer": {"name": "sgd", "learning_rate": 0.3},
                "training": {"batch_size": "full", "iterations": 1000, "evaluate_every": 10},
            }
        )
    )
    trainer.run()
    measured = [value for value in trainer.evaluations.view().of("sharpness") if np.isfinite(value)]
    assert len(measured) == 6
    assert 2 / measured[-1] == pytest.approx(0.3, rel=0.3)


def test_a_quadratic_is_stable_below_the_limit_and_not_above() -> None:
    for name, decay in itertools.product(("sgd", "momentum", "nesterov"), (0.0, 3.0)):
        optimizer = OPTIMIZERS[name](weight_decay=decay)
        gain = optimizer.alternating_gain
        assert gain is not None
        limit = 2 / (gain * 4.0 + decay)
        for share, falls in ((0.97, True), (1.03, False)):
            x, velocity, beta = 1.0, 0.0, getattr(optimizer, "momentum", 0.0)
            for _ in range(2000):
                gradient = 4.0 * x
                velocity = beta * velocity + gradient
                direction = gradient + beta * velocity if name == "nesterov" else velocity
                x -= share * limit * (direction + decay * x)
                if abs(x) > 1e6:
                    break
            assert (abs(x) < 1e-3) == falls, (name, decay, share)
    assert OPTIMIZERS["adam"]().alternating_gain is None


def test_the_limit_counts_weight_decay_on_the_weights() -> None:
    tables = CASES["tanh, binary cross-entropy"]
    for name in ("sgd", "momentum", "nesterov"):
        optimizer = {"name": name, "weight_decay": 2.0}
        trainer = Trainer(build(tables | {"optimizer": optimizer, "network": {"hidden": [5, 4], "dtype": "float64"}}))
        gain = trainer.experiment.optimizer.alternating_gain
        assert gain is not None
        steps = gain * hessian(trainer) + np.diag(2.0 * trainer.network.is_weight)
        first = trainer.evaluations.first
        assert first is not None
        assert first.values["stable_rate"] == pytest.approx(2 / np.linalg.eigvalsh(steps).max(), rel=1e-3)
    as_penalty = Trainer(build(tables | {"optimizer": {"name": "sgd", "l2": 2.0}})).evaluations.first
    as_decay = Trainer(build(tables | {"optimizer": {"name": "sgd", "weight_decay": 2.0}})).evaluations.first
    assert as_penalty is not None
    assert as_decay is not None
    assert as_decay.values["stable_rate"] == pytest.approx(as_penalty.values["stable_rate"], rel=1e-3)


@pytest.mark.parametrize("iterations", [0, 40, 60])
def test_the_curvature_of_a_bowl_is_the_same_however_far_out(iterations: int) -> None:
    """Twice the mean of x·xᵀ, with a 1 behind x for the bias. After 60 iterations the parameters are near 1e15."""
    trainer = Trainer(find("lr far too large").experiment())
    trainer.run(iterations)
    inputs = trainer.data.preparation.prepare(trainer.data.train_inputs)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
    steepest = np.linalg.eigvalsh(2 * inputs.T @ inputs / len(inputs)).max()
    ((_, limit),) = StabilityCurve().seen_from(trainer)
    assert limit == pytest.approx(2 / steepest, rel=1e-4)
