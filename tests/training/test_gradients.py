"""Blame is right: the plan's gradient against central differences of the loss, in float64, for everything registered.

Where a function has a kink (ReLU at 0, the margin of a pair that lies on one point) the examples stay clear of it: a
step of the difference never reaches across.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, get_args

import numpy as np
import pytest
from given import experiment, given

from tui_trainer.layers import ACTIVATIONS
from tui_trainer.losses import LOSSES
from tui_trainer.losses.loss import Output
from tui_trainer.training import Experiment, SettingError, Trainer
from tui_trainer.training.probe import Probe

TOLERANCE = 1e-6
STEP = 1e-5
CLEARANCE = 1e-3
"""How far every pre-activation stays away from 0, a hundred steps."""
DATA = {
    "2 classes": ("classification", 2),
    "3 classes": ("classification", 3),
    "a number": ("regression", 0),
    "2 subjects": ("embedding", 2),
}
HIDDEN = [(), (1,), (4,), (4, 3), (3, 4, 2)]


def make(data: str, tables: dict[str, dict[str, Any]], seed: int) -> Experiment:
    kind, classes = DATA[data]
    random = np.random.default_rng(seed)
    inputs = random.standard_normal((7, 3))
    targets = np.arange(7) % classes if classes else random.standard_normal(7)
    return experiment(given(kind, inputs, targets, classes), tables)


def fits(loss: str, output: str, data: str) -> bool:
    """Whether the program takes this loss with this output on this data."""
    try:
        make(data, {"network": {"hidden": [3], "output": output}, "loss": {"name": loss}}, seed=0)
    except SettingError:
        return False
    return True


COMBINATIONS = [
    (loss, output, data) for loss in LOSSES for output in get_args(Output) for data in DATA if fits(loss, output, data)
]


def clear_probe(data: str, tables: dict[str, dict[str, Any]]) -> tuple[Probe, Experiment]:
    """A probe on the first mini-batch, with random parameters, of the first seed that keeps clear of kinks."""
    for seed in range(2000):
        made = make(data, tables, seed)
        trainer = Trainer(made)
        parameters = np.random.default_rng(seed).standard_normal(trainer.network.parameter_count) * 0.7
        if made.network.output == "clip01":  # mostly inside [0, 1], where the clip is smooth
            last = trainer.network.views(parameters)[-1]
            last *= 0.2
            last[-1] += 0.5
        plan, row, _ = trainer.feed.block(0).row(0)
        probe = Probe(trainer.network, trainer.experiment.optimizer, plan, row, parameters)
        probe.loss()
        inputs = [plan.inputs(row)] + [probe.plan.layer(probe.plan.a, n) for n in range(len(trainer.network.sizes) - 2)]
        sums = [w.T @ a for w, a in zip(trainer.network.views(parameters), inputs, strict=True)]
        z = sums.pop()
        clear = all(np.abs(s).min() > CLEARANCE for s in sums) and np.abs(parameters).min() > CLEARANCE
        if made.network.output == "clip01":
            clear = clear and z.min() > CLEARANCE and z.max() < 1 - CLEARANCE
        if made.loss.pairs:
            distances = np.linalg.norm(z[:, : plan.batch] - z[:, plan.batch :], axis=0)
            clear = clear and distances.min() > CLEARANCE
        if clear:
            return probe, made
    raise AssertionError("no seed keeps clear of the kinks")


def relative_error(probe: Probe, made: Experiment) -> float:
    """Of the plan's gradient, penalties included, as in `training.gradient_check`, over all parameters."""
    vector, optimizer = probe.vectors.parameters, made.optimizer
    is_weight = probe.plan.network.is_weight

    def objective() -> float:
        w = vector[is_weight]
        return probe.loss() + optimizer.l1 * np.abs(w).sum() + 0.5 * optimizer.l2 * (w * w).sum()

    analytic, numeric = probe.gradient().copy(), np.empty_like(vector)
    for index, before in enumerate(vector.tolist()):
        vector[index] = before + STEP
        above = objective()
        vector[index] = before - STEP
        numeric[index] = (above - objective()) / (2 * STEP)
        vector[index] = before
    size = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    assert size > 0, "a gradient of nothing but zeros shows nothing"
    return float(np.linalg.norm(analytic - numeric) / size)


