"""Softmax cross-entropy on logits: L = −ln pₖ for the true class k, p = softmax(z); fused, so ∂L/∂z = p − y.

The softmax is part of the loss. A network with a softmax of its own would train through two.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import E, Equation, Expression, Number, Symbol, call, ln
from tui_trainer.layers.call import Call
from tui_trainer.losses.loss import Loss, Output, near_one, probability

TRUE = Symbol("p_true", "p(true class)")


class CrossEntropy(Loss, frozen=True, tag="cross_entropy"):
    """For any number of classes, with one output each."""

    title: ClassVar[str] = "cross-entropy"
    default_for: ClassVar[frozenset[str]] = frozenset({"classification"})
    formula: ClassVar[Expression] = -ln(TRUE)
    tasks: ClassVar[frozenset[str]] = frozenset({"classification"})

    def output_count(self, targets: int) -> int:
        return targets

    def encode(self, targets: Array, count: int, output: Output) -> Array:
        """One-hot, (examples, classes)."""
        return np.equal(targets[:, None], np.arange(count)).astype(np.float64)

    def predictions(self, z: Array, output: Output) -> Array:
        e = np.exp(z - z.max(axis=-2, keepdims=True))
        p: Array = e / e.sum(axis=-2, keepdims=True)
        return p

    def values(self, z: Array, y: Array, output: Output) -> Array:
        """ln Σ eᶻ − z·y after shifting by the largest logit."""
        shifted = z - z.max(axis=-2, keepdims=True)
        losses: Array = np.log(np.exp(shifted).sum(axis=-2)) - (shifted * y).sum(axis=-2)
        return losses

    def gradient(self, z: Array, y: Array, out: Array, output: Output) -> list[Call]:
        """(softmax(z) − y)/batch."""
        largest, total = np.empty_like(z[0]), np.empty_like(z[0])
        ones = np.ones(len(z), out.dtype)
        return [
            (partial(np.maximum.reduce, axis=0, out=largest), (z,)),
            (np.subtract, (z, largest, out)),
            (np.exp, (out, out)),
            (ones.dot, (out, total)),
            (np.divide, (out, total, out)),
            (np.subtract, (out, y, out)),
            (np.multiply, (out, np.array(1 / z.shape[1], out.dtype), out)),
        ]

    def base(self, y: Array) -> float:
        """The entropy of the class frequencies."""
        share = y.mean(axis=1)
        share = share[share > 0]
        return float(-(share * np.log(share)).sum())

    def filled(self, z: Array, p: Array, y: Array, value: float) -> Equation:
        if not value:
            behind = float(np.delete(z[:, 0], y.argmax()).max() - z.max())
            return Equation((ln(1 + E ** Number(behind)), Number(0)), exact=False)
        return self.formula.comes_to(value, {"p_true": probability(float(p[int(y.argmax())]), value)})

    def answer(self, z: Array, output: Output) -> Equation:
        """The largest probability, 1 / Σ e^(z − z of that class), which cannot overflow."""
        others = np.delete(z, z.argmax()) - z.max()
        e = float(np.exp(others).sum())
        terms = [Number(e)] if len(others) > 3 else [E ** Number(float(d)) for d in others]
        return (1 / call("+", 1, *terms)).equals(near_one(e, float(others.max())) if e < 0.02 else 1 / (1 + e))
