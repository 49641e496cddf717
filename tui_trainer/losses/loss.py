"""The contract of a loss: the loss of a batch, and its gradient ∂(mean loss)/∂(network output).

Outputs z and targets y are feature-major, (…, outputs, batch). `values` takes whole blocks at once; `gradient` is
compiled into the plan.
"""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import E, Equation, Expression, Number
from tui_trainer.layers.activations import Sigmoid
from tui_trainer.layers.call import Call

Output = Literal["linear", "clip01", "sigmoid", "tanh"]


SURE = 16.0
"""|z| above which a probability σ(z) differs from 0 or 1 by less than 1e-7."""


def sigmoid(z: float) -> Equation:
    """1 / (1 + e^−0.85) = 0.7. Near 1 the result is written as 1 − 0.0011, near 0 as a power of e."""
    formula = Sigmoid.formula.filled({"z": z})
    if z < -700:
        return formula.equals(E ** Number(z))
    e = math.exp(-z)
    return formula.equals(1 / (1 + e) if z < 4 else near_one(e, -z))


def near_one(e: float, power: float) -> Expression:
    """1 / (1 + `e`) written as 1 − 0.0011; the distance is a power of e if it would be rounded to 0."""
    return 1 - (Number(e / (1 + e)) if e else E ** Number(power))


def probability(p: float, surprise: float) -> Expression:
    """p = e^−`surprise`: 0.25, but 1 − 0.0011 near 1, and a power of e if p would be rounded to 0."""
    if p > 0.99:
        return 1 - Number(-math.expm1(-surprise))
    return Number(math.exp(-surprise)) if surprise < 700 else E ** Number(-surprise)


class Loss(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name"):
    """Configuration and formula of a loss. Subclasses set the tag, which is `name` in TOML."""

    title: ClassVar[str]
    formula: ClassVar[Expression]
    """The loss of one example."""
    tasks: ClassVar[frozenset[str]]
    """The tasks of data sets that the loss supports: "classification", "regression", "embedding"."""
    short: ClassVar[str] = ""
    """The name for a narrow space: "BCE"."""
    default_for: ClassVar[frozenset[str]] = frozenset()
    """Tasks for which this is the default loss, unless an earlier loss of the registry also fits."""
    only_classes: ClassVar[int | None] = None
    """The only supported number of classes; None for any."""
    outputs: ClassVar[tuple[Output, ...]] = ("linear",)
    """The output functions allowed before this loss. A cross-entropy contains its own."""
    pairs: ClassVar[bool] = False
    """Whether an example is a pair: the batch then holds all left members, then all right members."""

    @classmethod
    def serves(cls, task: str, classes: int) -> bool:
        """Whether the loss supports data with this task and number of classes."""
        return task in cls.tasks and cls.only_classes in (None, classes)

    def output_count(self, targets: int) -> int:
        """Units of the last layer for `targets` classes (classification) or numbers (regression)."""
        return 1 if targets == 2 else targets

    def encode(self, targets: Array, count: int, output: Output) -> Array:
        """Targets in the form of the loss, (examples, outputs): class numbers become 0/1 (−1/1 for a tanh output)."""
        if count < 2:
            return targets if targets.ndim == 2 else targets[:, None]
        low, high = (-1.0, 1.0) if output == "tanh" else (0.0, 1.0)
        if count == 2:
            return np.where(targets[:, None] == 1, high, low)
        return np.where(targets[:, None] == np.arange(count), high, low)

    def decode(self, y: Array) -> Array:
        """Encoded targets as shown: 0 or 1 for classes, numbers for a regression."""
        return y

    def predictions(self, z: Array, output: Output) -> Array:
        """The predictions of the network, shaped like z: probabilities, or values."""
        raise NotImplementedError

    def values(self, z: Array, y: Array, output: Output) -> Array:
        """The loss of every example, (…, batch), safe for outputs of any finite size."""
        raise NotImplementedError

    def gradient(self, z: Array, y: Array, out: Array, output: Output) -> list[Call]:
        """Calls that set out ← ∂(mean of the batch's losses)/∂z, all of one shape (outputs, batch)."""
        raise NotImplementedError

    def base(self, y: Array) -> float:
        """Mean loss of the best constant prediction for targets y (outputs, examples)."""
        raise NotImplementedError

    def filled(self, z: Array, p: Array, y: Array, value: float) -> Equation:
        """The formula with one example's numbers. z (outputs, 1), for a pair (outputs, 2); p and y (outputs,)."""
        raise NotImplementedError

    def error(self, z: Array, y: Array, delta: float) -> Equation | None:
        """∂L/∂z = `delta` of an example as prediction − truth in numbers; None for other losses and many outputs."""
        return None

    def answer(self, z: Array, output: Output) -> Equation | None:
        """How the prediction follows from one example's z (outputs,), in numbers; None if the prediction is z."""
        return None