@pytest.mark.parametrize("hidden", HIDDEN[1:], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_at_every_depth(activation: str, hidden: tuple[int, ...]) -> None:
    tables = {"network": {"hidden": list(hidden), "activation": activation}, "loss": {"name": "mean_squared_error"}}
    assert relative_error(*clear_probe("a number", tables)) <= TOLERANCE


@pytest.mark.parametrize(("first", "second"), list(pairwise([*ACTIVATIONS, *list(ACTIVATIONS)[:1]])))
def test_neighbours_of_different_activations(first: str, second: str) -> None:
    """Layers of one activation share a range of the flat buffers; here the ranges meet."""
    tables = {"network": {"hidden": [3, 3, 2], "activation": [first, second, second]}, "loss": {"name": "mse"}}
    assert relative_error(*clear_probe("2 classes", tables)) <= TOLERANCE


@pytest.mark.parametrize(("loss", "output", "data"), COMBINATIONS)
def test_every_loss_with_every_output(loss: str, output: str, data: str) -> None:
    tables = {"network": {"hidden": [3], "output": output}, "loss": {"name": loss}}
    assert relative_error(*clear_probe(data, tables)) <= TOLERANCE


def test_every_loss_is_tried_with_some_output() -> None:
    """Guards the test above: what is refused is not tried."""
    assert {loss for loss, _, _ in COMBINATIONS} == set(LOSSES)
    assert {output for _, output, _ in COMBINATIONS} == set(get_args(Output))


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("optimizer", [{"l1": 0.1}, {"l2": 0.3}, {"l1": 0.05, "l2": 0.2}], ids=str)
def test_penalties(optimizer: dict[str, float], hidden: tuple[int, ...]) -> None:
    tables = {
        "network": {"hidden": list(hidden)},
        "loss": {"name": "cross_entropy"},
        "optimizer": {"name": "sgd", **optimizer},
    }
    assert relative_error(*clear_probe("3 classes", tables)) <= TOLERANCE


@pytest.mark.parametrize("dropout", [0.4, [0.5, 0.0], [0.0, 0.3]], ids=str)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_dropout_with_its_mask_held(activation: str, dropout: Any) -> None:
    tables = {
        "network": {"hidden": [6, 4], "activation": activation, "dropout": dropout},
        "loss": {"name": "cross_entropy"},
        "optimizer": {"name": "sgd", "l2": 0.1},
    }
    probe, made = clear_probe("3 classes", tables)
    assert probe.plan.masks is not None
    assert (probe.plan.masks == 0).any(), "nothing was dropped"
    assert relative_error(probe, made) <= TOLERANCE


def test_a_huber_loss_on_both_sides_of_its_edge() -> None:
    tables = {"network": {"hidden": [3]}, "loss": {"name": "huber", "delta": 0.5}}
    probe, made = clear_probe("a number", tables)
    probe.loss()
    errors = np.abs(probe.plan.z[0] - probe.plan.targets(0))
    assert (errors < 0.5).any()
    assert (errors > 0.5).any()
    assert relative_error(probe, made) <= TOLERANCE


def test_the_clip_lets_the_gradient_straight_through() -> None:
    """Outside [0, 1] the prediction is clipped and the gradient goes on as if it were not: error × input."""
    data = given("classification", [[2.0, 1.0], [-3.0, 1.0]], [0, 1], classes=2)
    tables = {
        "network": {"hidden": [], "output": "clip01", "weights": [[[[1.0], [1.0]], [0.0]]]},
        "loss": {"name": "half_mean_squared_error"},
        "training": {"batch_size": 1, "shuffle": False},
    }
    trainer = Trainer(experiment(data, tables))
    trainer.run(1)
    np.testing.assert_array_equal(trainer.vectors.gradient, [2.0, 1.0, 1.0])  # (1 − 0)·x: 3 was clipped to 1
    second = Trainer(experiment(data, tables | {"optimizer": {"name": "sgd", "learning_rate": 0.0}}))
    second.run(2)
    np.testing.assert_array_equal(second.vectors.gradient, [3.0, -1.0, -1.0])  # (0 − 1)·x: −2 was clipped to 0


def test_the_gradient_of_a_run_is_the_probes() -> None:
    """What the plan leaves behind after an iteration is what was checked above."""
    tables = {
        "network": {"hidden": [4, 3], "dropout": 0.3},
        "loss": {"name": "cross_entropy"},
        "optimizer": {"name": "adam"},
    }
    made = make("3 classes", tables, seed=3)
    trainer = Trainer(made)
    start = trainer.vectors.parameters.copy()
    plan, row, _ = trainer.feed.block(0).row(0)
    expected = Probe(trainer.network, trainer.experiment.optimizer, plan, row, start).gradient().copy()
    trainer.run(1)
    np.testing.assert_array_equal(trainer.vectors.gradient, expected)
