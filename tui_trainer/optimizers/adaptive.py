"""Optimizers that scale the rate of every parameter by the size of its past gradients: RMSprop, Adagrad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import numpy as np

from tui_trainer.arrays import Array, Floats
from tui_trainer.formulas.expressions import Expression, Symbol, once, root
from tui_trainer.layers.call import Call
from tui_trainer.optimizers.optimizer import GRADIENT, Epsilon, Kept, LearningRate, Optimizer
from tui_trainer.setting import setting

Alpha = Annotated[Kept, setting("The share of v that is kept from one step to the next.", order=156, step=0.01)]

ALPHA, EPSILON, V, V_OLD = (
    Symbol("alpha", "α"),
    Symbol("epsilon", "ε"),
    Symbol("v", meaning="past squared gradients"),
    Symbol("v_old"),
)


class RmsProp(Optimizer, frozen=True, tag="rmsprop"):
    """v ← αv + (1 − α)g², u = −learning_rate·g/(√v + ε) (Hinton's lecture 6e, 2012; ε outside the root as PyTorch).

    The slot holds V = v/(1 − α), which saves a call; ε and the rate are scaled accordingly.
    """

    title: ClassVar[str] = "RMSprop"
    direction: ClassVar[Expression] = GRADIENT / (root(V) + EPSILON)
    memory: ClassVar[Mapping[Symbol, Expression]] = {V: ALPHA * V_OLD + once(1 - ALPHA) * GRADIENT**2}
    slots: ClassVar[tuple[str, ...]] = ("v",)

    learning_rate: LearningRate = 0.01
    alpha: Alpha = 0.99
    epsilon: Epsilon = 1e-8

    def coefficients(self, rate: Floats, step: Floats) -> Floats:
        scale = (1 - self.alpha) ** 0.5
        return np.stack([-rate / scale, np.full_like(rate, self.epsilon / scale)], axis=1)

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        (v,) = slots
        return [
            (np.multiply, (v, np.array(self.alpha, v.dtype), v)),
            (np.multiply, (g, g, u)),
            (np.add, (v, u, v)),
            (np.sqrt, (v, u)),
            (np.add, (u, c[1], u)),
            (np.divide, (g, u, u)),
            (np.multiply, (u, c[0], u)),
        ]

    def slot_values(self, slots: Sequence[float]) -> Sequence[float]:
        return (slots[0] * (1 - self.alpha),)


class Adagrad(Optimizer, frozen=True, tag="adagrad"):
    """v ← v + g², u = −learning_rate·g/(√v + ε) (Duchi 2011; PyTorch's variant, ε 1e-10, no rate decay)."""

    title: ClassVar[str] = "Adagrad"
    direction: ClassVar[Expression] = GRADIENT / (root(V) + EPSILON)
    memory: ClassVar[Mapping[Symbol, Expression]] = {V: V_OLD + GRADIENT**2}
    slots: ClassVar[tuple[str, ...]] = ("v",)

    epsilon: Epsilon = 1e-10

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        (v,) = slots
        return [
            (np.multiply, (g, g, u)),
            (np.add, (v, u, v)),
            (np.sqrt, (v, u)),
            (np.add, (u, np.array(self.epsilon, u.dtype), u)),
            (np.divide, (g, u, u)),
            (np.multiply, (u, c[0], u)),
        ]
