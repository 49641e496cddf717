"""Instruments against what they stand for, computed in another way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES, EvaluationSet
from tui_trainer.instruments.instrument import LastStep
from tui_trainer.instruments.mean_weights import LEAST_EVALUATIONS
from tui_trainer.instruments.neighbours import neighbours_error
from tui_trainer.instruments.noise_scale import NOISE_SCALE
from tui_trainer.instruments.straight_line import straight_loss
from tui_trainer.losses import LOSSES
from tui_trainer.telemetry import Evaluation
from tui_trainer.training import Trainer, build, with_setting
from tui_trainer.training.remembered import KEPT

DEEP = {
    "data": {"name": "moons", "samples": 300},
    "network": {"hidden": [8, 8, 8], "activation": "tanh", "dtype": "float64"},
    "optimizer": {"name": "sgd", "learning_rate": 0.2},
    "training": {"batch_size": 20, "iterations": 60, "evaluate_every": 5},
}


class Taken:
    """A run with its evaluations and the parameters that it had at each."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self.evaluations: list[Evaluation] = []
        self.parameters: list[np.ndarray] = []
        self.trainer: Trainer | None = None
        self.trainer = Trainer(build(tables), self._evaluated)
        self.parameters.insert(0, self.trainer.vectors.parameters.copy())
        self.trainer.run()

    def _evaluated(self, evaluation: Evaluation) -> None:
        self.evaluations.append(evaluation)
        if self.trainer is not None:
            self.parameters.append(self.trainer.vectors.parameters.copy())


@pytest.fixture(scope="module")
def taken() -> Taken:
    return Taken(DEEP)


def loss_at(trainer: Trainer, parameters: np.ndarray) -> float:
    """On the probe."""
    probe = slice(PROBE_EXAMPLES)
    z = trainer.network.outputs(parameters, trainer.train_set.inputs[probe])
    loss, targets = trainer.experiment.loss, trainer.train_set.targets[:, probe]
    return float(loss.values(z, targets, "linear").mean())


def test_the_growth_of_a_signal_is_that_of_its_spread_and_known_at_the_start_only(taken: Taken) -> None:
    trainer = taken.trainer
    layers = trainer.network.activity(taken.parameters[0], trainer.train_set.inputs[:PROBE_EXAMPLES])
    spread = [np.sqrt(np.mean([np.var(unit) for unit in layer])) for layer in layers]
    assert taken.evaluations[0].get("signal_growth") == pytest.approx(spread[2] / spread[0])
    assert all(each.get("signal_growth") is None for each in taken.evaluations[1:])
    shallow = Taken(DEEP | {"network": {"hidden": [8]}})
    assert shallow.evaluations[0].get("signal_growth") is None


def test_the_middle_is_the_loss_at_the_running_mean_of_the_weights(taken: Taken) -> None:
    mean, count = np.zeros_like(taken.parameters[0]), 0
    for evaluation, parameters in zip(taken.evaluations, taken.parameters, strict=True):
        kept = min(KEPT, 1 - 1 / (count + 1))
        mean, count = kept * mean + (1 - kept) * parameters, count + 1
        if count < LEAST_EVALUATIONS:
            assert evaluation.get("mean_weights_loss") is None
        else:
            assert evaluation.get("mean_weights_loss") == pytest.approx(loss_at(taken.trainer, mean))


def test_the_steady_gradient_is_that_of_the_loss_on_the_probe(taken: Taken) -> None:
    """By central differences along its own direction, and along another."""
    trainer, last = taken.trainer, taken.evaluations[-1]
    parameters = taken.parameters[-1]
    gradient = trainer._steady.gradient(parameters).copy()
    assert last.get("steady_gradient_norm") == pytest.approx(float(np.linalg.norm(gradient)))
    for direction in (gradient, np.cos(np.arange(len(parameters)))):
        step = 1e-6 * direction / np.linalg.norm(direction)
        slope = (loss_at(trainer, parameters + step) - loss_at(trainer, parameters - step)) / 2
        assert slope == pytest.approx(float(gradient @ step), rel=1e-5)
    before = trainer._steady.gradient(taken.parameters[-2]).copy()
    cosine = gradient @ before / np.linalg.norm(gradient) / np.linalg.norm(before)
    assert last.get("gradient_cosine") == pytest.approx(float(cosine))
    assert taken.evaluations[0].get("gradient_cosine") is None


def test_penalties_are_part_of_the_steady_gradient() -> None:
    plain, penalised = (Taken(DEEP | {"optimizer": DEEP["optimizer"] | {"l2": l2}}) for l2 in (0.0, 0.5))
    weights = np.where(plain.trainer.network.is_weight, plain.parameters[0], 0.0)
    gradients = [each.trainer._steady.gradient(plain.parameters[0]).copy() for each in (plain, penalised)]
    assert gradients[1] - gradients[0] == pytest.approx(0.5 * weights)


