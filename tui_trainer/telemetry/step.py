"""The real numbers of one iteration: one example and one weight followed through guess, measure, blame and fix."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.formulas.expressions import Equation, Expression, Symbol


class LayerStep(Struct, frozen=True, kw_only=True):
    """One linear layer and its activation, for the followed example."""

    name: str
    activation_name: str
    pre_activation: Floats
    """z = Wᵀa + b, (units,)."""
    activation: Floats
    """(units,), after dropout."""
    delta: Floats
    """∂(loss of this example)/∂z, (units,)."""
    gradient_norm: float
    """Norm of the mean batch gradient of this layer's weights."""
    dropped: NDArray[np.bool_] | None = None
    """(units,): whether dropout silenced the unit in this iteration."""
    kept_scale: float = 1.0
    """The factor of dropout for the other units, 1/(1 − p)."""


class WeightStep(Struct, frozen=True, kw_only=True):
    """One weight through the chain rule and the update: new = old + update."""

    layer: int
    source: int
    unit: int
    name: str
    """"w[1→4] of layer 1", or "b[4] of layer 1" for a bias. Inputs and units count from 1."""
    old: float
    new: float
    input: float
    """aᵢ: the input of the weight for the followed example (1 for a bias)."""
    delta: float
    """δⱼ of the weight's unit for the followed example."""
    example_gradient: float
    """aᵢ · δⱼ."""
    gradient: float
    """Mean over the mini-batch, penalties included, before clipping."""
    larger_gradients: int = 0
    """Weights and biases of the network with a gradient of greater size."""
    count: int = 1
    """Weights and biases of the network."""
    update: float
    by_hand: float | None = None
    """The value that a person has given the weight since; None if it is `new`."""
    rule: Equation
    """The update rule of the optimizer: new = old − learning_rate × gradient."""
    memory: dict[Symbol, Expression] = {}
    """The optimizer's memory of this weight (velocity; m, v, m̂, v̂; …) with its formulas; empty for SGD."""
    values: dict[str, float] = {}
    """The values of the symbols of `rule` and `memory` for this weight; empty before the first update."""
    clipping: tuple[Equation, ...] = ()
    """The effect of each kind of clipping on the gradient. The optimizer gets the last result."""
    penalised: Equation | None = None
    """How l1 and l2 add to the mean gradient of the batch; None without penalties, and for a bias."""
    pre_activation: Equation
    """Σ w·a + b of the weight's unit for the followed example, with the largest terms, = z."""
    activation: tuple[Expression, Equation] | None = None
    """f(z) of the weight's unit, symbolic and with the followed example's numbers, = a; None if a = z."""
    blame: Equation | None = None
    """(Σ w·δ of the next layer)·f′(z) of the weight's unit, with the largest terms, = δ; None in the last layer."""


class StepView(Struct, frozen=True, kw_only=True):
    """One iteration followed for one example. Before a phase has run, its results are those of the iteration before."""

    iteration: int
    """Completed updates when it was looked at: at full speed a snapshot may have the numbers of an earlier moment."""
    example: int
    """Index in the mini-batch, from 0."""
    member: int
    """Its number among the training examples, or their pairs, from 0."""
    batch_size: int
    inputs: Floats
    """(features,): the inputs of the network."""
    layers: tuple[LayerStep, ...]
    prediction: Floats
    """(outputs,): probabilities for a classifier, values otherwise."""
    partner: Floats | None = None
    """(outputs,): the prediction for the other member if an example is a pair. The target is then 1 for together."""
    target: Floats
    """(outputs,): one-hot for several classes."""
    batch_loss: float
    formula: Expression
    """The loss of one example."""
    filled: Equation
    """The formula with this example's numbers."""
    answer: Equation | None = None
    """How the prediction follows from z, with this example's numbers; None if the prediction is z."""
    error: Equation | None = None
    """δ of the output with this example's numbers, if δ is the difference of prediction and truth."""
    weight: WeightStep
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
