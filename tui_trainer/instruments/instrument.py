"""An instrument measures one value of a run when the run is evaluated; a `Moment` is what it may read."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Array, Floats
from tui_trainer.instruments.curvature import steepest
from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES, EvaluationSet, share
from tui_trainer.layers import Activation
from tui_trainer.optimizers import Optimizer


def norms(vector: Floats, layers: list[Array]) -> list[float]:
    """‖weights‖ of each layer, without its biases. `vector` (parameters,) holds all the numbers, `layers` the matrices
    (inputs + 1, units) in their order."""
    found, start = list[float](), 0
    for layer in layers:
        rows, units = layer.shape
        weights = vector[start : start + (rows - 1) * units]
        found.append(math.sqrt(float(weights @ weights)))
        start += rows * units
    return found


def mean(values: Array) -> float:
    """The mean of (n,) float64 values, n ≥ 1: the same as NumPy's, which takes three times as long for few values."""
    return float(np.add.reduce(values)) / len(values)


def standard_error(values: Array, independent: int) -> float:
    """The standard error of the mean of float64 values, of which `independent` are independent."""
    differences = values - mean(values)
    variance = float(differences @ differences) / (len(values) - 1)
    return float((variance / independent) ** 0.5)


class Steady(Protocol):
    """Loss and gradient on the first `PROBE_EXAMPLES` training examples without dropout and augmentation. Only the
    network changes from one evaluation to the next."""

    def gradient(self, parameters: Array) -> Array:
        """(parameters,), penalties included. The next call overwrites the array."""

    def loss(self, parameters: Array) -> float:
        """The mean loss, without penalties."""


class Earlier(Struct, frozen=True, kw_only=True):
    """What a run remembers of earlier evaluations besides their values. Do not keep the vectors."""

    mean: Array
    """(parameters,): the running mean of the parameters over evaluations, including this one."""
    count: int
    """Number of evaluations in the mean."""
    gradient: Array | None
    """(parameters,): the steady gradient at the evaluation before."""
    best_losses: Array | None
    """The loss of every validation example (or pair) at the evaluation with the lowest validation loss before this
    one."""


class LastStep(Struct, frozen=True, kw_only=True):
    """The effect of the last update on its own mini-batch with its dropout masks."""

    gradient_after: Array
    """(parameters,): the gradient at the present parameters, penalties included."""
    loss_before: float
    """The mean loss of the batch before the update, without penalties."""
    loss_after: float
    """The mean loss of the batch after the update, without penalties."""
    examples: int