def test_a_restored_run_is_measured_with_the_penalties_it_had() -> None:
    straight, trainer = Trainer(build(DEEP)), Trainer(build(DEEP))
    straight.run(15)
    trainer.run(5)
    keyframe = trainer.keyframe()
    trainer.change(with_setting(trainer.experiment, "optimizer.l2", 0.5))
    trainer.run(5)
    trainer.restore(keyframe)
    trainer.run(10)
    norms = [each.evaluations.latest.get("steady_gradient_norm") for each in (straight, trainer)]
    assert norms[0] == norms[1] > 0


def test_a_short_step_delivers_what_it_promises() -> None:
    short = Taken(DEEP | {"optimizer": {"name": "sgd", "learning_rate": 1e-4, "l2": 0.1, "l1": 0.01}})
    for evaluation in short.evaluations[1:]:
        assert evaluation.get("promised_change") < 0
        assert evaluation.get("delivered_change") == pytest.approx(evaluation.get("promised_change"), rel=0.01)
    assert short.evaluations[0].get("promised_change") is None


def test_delivered_is_the_change_of_the_batch_loss(taken: Taken) -> None:
    trainer = Trainer(build(DEEP | {"training": DEEP["training"] | {"batch_size": "full", "evaluate_every": 1}}))
    trainer.run(2)
    losses, latest = trainer.losses.batch.last, trainer.evaluations.latest
    assert latest.get("delivered_change") == pytest.approx(latest.train_loss - losses[-1])


def test_the_error_of_a_rise_is_paired() -> None:
    run = Taken(DEEP | {"training": DEEP["training"] | {"iterations": 200}, "optimizer": {"learning_rate": 3.0}})
    losses = [
        run.trainer.validation_set.losses(run.trainer.network.outputs(p, run.trainer.validation_set.inputs))
        for p in run.parameters
    ]
    best = 0
    for number, evaluation in enumerate(run.evaluations[1:], 1):
        differences = losses[number] - losses[best]
        assert evaluation.get("rise_error") == pytest.approx(differences.std(ddof=1) / len(differences) ** 0.5)
        best = number if losses[number].mean() < losses[best].mean() else best


@pytest.mark.parametrize("classes", [0, 3])
def test_what_neighbours_know(classes: int) -> None:
    random = np.random.default_rng(1)
    inputs = random.normal(size=(60, 3)) * (1, 10, 100)
    labels = random.integers(0, classes, 60).astype(float) if classes else inputs[:, 0] + 0.1 * random.normal(size=60)
    loss = LOSSES["cross_entropy" if classes else "mean_squared_error"]()
    rows = np.column_stack([inputs, np.ones(len(inputs))])
    examples = EvaluationSet(rows, loss.encode(labels, classes, "linear"), labels, loss, "linear")
    scaled, errors = (inputs - inputs.mean(axis=0)) / inputs.std(axis=0), []
    for number, row in enumerate(scaled):
        distances = ((scaled - row) ** 2).sum(axis=1)
        distances[number] = np.inf
        known = labels[np.argsort(distances)[:5]]
        if classes:
            errors.append(np.bincount(known.astype(int), minlength=classes).argmax() != labels[number])
        else:
            errors.append((known.mean() - labels[number]) ** 2)
    assert neighbours_error(examples, classes) == pytest.approx(float(np.mean(errors)))


def straight_set(labels: Any, inputs: Any, loss: Any, classes: int) -> EvaluationSet:
    rows = np.column_stack([inputs, np.ones(len(inputs))])
    return EvaluationSet(rows, loss.encode(labels, classes, "linear"), labels, loss, "linear")


def test_the_best_straight_line_is_that_of_least_squares() -> None:
    random = np.random.default_rng(2)
    inputs = random.normal(size=(80, 3)) * (1, 10, 1000)
    inputs[:, 2] += 500 * inputs[:, 0]
    labels = inputs[:, 0] - 0.2 * inputs[:, 1] + random.normal(size=80)
    rows = np.column_stack([inputs, np.ones(len(inputs))])
    residual = labels - rows @ np.linalg.lstsq(rows, labels)[0]
    examples = straight_set(labels, inputs, LOSSES["mean_squared_error"](), 0)
    assert straight_loss(examples) == pytest.approx((residual**2).mean(), rel=1e-3)


