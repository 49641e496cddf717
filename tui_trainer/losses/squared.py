"""Losses of the error e = p − y between a prediction p = f(z) and its target: squared, half squared, Huber.

The output function f is linear, sigmoid, tanh, or the article's clip to [0, 1], whose derivative is taken as 1.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, ClassVar, get_args

import numpy as np
from msgspec import Meta, structs

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import HALF, Case, Cases, Equation, Expression, Number, Symbol, clip, phrase, size
from tui_trainer.layers.activations import Activation, Sigmoid, Tanh, Z
from tui_trainer.layers.call import Call
from tui_trainer.losses.loss import Loss, Output, sigmoid
from tui_trainer.setting import FACTOR, setting

OUTPUTS: dict[str, Activation] = {"sigmoid": Sigmoid(), "tanh": Tanh()}
PREDICTION, TRUTH, ERROR, DELTA = Symbol("prediction"), Symbol("truth"), Symbol("e"), Symbol("delta", "δ")


def output_predictions(z: Array, output: Output) -> Array:
    """f(z) as a new array."""
    if output == "sigmoid":
        p: Array = np.tanh(z * 0.5) * 0.5 + 0.5
        return p
    if output == "tanh":
        return np.tanh(z)
    return np.clip(z, 0, 1) if output == "clip01" else z


class ErrorLoss(Loss, frozen=True):
    """A loss that depends on e = p − y alone; with several outputs it is the mean over them."""

    tasks: ClassVar[frozenset[str]] = frozenset({"classification", "regression"})
    outputs: ClassVar[tuple[Output, ...]] = get_args(Output)

    def of_error(self, error: Array) -> Array:
        """The loss of each error, the same shape."""
        raise NotImplementedError

    def slope(self, out: Array, scale: float) -> list[Call]:
        """Calls that turn errors in `out` into `scale` times the derivative of `of_error`."""
        raise NotImplementedError

    def predictions(self, z: Array, output: Output) -> Array:
        return output_predictions(z, output)

    def values(self, z: Array, y: Array, output: Output) -> Array:
        losses: Array = self.of_error(output_predictions(z, output) - y).mean(axis=-2)
        return losses

    def gradient(self, z: Array, y: Array, out: Array, output: Output) -> list[Call]:
        scale = 1 / z.size
        if output == "linear":
            return [(np.subtract, (z, y, out)), *self.slope(out, scale)]
        p, slope, scratch = np.empty_like(out), np.empty_like(out), np.empty_like(out)
        if output == "clip01":  # the derivative of the clip is taken as 1 everywhere
            zero, one = np.array(0, out.dtype), np.array(1, out.dtype)
            return [
                (partial(np.maximum, out=p), (z, zero)),
                (partial(np.minimum, out=p), (p, one)),
                (np.subtract, (p, y, out)),
                *self.slope(out, scale),
            ]
        function = OUTPUTS[output]
        return [
            (np.copyto, (p, z)),
            *function.forward(p, slope, scratch),
            *function.derivative(p, slope, scratch),
            (np.subtract, (p, y, out)),
            *self.slope(out, scale),
            (np.multiply, (out, slope, out)),
        ]

    def filled(self, z: Array, p: Array, y: Array, value: float) -> Equation:
        if len(p) > 1:
            return phrase("mean of {} outputs", len(p)).equals(value)
        one, truth = float(p[0]), float(y[0])
        known = {"prediction": one, "truth": truth, "e": Number(one) - truth}
        return self.formula.comes_to(value, {**structs.asdict(self), **known})

    def answer(self, z: Array, output: Output) -> Equation | None:
        if output == "linear" or len(z) > 1:
            return None
        value = float(z[0])
        if output == "sigmoid":
            return sigmoid(value)
        formula = Tanh.formula if output == "tanh" else clip(Z)
        return formula.comes_to(float(output_predictions(z, output)[0]), {"z": value})

    def base(self, y: Array) -> float:
        return float(self.of_error(y.mean(axis=1, keepdims=True) - y).mean())


class MeanSquaredError(ErrorLoss, frozen=True, tag="mean_squared_error"):
    """(p − y)²; its gradient is 2(p − y)."""

    title: ClassVar[str] = "mean squared error"
    short: ClassVar[str] = "MSE"
    default_for: ClassVar[frozenset[str]] = frozenset({"regression"})
    formula: ClassVar[Expression] = (PREDICTION - TRUTH) ** 2

    def of_error(self, error: Array) -> Array:
        return error * error

    def slope(self, out: Array, scale: float) -> list[Call]:
        return [(np.multiply, (out, np.array(2 * scale, out.dtype), out))]


class HalfMeanSquaredError(ErrorLoss, frozen=True, tag="half_mean_squared_error"):
    """½(p − y)²; its gradient is the error, which gives the article's rule error × input."""

    title: ClassVar[str] = "half mean squared error"
    short: ClassVar[str] = "half MSE"
    formula: ClassVar[Expression] = HALF * (PREDICTION - TRUTH) ** 2

    def of_error(self, error: Array) -> Array:
        return error * error * 0.5

    def slope(self, out: Array, scale: float) -> list[Call]:
        return [] if scale == 1 else [(np.multiply, (out, np.array(scale, out.dtype), out))]


Delta = Annotated[
    float,
    Meta(gt=0, le=1000),
    setting(
        "The size of an error at which the loss turns from a square into a line (δ).",
        label="Huber delta",
        order=280,
        step=FACTOR,
    ),
]


class Huber(ErrorLoss, frozen=True, tag="huber"):
    """½e² where |e| < delta, delta·(|e| − ½delta) beyond (Huber 1964; PyTorch's HuberLoss)."""

    title: ClassVar[str] = "Huber"
    formula: ClassVar[Expression] = Cases(
        (
            Case("near", DELTA - size(ERROR), HALF * ERROR**2),
            Case("far", size(ERROR) - DELTA, DELTA * (size(ERROR) - HALF * DELTA)),
        )
    )

    delta: Delta = 1.0

    def of_error(self, error: Array) -> Array:
        inside = np.minimum(np.abs(error), self.delta)
        return inside * (np.abs(error) - 0.5 * inside)

    def slope(self, out: Array, scale: float) -> list[Call]:
        edge = np.array(self.delta, out.dtype)
        return [
            (partial(np.maximum, out=out), (out, -edge)),
            (partial(np.minimum, out=out), (out, edge)),
            (np.multiply, (out, np.array(scale, out.dtype), out)),
        ]

    def base(self, y: Array) -> float:
        """The loss is convex in the constant, so bisection on the sign of its slope finds the minimum."""
        total = 0.0
        for row in y:
            low, high = float(row.min()), float(row.max())
            for _ in range(60):
                middle = (low + high) / 2
                if np.clip(middle - row, -self.delta, self.delta).sum() > 0:
                    high = middle
                else:
                    low = middle
            total += float(self.of_error(low - row).mean())
        return total / len(y)
