"""What is compared with PyTorch: two networks on fixed data, trained for 200 steps under many settings.

Inputs and starting weights are rounded, so that they can be read; both sides take them as they are, in float64, and see
the same mini-batches in the same order, the last one of each epoch not full.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from given import experiment, given

from tui_trainer.training import Experiment

STEPS = 200
WATCHED = (0, 1, 2, 49, 99, 149, 199)
"""Steps whose mini-batch loss is compared, before their update."""
GOLDEN = Path(__file__).parent / "golden.json"

Tables = dict[str, dict[str, Any]]


def _small(optimizer: dict[str, Any], **schedule: Any) -> Tables:
    """3-6-5-3 tanh on 3 classes, 43 examples, batches of 10 and a last one of 3."""
    return {
        "network": {"hidden": [6, 5], "activation": "tanh"},
        "loss": {"name": "cross_entropy"},
        "optimizer": optimizer,
        "schedule": schedule or {"name": "constant"},
        "training": {"batch_size": 10, "shuffle": False, "iterations": STEPS},
    }


def _article(optimizer: dict[str, Any]) -> Tables:
    """The article's 10-64-3 network, dropout off, 70 examples, batches of 32 and a last one of 6."""
    return {
        "network": {"hidden": [64], "activation": "relu", "dropout": 0.0},
        "loss": {"name": "cross_entropy"},
        "optimizer": optimizer,
        "schedule": {"name": "constant"},
        "training": {"batch_size": 32, "shuffle": False, "iterations": STEPS},
    }


SGD = {"name": "sgd", "learning_rate": 0.3}
ADAM = {"name": "adam", "learning_rate": 0.02}

CASES: dict[str, Tables] = {
    "sgd": _small(SGD),
    "sgd, l2": _small(SGD | {"l2": 0.01}),
    "sgd, l1": _small(SGD | {"l1": 0.003}),
    "sgd, clipped by norm": _small(SGD | {"learning_rate": 1.0, "clip_norm": 0.2}),
    "sgd, clipped by value": _small(SGD | {"learning_rate": 1.0, "clip_value": 0.03}),
    "sgd, clipped by value, then by norm": _small(
        SGD | {"learning_rate": 1.0, "clip_value": 0.05, "clip_norm": 0.1, "l2": 0.01}
    ),
    "momentum": _small({"name": "momentum", "learning_rate": 0.05}),
    "momentum 0.5, l2": _small({"name": "momentum", "learning_rate": 0.1, "momentum": 0.5, "l2": 0.01}),
    "nesterov": _small({"name": "nesterov", "learning_rate": 0.05}),
    "rmsprop": _small({"name": "rmsprop", "learning_rate": 0.005}),
    "rmsprop, alpha 0.9": _small({"name": "rmsprop", "learning_rate": 0.005, "alpha": 0.9, "epsilon": 1e-4}),
    "adagrad": _small({"name": "adagrad", "learning_rate": 0.1}),
    "adam": _small(ADAM),
    "adam, other betas": _small(ADAM | {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-4}),
    "adam, l2": _small(ADAM | {"l2": 0.01}),
    "adamw": _small({"name": "adamw", "learning_rate": 0.02, "weight_decay": 0.1}),
    "adam, clipped by norm": _small(ADAM | {"clip_norm": 0.2}),
    "step": _small(SGD, name="step", steps=4, gamma=0.5),
    "exponential": _small(SGD, name="exponential", end=0.01),
    "cosine": _small(SGD, name="cosine"),
    "cosine, ends above 0": _small(ADAM, name="cosine", end=0.1),
    "linear": _small(SGD, name="linear", end=0.2),
    "one cycle": _small({"name": "momentum", "learning_rate": 0.1}, name="one_cycle"),
    "warm-up": _small(ADAM, name="constant", warmup=50),
    "10-64-3, sgd": _article({"name": "sgd", "learning_rate": 0.1}),
    "10-64-3, adam": _article({"name": "adam", "learning_rate": 0.003}),
}


def data_of(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (n, columns) and class numbers (n,) of a case: three overlapping clouds."""
    count, columns = (70, 10) if name.startswith("10-64-3") else (43, 3)
    random = np.random.default_rng(columns)
    targets = np.arange(count) % 3
    centres = random.standard_normal((3, columns))
    return np.round(centres[targets] + random.standard_normal((count, columns)), 2), targets


def start_of(name: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each layer the starting weights (inputs, units) and biases (units,) of a case."""
    columns = data_of(name)[0].shape[1]
    sizes = [columns, *CASES[name]["network"]["hidden"], 3]
    random = np.random.default_rng(1000 + columns)
    return [
        (np.round(random.standard_normal((rows, units)) / rows**0.5, 3), np.round(random.uniform(-0.1, 0.1, units), 3))
        for rows, units in pairwise(sizes)
    ]


def experiment_of(name: str) -> Experiment:
    """Our side of a case."""
    tables = {table: dict(values) for table, values in CASES[name].items()}
    tables["network"]["weights"] = [[weight.tolist(), bias.tolist()] for weight, bias in start_of(name)]
    inputs, targets = data_of(name)
    return experiment(given("classification", inputs, targets, classes=3), tables)