@pytest.mark.parametrize(("name", "classes"), [("binary_cross_entropy", 2), ("cross_entropy", 3)])
def test_no_network_without_hidden_layers_gets_below_the_best_straight_line(name: str, classes: int) -> None:
    """A long descent from the weights of 0 comes as close as a hundredth."""
    random = np.random.default_rng(3)
    inputs = random.normal(size=(120, 2))
    labels = ((inputs[:, 0] + random.normal(size=120) > 0) + (classes == 3) * (inputs[:, 1] > 1)).astype(float)
    loss = LOSSES[name]()
    examples = straight_set(labels, inputs, loss, classes)
    z, slope = np.zeros_like(examples.targets), np.zeros_like(examples.targets)
    weights, calls = np.zeros((len(z), 3)), loss.gradient(z, examples.targets, slope, "linear")
    for _ in range(2_000):
        for function, arguments in calls:
            function(*arguments)
        weights -= 2 * slope @ examples.rows
        np.matmul(weights, examples.rows.T, out=z)
    reached = float(loss.values(z, examples.targets, "linear").mean())
    assert straight_loss(examples) == pytest.approx(reached, rel=0.01)
    assert straight_loss(straight_set(labels, np.where(inputs > 2, np.inf, inputs), loss, classes)) is None


def test_only_a_network_without_hidden_layers_is_held_against_straight_lines() -> None:
    for hidden, is_known in ([], True), ([4], False):
        run = Taken({"data": {"name": "moons"}, "network": {"hidden": hidden}, "training": {"iterations": 4}})
        known = [each.get("straight_loss") is not None for each in run.evaluations]
        assert known == [is_known, *[False] * (len(known) - 1)]


def test_the_noise_scale_of_gradients_whose_noise_is_known() -> None:
    """|G|² = 4 and tr Σ = 100 at every size: E|g_B|² = |G|² + tr Σ/B."""
    small, large = 10, 200
    moment = SimpleNamespace(
        train_set=range(large),
        step=LastStep(gradient_after=np.array([np.sqrt(4 + 100 / small)]), loss_before=0, loss_after=0, examples=small),
        steady_gradient=np.array([np.sqrt(4 + 100 / large)]),
    )
    assert NOISE_SCALE.measure(moment) == pytest.approx(25)
    moment.train_set = range(small)
    assert NOISE_SCALE.measure(moment) is None, "the batch is all that there is"


def test_evaluations_close_together_are_not_measured_in_full() -> None:
    often = Taken(DEEP | {"training": {"iterations": 300, "evaluate_every": 1, "batch_size": 20}})
    for name in ("gradient_cosine", "step_quality", "train_error"):
        judged = [each.iteration for each in often.evaluations[1:] if each.get(name) is not None]
        assert judged == list(range(3, 301, 3)), name  # a hundredth of the run
    spread = [each.iteration for each in often.evaluations if each.layers[0].get("unit_spread") is not None]
    assert spread == list(range(0, 301, 3))
    assert all(each.train_loss > 0 and each.layers[0].of("weight_norm") > 0 for each in often.evaluations)


def test_pairs_have_no_steady_gradient() -> None:
    pairs = Taken({"data": {"name": "phrases"}, "training": {"iterations": 20, "evaluate_every": 10}})
    assert all(each.get("steady_gradient_norm") is None for each in pairs.evaluations)
    assert pairs.evaluations[0].get("neighbours_error") is None


@pytest.mark.parametrize("data", [{"name": "moons", "samples": 300}, {"name": "iris"}, {"name": "sine", "samples": 90}])
def test_both_sets_measured_at_once_are_what_each_is_alone(data: dict[str, Any]) -> None:
    trainer = Trainer(build({"data": data, "network": {"hidden": [8]}, "training": {"iterations": 40}}))
    trainer.run()
    at_once, alone = trainer.moment(), structs.replace(trainer.moment(), together=None)
    assert at_once.together is not None
    assert len(at_once.together) == len(trainer.train_set) + len(trainer.validation_set)
    for name in ("train_losses", "validation_losses", "train_outputs", "validation_outputs"):
        np.testing.assert_allclose(getattr(at_once, name), getattr(alone, name), rtol=1e-5, atol=1e-6)
    assert at_once.train_accuracy == alone.train_accuracy
    assert at_once.validation_accuracy == alone.validation_accuracy
    for one, other in zip(at_once.probe_activity, alone.probe_activity, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_what_only_the_diagnosis_needs_is_measured_where_it_judges() -> None:
    trainer = Trainer(build({"data": {"name": "moons"}, "training": {"iterations": 100_000}}))
    trainer.run(1_000)
    logged = trainer.evaluations.view()
    judged = np.isfinite(logged.of("train_error"))
    assert judged.tolist() == [each % 1000 == 0 for each in logged.iteration.tolist()]
    for name in ("steady_gradient_norm", "step_quality", "rise_error"):
        assert not np.isfinite(logged.of(name)[~judged]).any()
    assert np.isfinite(logged.train_loss).all()
