"""Binary cross-entropy on one logit z: L = −[y·ln σ(z) + (1 − y)·ln(1 − σ(z))] = ln(1 + e^−sz), with s = 2y − 1 = ±1.

The second form is exact for logits of any size, and its gradient is σ(z) − y = ½(tanh(z/2) − s), so targets are kept
as s.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import E, Equation, Expression, Number, Symbol, ln
from tui_trainer.layers.call import Call
from tui_trainer.losses.loss import SURE, Loss, Output, probability, sigmoid

P, Y = Symbol("p"), Symbol("y")


class BinaryCrossEntropy(Loss, frozen=True, tag="binary_cross_entropy"):
    """For two classes. The network predicts the probability p = σ(z) of class 1."""

    title: ClassVar[str] = "binary cross-entropy"
    short: ClassVar[str] = "BCE"
    default_for: ClassVar[frozenset[str]] = frozenset({"classification"})
    only_classes: ClassVar[int | None] = 2
    formula: ClassVar[Expression] = -(Y * ln(P) + (1 - Y) * ln(1 - P))
    tasks: ClassVar[frozenset[str]] = frozenset({"classification"})

    def encode(self, targets: Array, count: int, output: Output) -> Array:
        """s = −1 for class 0 and 1 for class 1, (examples, 1)."""
        return np.where(targets[:, None] == 1, 1.0, -1.0)

    def decode(self, y: Array) -> Array:
        return (y + 1) * 0.5

    def predictions(self, z: Array, output: Output) -> Array:
        p: Array = np.tanh(z * 0.5) * 0.5 + 0.5
        return p

    def values(self, z: Array, y: Array, output: Output) -> Array:
        """max(−sz, 0) + ln(1 + e^−|z|)."""
        losses: Array = np.maximum(-z * y, 0) + np.log1p(np.exp(-np.abs(z)))
        return losses[..., 0, :]

    def gradient(self, z: Array, y: Array, out: Array, output: Output) -> list[Call]:
        """½(tanh(z/2) − s)/batch."""
        return [
            (np.multiply, (z, np.array(0.5, out.dtype), out)),
            (np.tanh, (out, out)),
            (np.subtract, (out, y, out)),
            (np.multiply, (out, np.array(0.5 / z.size, out.dtype), out)),
        ]

    def base(self, y: Array) -> float:
        """The entropy of the class frequencies."""
        share = np.clip(float(y.mean()) / 2 + 0.5, 1e-12, 1 - 1e-12)
        return float(-(share * np.log(share) + (1 - share) * np.log1p(-share)))

    def filled(self, z: Array, p: Array, y: Array, value: float) -> Equation:
        if abs(z[0, 0]) > SURE:  # p is printed as 0 or 1
            return Equation((ln(1 + E ** Number(-float(y[0] * z[0, 0]))), Number(value)), exact=value > 0)
        one = float(p[0])
        if y[0] > 0:
            inside = probability(one, value)
        else:
            inside = 1 - Number(-math.expm1(-value)) if one < 0.9 else Number(math.exp(-value))
        return (-ln(inside)).equals(value)

    def answer(self, z: Array, output: Output) -> Equation:
        return sigmoid(float(z[0]))

    def error(self, z: Array, y: Array, delta: float) -> Equation:
        """If float32 rounds σ(z) to 0 or 1, `delta` is 0 although p − y is not."""
        p = sigmoid(float(z[0])).sides[-1]
        return Equation((p - (float(y[0]) + 1) / 2, Number(delta)), exact=delta != 0)