class Moment(Struct, frozen=True, kw_only=True, dict=True):
    """What instruments may read of a run between two iterations. The arrays are live: do not write to them or keep
    them."""

    iteration: int
    """Completed updates."""
    epoch: int
    """Completed epochs."""
    learning_rate: float
    """The rate of the next update."""
    base_loss: float
    """Training loss of the best constant prediction."""
    epoch_loss: float | None
    """Mean of the batch losses of the last complete epoch."""
    classes: int
    """0 for a regression."""
    target_scale: float | None = None
    """For a regression on a person's table: what an error of 1 is in the units of the target."""
    train_set: EvaluationSet
    validation_set: EvaluationSet
    together: EvaluationSet | None = None
    """The training set followed by the validation set, where to go through both at once saves time: both small, and no
    loss of pairs. None elsewhere."""
    optimizer: Optimizer
    activations: tuple[Activation, ...]
    """The activations of the hidden layers."""
    outputs: Callable[[Array], Array]
    """Inputs (examples, features) → z (outputs, examples), in evaluation mode."""
    activity: Callable[[Array], list[Array]]
    """Inputs (examples, features) → the activations of each layer, (units, examples); the last is z."""
    weights: list[Array]
    """(inputs + 1, units) of each linear layer. The last row holds the biases."""
    gradients: list[Array]
    """The gradients of the last mini-batch, shaped like `weights`: before its update, with penalties, not clipped."""
    updates: list[Array]
    """The last updates, shaped like `weights`; 0 before the first."""
    parameters: Array
    """(parameters,): all weights and biases in one vector. `gradient` and `update` have the same shape."""
    gradient: Array
    update: Array
    target: int
    """Iterations after which the run is finished."""
    last_step: Callable[[], LastStep] | None = None
    """Computes the last step again; None before the first step, and if no measure needs it."""
    steady: Steady | None = None
    """None if no measure needs it, and if examples are pairs."""
    precise: Callable[[], Steady] | None = None
    """`steady` in float64; None if no measure needs it, or it would take long."""
    earlier: Earlier | None = None
    """None if this moment is not one of the evaluations that the diagnosis judges."""

    @property
    def share_done(self) -> float:
        """The iterations so far as a share of the target."""
        return self.iteration / max(self.target, 1)

    @property
    def is_start(self) -> bool:
        """Whether this is the judged evaluation before the first update."""
        return not self.iteration and self.earlier is not None

    @cached_property
    def train_outputs(self) -> Array:
        if self.together is not None:
            return self._activity_together[-1][:, : len(self.train_set)]
        if len(self.train_set) <= PROBE_EXAMPLES:  # all of them are in the probe
            return self.probe_activity[-1]
        return self.outputs(self.train_set.inputs)

    @cached_property
    def validation_outputs(self) -> Array:
        if self.together is not None:
            return self._activity_together[-1][:, len(self.train_set) :]
        return self.outputs(self.validation_set.inputs)

    @cached_property
    def train_losses(self) -> Array:
        """The loss of every training example (or pair)."""
        if self.together is not None:
            return self._losses_together[: len(self.train_set)]
        return self.train_set.losses(self.train_outputs)

    @cached_property
    def validation_losses(self) -> Array:
        """The loss of every validation example (or pair)."""
        if self.together is not None:
            return self._losses_together[len(self.train_set) :]
        return self.validation_set.losses(self.validation_outputs)

    @cached_property
    def train_accuracy(self) -> float | None:
        """The share of the training set that is classified correctly; None for a regression or an embedding."""
        if self.together is not None and self.classes > 1:
            return share(self._right_together[: len(self.train_set)])
        return self.train_set.accuracy(self.train_outputs, self.classes)

    @cached_property
    def validation_accuracy(self) -> float | None:
        """The same of the validation set; None without one."""
        if self.together is not None and self.classes > 1:
            return share(self._right_together[len(self.train_set) :])
        return self.validation_set.accuracy(self.validation_outputs, self.classes)

    @cached_property
    def probe_activity(self) -> list[Array]:
        """The activations of each layer for the first `PROBE_EXAMPLES` training examples."""
        if self.together is not None:
            examples = min(len(self.train_set), PROBE_EXAMPLES)
            return [layer[:, :examples] for layer in self._activity_together]
        return self.activity(self.train_set.probe)

    @cached_property
    def _activity_together(self) -> list[Array]:
        return [] if self.together is None else self.activity(self.together.inputs)

    @cached_property
    def _losses_together(self) -> Array:
        return np.empty(0) if self.together is None else self.together.losses(self._activity_together[-1])

    @cached_property
    def _right_together(self) -> NDArray[np.bool_]:
        return np.empty(0, np.bool_) if self.together is None else self.together.right(self._activity_together[-1])

    @cached_property
    def precise_gradient(self) -> Floats:
        """`gradient` in double precision."""
        return self.gradient.astype(np.float64)

    @cached_property
    def precise_update(self) -> Floats:
        """`update` in double precision."""
        return self.update.astype(np.float64)

    @cached_property
    def weight_norms(self) -> list[float]:
        """The norm of the weights of each layer, without the biases."""
        return norms(self.parameters.astype(np.float64), self.weights)

    @cached_property
    def gradient_norms(self) -> list[float]:
        """The norm of the gradient of each layer's weights, without the biases."""
        return norms(self.precise_gradient, self.gradients)

    @cached_property
    def update_norms(self) -> list[float]:
        """The norm of the last update of each layer's weights, without the biases."""
        return norms(self.precise_update, self.updates)

    @cached_property
    def step(self) -> LastStep | None:
        """The last step, computed again."""
        return None if self.last_step is None else self.last_step()

    @cached_property
    def steady_gradient(self) -> Array | None:
        """A copy of the gradient on the probe."""
        return None if self.steady is None else self.steady.gradient(self.parameters).copy()

    @cached_property
    def sharpness(self) -> float | None:
        """The steepest curvature of the loss on the probe, penalties included; None without `precise`."""
        return self.steepest_with(0.0)

    def steepest_with(self, decay: float) -> float | None:
        """The same with `decay` on the Hessian's diagonal, but for the biases, which do not decay."""
        if self.precise is None:
            return None
        is_weight = np.concatenate([np.arange(weight.size) < weight[:-1].size for weight in self.weights])
        return steepest(self.precise().gradient, self.parameters.astype(np.float64), decay * is_weight)


class Instrument(Struct, frozen=True, kw_only=True):
    """A value of the whole network at a moment."""

    name: str
    """The name in evaluations, JSON and expectations."""
    help: str
    """One sentence with the formula."""
    measure: Callable[[Moment], float | None]
    """Returns None if the moment has no such value."""
    judged_only: bool = False
    """Whether evaluations that the diagnosis does not judge go without it."""
    unit: str = ""
    """The unit; "" for losses, shares and other plain numbers."""
    cost: str = "nothing to speak of"
    """The work that the measure adds to an evaluation."""


class LayerInstrument(Struct, frozen=True, kw_only=True):
    """A value of one linear layer at a moment, also measured for pictures."""

    name: str
    help: str
    measure: Callable[[Moment, int], float | None]
    """Measures the layer with this number, from 0. Returns None if the layer has no such value."""
    judged_only: bool = False
    """Whether evaluations that the diagnosis does not judge go without it."""
    unit: str = ""
    cost: str = "nothing to speak of"
