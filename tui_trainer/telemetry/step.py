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
    """(units,), after dropout where there is any."""
    delta: Floats
    """∂(loss of this example)/∂z, (units,)."""
    gradient_norm: float
    """Of the mean batch gradient of this layer's weights."""
    dropped: NDArray[np.bool_] | None = None
    """(units,): which units dropout silenced in this iteration."""
    kept_scale: float = 1.0
    """What dropout multiplied the others by, 1/(1 − p)."""


class WeightStep(Struct, frozen=True, kw_only=True):
    """One weight through the chain rule and the update: new = old + update."""

    layer: int
    source: int
    unit: int
    name: str
    """"w[1→4] of layer 1", inputs and units counted from 1; a bias is "b[4] of layer 1"."""
    old: float
    new: float
    input: float
    """aᵢ: what flowed into the weight for the followed example (1 for a bias)."""
    delta: float
    """δⱼ of its unit for the followed example."""
    example_gradient: float
    """aᵢ · δⱼ."""
    gradient: float
    """Mean over the mini-batch, penalties included, before clipping."""
    update: float
    rule: Equation
    """The update rule of the optimizer: new = old − learning_rate × gradient."""
    memory: dict[Symbol, Expression] = {}
    """The optimizer's own values for this weight (velocity; m, v, m̂, v̂; …) and how each comes about; none for SGD."""
    values: dict[str, float] = {}
    """What the symbols of `rule` and `memory` are for this weight; none before the first update."""
    clipping: tuple[Equation, ...] = ()
    """What each kind of clipping in force did to the gradient; the optimizer was given the last number."""
    penalised: Equation | None = None
    """How l1 and l2 add to the mean gradient of the batch; None where there are none, and for a bias."""
    pre_activation: Equation
    """Σ w·a + b of its unit for the followed example, with the largest terms, = z."""
    activation: tuple[Expression, Equation] | None = None
    """f(z) of its unit, and the same with the followed example's numbers, = a; None where a is z itself."""
    blame: Equation | None = None
    """(Σ w·δ of the next layer)·f′(z) of its unit, with the largest terms, = δ; None in the last layer."""


class StepView(Struct, frozen=True, kw_only=True):
    """One iteration seen from one example. What a phase has not produced yet holds the previous iteration's number."""

    example: int
    """Index in the mini-batch, from 0."""
    batch_size: int
    inputs: Floats
    """(features,), as the network gets them."""
    layers: tuple[LayerStep, ...]
    prediction: Floats
    """(outputs,): probabilities for a classifier, values otherwise."""
    partner: Floats | None = None
    """(outputs,): the answer to the other member, where an example is a pair; the target then is 1 for together."""
    target: Floats
    """(outputs,): one-hot for several classes."""
    batch_loss: float
    formula: Expression
    """The loss of one example."""
    filled: Equation
    """The same with this example's numbers."""
    answer: Equation | None = None
    """How the prediction comes out of z, with this example's numbers; None where it is z itself."""
    error: Equation | None = None
    """δ of the output, where it is the difference of prediction and truth, with this example's numbers."""
    weight: WeightStep
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
