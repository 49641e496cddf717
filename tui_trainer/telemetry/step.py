"""The real numbers of one iteration: one example and one weight followed through guess, measure, blame and fix."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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
    learning_rate: float
    formula: str
    """The update rule of the optimizer in symbols: "new = old − learning_rate × gradient"."""
    filled: str
    """The same with this weight's numbers, in full: "0.4 = 0.5 − 0.1 × 1"; empty before the first update."""
    optimizer_state: dict[str, float]
    """The optimizer's own values for this weight: velocity; m, v, m̂, v̂; … Empty for SGD."""
    memory: dict[str, str] = {}
    """How each of them came about, in symbols, and the same with this weight's numbers."""
    clipping: tuple[str, ...] = ()
    """What each kind of clipping in force did to the gradient; the optimizer was given the last number."""
    penalised: str = ""
    """How l1 and l2 add to the mean gradient of the batch; empty where there are none, and for a bias."""
    pre_activation: str = ""
    """Σ w·a + b of its unit for the followed example, with the largest terms, = z."""
    blame: str = ""
    """(Σ w·δ of the next layer)·f′(z) of its unit, with the largest terms, = δ; empty in the last layer."""


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
    formula: str
    """The loss of the example in symbols: "−[y·ln p + (1−y)·ln(1−p)]"."""
    filled: str
    """The same with this example's numbers, in full."""
    answer: str = ""
    """How the prediction comes out of z, with this example's numbers; empty where it is z itself."""
    error: str = ""
    """δ of the output, where it is the difference of prediction and truth, with this example's numbers."""
    weight: WeightStep
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
