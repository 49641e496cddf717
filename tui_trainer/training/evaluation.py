"""Evaluations: the whole training and validation set in evaluation mode, and what is measured of every layer.

They happen at iterations that the configuration fixes, so the same seed gives the same numbers on one kind of
processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.losses import Loss
from tui_trainer.losses.loss import Output
from tui_trainer.optimizers import Optimizer
from tui_trainer.telemetry import Evaluation, LayerMeasures
from tui_trainer.training.network import Network
from tui_trainer.training.plan import Plan
from tui_trainer.training.state import Vectors

if TYPE_CHECKING:
    from tui_trainer.training.trainer import Trainer

Array = NDArray[np.floating[Any]]

PROBE_EXAMPLES = 256
"""Training examples on which dead and saturated units are counted, the first ones of the set."""

KEPT = 20_000
"""Parameters of a network up to which its probe is kept: making one takes longer than using it."""

QUICK = 1e8
"""Products of a weight and an input, in an evaluation, that take some milliseconds."""

EQUAL = 1e-4
"""Relative difference up to which two weights count as equal: as far as rounding drives equal units apart."""


class Target:
    """One set of examples to be evaluated on: prepared inputs, encoded targets, labels."""

    def __init__(self, inputs: Array, targets: Array, labels: Array, loss: Loss, output: Output) -> None:
        """`inputs` (n, features), `targets` (n, outputs), `labels` (n,) class numbers or values."""
        self.inputs, self.targets, self.labels = inputs, targets.T, labels
        self.loss, self.output = loss, output

    def __len__(self) -> int:
        return len(self.inputs)

    def losses(self, z: Array) -> Array:
        """The loss of every example (or of every pair, weighted so that both kinds count half), float64."""
        z = z.astype(np.float64)
        with np.errstate(all="ignore"):
            if not self.loss.pairs:
                return self.loss.values(z, self.targets, self.output)
            left, right = np.triu_indices(len(self), 1)
            together = (self.labels[left] == self.labels[right]).astype(np.float64)
            pairs = np.concatenate([z[:, left], z[:, right]], axis=1)
            values = self.loss.values(pairs, together[None], self.output)
            share = max(together.mean(), 1e-12)
            balanced: Array = values * np.where(together > 0, 0.5 / share, 0.5 / max(1 - share, 1e-12))
            return balanced

    def accuracy(self, z: Array, classes: int) -> float | None:
        """Share of right answers; None for a regression or an embedding."""
        if classes < 2 or self.loss.pairs or not len(self):
            return None
        return float((answers(z, self.loss, self.output) == self.labels).mean())

    def base(self) -> float:
        """The loss of the best constant answer."""
        return self.loss.base(self.targets)


def answers(z: Array, loss: Loss, output: Output) -> NDArray[np.int64]:
    """The class that the network answers for each column of z (outputs, examples)."""
    if len(z) > 1:
        best: NDArray[np.int64] = z.argmax(axis=0)
        return best
    middle = 0.0 if output == "tanh" else 0.5
    return np.asarray(loss.predictions(z, output)[0] > middle, dtype=np.int64)


@np.errstate(all="ignore")  # a run that diverges goes through infinite numbers; a warning would land on the screen
def evaluate(trainer: Trainer, *, step_quality: float | None) -> Evaluation:
    """Measure `trainer` now. Deterministic; nothing that the next iteration depends on is changed."""
    network, classes = trainer.network, len(trainer.data.class_names)
    z = network.outputs(trainer.vectors.parameters, trainer.train_set.inputs)
    train_loss = float(trainer.train_set.losses(z).mean())
    validation_loss = validation_accuracy = validation_error = validation_examples = None
    if len(trainer.validation_set) > (1 if trainer.experiment.loss.pairs else 0):
        validation_examples = len(trainer.validation_set)
        held_out = network.outputs(trainer.vectors.parameters, trainer.validation_set.inputs)
        losses = trainer.validation_set.losses(held_out)
        validation_loss = float(losses.mean())
        # Pairs share their examples: there are no more independent numbers than examples.
        if len(losses) > 1:
            validation_error = float(losses.std(ddof=1) / min(len(losses), validation_examples) ** 0.5)
        validation_accuracy = trainer.validation_set.accuracy(held_out, classes)
    gradient = trainer.vectors.gradient.astype(np.float64)
    return Evaluation(
        iteration=trainer.iteration,
        epoch=trainer.epoch,
        train_loss=train_loss,
        validation_loss=validation_loss,
        train_accuracy=trainer.train_set.accuracy(z, classes),
        validation_accuracy=validation_accuracy,
        learning_rate=trainer.learning_rate,
        base_loss=trainer.base_loss,
        layers=measure_layers(trainer),
        validation_error=validation_error,
        penalty=penalty(network, trainer.vectors.parameters, trainer.experiment.optimizer),
        validation_examples=validation_examples,
        epoch_loss=trainer.curves.epoch.last,
        gradient_norm=float(np.sqrt(gradient @ gradient)),
        units_equal=_units_equal(network, trainer.vectors.parameters),
        step_quality=step_quality,
    )


def penalty(network: Network, parameters: Array, optimizer: Optimizer) -> float:
    """l1·Σ|w| + ½·l2·Σw² over all weights, biases left out: what the gradient is of, beside the loss."""
    if not (optimizer.l1 or optimizer.l2):
        return 0.0
    weights = [view[:-1].astype(np.float64) for view in network.views(parameters)]
    return sum(optimizer.l1 * float(np.abs(w).sum()) + optimizer.l2 / 2 * float((w * w).sum()) for w in weights)


def evaluate_if_quick(trainer: Trainer) -> Evaluation | None:
    """Measure `trainer` now for a picture: it is not due, nobody judges it, the log does not have it.

    None where the network and the data are so large that a key would wait for it.
    """
    if trainer.network.parameter_count * (len(trainer.train_set) + len(trainer.validation_set)) > QUICK:
        return None
    # The last epoch of this moment, which may lie in the past of the curves.
    epoch_loss = trainer.curves.epoch.at(trainer.epoch - 1)
    return structs.replace(evaluate(trainer, step_quality=None), epoch_loss=epoch_loss)


@np.errstate(all="ignore")
def measure_layers(trainer: Trainer) -> tuple[LayerMeasures, ...]:
    """Norms, update ratios, dead and saturated shares of every linear layer now."""
    network, vectors = trainer.network, trainer.vectors
    probe = network.activity(vectors.parameters, trainer.train_set.inputs[:PROBE_EXAMPLES])
    measures = []
    all_views = (network.views(v) for v in (vectors.parameters, vectors.gradient, vectors.update))
    for number, (weight, gradient, update) in enumerate(zip(*all_views, strict=True)):
        weight_norm, gradient_norm, update_norm = (
            float(np.linalg.norm(matrix[:-1].astype(np.float64))) for matrix in (weight, gradient, update)
        )
        hidden = number < len(network.activations)
        activation = network.activations[number] if hidden else None
        dead = saturated = None
        if activation is not None and activation.rectifies:
            dead = float((probe[number] <= 0).all(axis=1).mean())
        if activation is not None and activation.saturates:
            h = probe[number] if activation.name == "tanh" else probe[number] * 2 - 1
            saturated = float((np.abs(h) > 0.95).mean())
        measures.append(
            LayerMeasures(
                name=f"layer {number + 1}",
                weight_norm=weight_norm,
                gradient_norm=gradient_norm,
                gradient_rms=gradient_norm / max(weight[:-1].size, 1) ** 0.5,
                update_ratio=update_norm / weight_norm if weight_norm else 0.0,
                activation=activation.name if activation else "linear",
                dead_share=dead,
                saturated_share=saturated,
            )
        )
    return tuple(measures)


def _units_equal(network: Network, parameters: Array) -> bool:
    """Whether all hidden units of some layer of two or more have equal incoming weights, but for rounding.

    A processor may round the sums of one unit otherwise than those of its neighbour.
    """
    for weight in network.views(parameters)[:-1]:
        if weight.shape[1] > 1:
            spread = np.abs(weight - weight[:, :1]).max()
            if spread <= EQUAL * max(float(np.abs(weight).max()), 1e-30):
                return True
    return False


def first_gradient(trainer: Trainer) -> Array:
    """The gradient of the first mini-batch at the starting parameters, which the first iteration will find."""
    plan, row = trainer.feed.block(0).plans[0]
    return Probe(trainer, plan, row, trainer.vectors.parameters).gradient()


class Probe:
    """A plan of one row on vectors of its own: the loss and the gradient of a mini-batch at any parameters.

    It measures step quality and verifies gradients without touching what the run stands on.
    """

    def __init__(self, trainer: Trainer, plan: Plan, row: int, parameters: Array) -> None:
        """Takes a copy of the mini-batch (and of its dropout masks) that lies in `row` of `plan`."""
        self.like, self.vectors = plan, Vectors(parameters, trainer.experiment.optimizer)
        self.plan = Plan(
            trainer.network,
            plan.loss,
            plan.output,
            plan.optimizer,
            self.vectors,
            plan.batch,
            1,
            dropout=plan.masks is not None,
        )
        self.take(row, parameters)

    def take(self, row: int, parameters: Array) -> None:
        """Another mini-batch of the same plan, and other parameters."""
        plan, self.vectors.parameters[:] = self.like, parameters
        self.plan.x[0], self.plan.y[0] = plan.inputs(row).T, plan.targets(row)
        if plan.masks is not None and self.plan.masks is not None:
            self.plan.masks[0] = plan.masks[row]

    def gradient(self) -> Array:
        """∂L/∂parameters at the probe's parameters, penalties included: its own vector, overwritten next time."""
        with np.errstate(all="ignore"):
            for phase in self.plan.phases(0)[:3]:
                for function, arguments in phase:
                    function(*arguments)
        return self.vectors.gradient

    def loss(self) -> float:
        """The mean loss of the batch at the probe's parameters, without penalties."""
        with np.errstate(all="ignore"):
            for function, arguments in self.plan.phases(0)[0]:
                function(*arguments)
        return float(self.plan.losses(0, 1)[0])


@np.errstate(all="ignore")
def step_quality(trainer: Trainer) -> float | None:
    """−(g₁·s)/(g₀·s) of the last update s, with the gradients before and after it on the same mini-batch.

    Cockpit's α (Schneider 2021): −1 a step that is short for the valley, 0 one to its bottom, 1 to the other wall.
    None before the first update of the present feed.
    """
    last = trainer.iteration - 1
    if last < trainer.feed.order.start.iteration:
        return None
    plan, row, _ = trainer.feed.block(last).row(last)
    probe = trainer.probe
    if probe is None or probe.like is not plan:
        probe = Probe(trainer, plan, row, trainer.vectors.parameters)
        trainer.probe = probe if trainer.network.parameter_count <= KEPT else None
    else:
        probe.take(row, trainer.vectors.parameters)
    after = probe.gradient().astype(np.float64)
    update = trainer.vectors.update.astype(np.float64)
    before = float(trainer.vectors.gradient.astype(np.float64) @ update)
    return -float(after @ update) / before if before else None
