"""What an instrument is, and the moment that it measures: one value of a run, by name, when the run is evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.layers import Activation
from tui_trainer.optimizers import Optimizer

PROBE_EXAMPLES = 256
"""Training examples on which the activity of units is measured, the first ones of the set."""


def norm(matrix: Array) -> float:
    """‖weights‖ of an (inputs + 1, units) matrix without its biases, in float64."""
    numbers = matrix[:-1].astype(np.float64).ravel()
    return math.sqrt(float(numbers @ numbers))


def standard_error(values: Array, independent: int) -> float:
    """Of the mean of these float64 values, so many of which are independent."""
    differences = values - values.mean()
    variance = float(differences @ differences) / (len(values) - 1)
    return float((variance / independent) ** 0.5)


class Steady(Protocol):
    """Loss and gradient on the first `PROBE_EXAMPLES` training examples, always the same, without dropout and
    augmentation: what changes from one evaluation to the next is the network alone."""

    def gradient(self, parameters: Array) -> Array:
        """(parameters,), penalties included: overwritten next time."""

    def loss(self, parameters: Array) -> float:
        """The mean loss, without penalties."""


class Earlier(Struct, frozen=True, kw_only=True):
    """What a run remembers of its evaluations before this one, beside their numbers. Vectors are not to be kept."""

    mean: Array
    """(parameters,): the running mean of the parameters over evaluations, this one included."""
    count: int
    """Evaluations that it is a mean over."""
    gradient: Array | None
    """(parameters,): the steady gradient at the evaluation before."""
    best_losses: Array | None
    """The loss of every held-out example (or pair) at the evaluation with the lowest validation loss so far, this one
    not included."""


class Step(Struct, frozen=True, kw_only=True):
    """The last update, seen on its own mini-batch with its dropout masks."""

    gradient_after: Array
    """(parameters,): the gradient at the present parameters, penalties included."""
    loss_before: float
    loss_after: float
    """The mean loss of the batch before and after the update, without penalties."""
    examples: int
    """In the batch."""


class Moment(Struct, frozen=True, kw_only=True, dict=True):
    """A run between two iterations, as far as instruments may look at it. Its arrays are the live ones: not to be
    written to, nor to be kept."""

    iteration: int
    """Completed updates."""
    epoch: int
    """Completed epochs."""
    learning_rate: float
    """In force for the next update."""
    base_loss: float
    """Training loss of the best constant prediction."""
    epoch_loss: float | None
    """Mean of the batch losses of the last complete epoch."""
    classes: int
    """0 for a regression."""
    train_set: EvaluationSet
    validation_set: EvaluationSet
    optimizer: Optimizer
    activations: tuple[Activation, ...]
    """Of the hidden layers."""
    outputs: Callable[[Array], Array]
    """Inputs (examples, features) → z (outputs, examples), in evaluation mode."""
    activity: Callable[[Array], list[Array]]
    """Inputs (examples, features) → what each layer holds, (units, examples); the last is z."""
    weights: list[Array]
    """(inputs + 1, units) of each linear layer; the last row are the biases. Likewise:"""
    gradients: list[Array]
    """Of the last mini-batch before its update, penalties included, before clipping."""
    updates: list[Array]
    """What was added last; 0 before the first."""
    parameters: Array
    """(parameters,): all weights and biases in one vector. Likewise:"""
    gradient: Array
    update: Array
    target: int
    """Iterations that the run is meant to have."""
    last_step: Callable[[], Step] | None = None
    """Computes the last step once more; None where there is none, or nobody asks for what is measured with it."""
    steady: Steady | None = None
    """None where nobody asks for what is measured with it, or where an example is a pair."""
    precise: Callable[[], Steady] | None = None
    """The same in float64; None where it is not asked for, or where it would take long."""
    earlier: Earlier | None = None
    """None where this moment is none of the evaluations that are judged."""

    @cached_property
    def train_outputs(self) -> Array:
        if len(self.train_set) <= PROBE_EXAMPLES:  # all of them are in the probe
            return self.probe_activity[-1]
        return self.outputs(self.train_set.inputs)

    @cached_property
    def train_losses(self) -> Array:
        """The loss of every training example (or pair)."""
        return self.train_set.losses(self.train_outputs)

    @cached_property
    def train_accuracy(self) -> float | None:
        """The share of the training set that is classified rightly; None for a regression or an embedding."""
        return self.train_set.accuracy(self.train_outputs, self.classes)

    @cached_property
    def weight_norms(self) -> list[float]:
        """The norm of the weights of each layer, without the biases."""
        return [norm(weight) for weight in self.weights]

    @cached_property
    def gradient_norms(self) -> list[float]:
        """Likewise of the gradient."""
        return [norm(gradient) for gradient in self.gradients]

    @cached_property
    def step(self) -> Step | None:
        """The last step, computed once more."""
        return None if self.last_step is None else self.last_step()

    @cached_property
    def steady_gradient(self) -> Array | None:
        """The gradient on the probe, a copy."""
        return None if self.steady is None else self.steady.gradient(self.parameters).copy()

    @cached_property
    def validation_outputs(self) -> Array:
        return self.outputs(self.validation_set.inputs)

    @cached_property
    def validation_losses(self) -> Array:
        """The loss of every held-out example (or pair)."""
        return self.validation_set.losses(self.validation_outputs)

    @cached_property
    def probe_activity(self) -> list[Array]:
        """What each layer holds for the first `PROBE_EXAMPLES` training examples."""
        return self.activity(self.train_set.inputs[:PROBE_EXAMPLES])


class Instrument(Struct, frozen=True, kw_only=True):
    """A value of the whole network at a moment."""

    name: str
    """Under which evaluations, JSON and expectations have it."""
    help: str
    """What it is, in one sentence with its formula."""
    measure: Callable[[Moment], float | None]
    """None where the moment has no such value."""
    unit: str = ""
    """What it is measured in; "" for losses, shares and other plain numbers."""
    cost: str = "nothing to speak of"
    """What an evaluation pays for it."""


class LayerInstrument(Struct, frozen=True, kw_only=True):
    """A value of one linear layer at a moment; cheap enough to be measured for every picture too."""

    name: str
    help: str
    measure: Callable[[Moment, int], float | None]
    """Of the layer of this number, from 0; None where that layer has no such value."""
    unit: str = ""
    cost: str = "nothing to speak of"
