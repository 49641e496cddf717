"""Momentum: the step follows a decaying sum of the gradients, so it gathers speed along a valley.

Both optimizers are PyTorch's variants: the velocity sums gradients, and the learning rate multiplies the velocity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import Expression, Symbol
from tui_trainer.layers.call import Call
from tui_trainer.optimizers.optimizer import GRADIENT, Kept, Optimizer
from tui_trainer.setting import setting

Beta = Annotated[
    Kept,
    setting("β: the share of the velocity that is kept from one step to the next.", order=40, step=0.05, live=True),
]

MOMENTUM, VELOCITY, VELOCITY_OLD = Symbol("momentum"), Symbol("velocity"), Symbol("velocity_old")


class Momentum(Optimizer, frozen=True, tag="momentum"):
    """The heavy ball (Polyak 1964): v ← βv + g, u = −learning_rate·v, without dampening."""

    title: ClassVar[str] = "momentum"
    direction: ClassVar[Expression] = VELOCITY
    memory: ClassVar[Mapping[Symbol, Expression]] = {VELOCITY: MOMENTUM * VELOCITY_OLD + GRADIENT}
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    momentum: Beta = 0.9

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        (v,) = slots
        return [
            (np.multiply, (v, np.array(self.momentum, v.dtype), v)),
            (np.add, (v, g, v)),
            (np.multiply, (v, c[0], u)),
        ]

    @property
    def alternating_gain(self) -> float:
        return 1 / (1 + self.momentum)


class Nesterov(Momentum, frozen=True, tag="nesterov"):
    """Nesterov's momentum (1983) in the form of Sutskever 2013 as PyTorch has it: v ← βv + g, u = −rate·(g + βv)."""

    title: ClassVar[str] = "Nesterov"
    direction: ClassVar[Expression] = GRADIENT + MOMENTUM * VELOCITY

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        (v,) = slots
        beta = np.array(self.momentum, v.dtype)
        return [
            (np.multiply, (v, beta, v)),
            (np.add, (v, g, v)),
            (np.multiply, (v, beta, u)),
            (np.add, (u, g, u)),
            (np.multiply, (u, c[0], u)),
        ]

    @property
    def alternating_gain(self) -> float:
        return (1 + 2 * self.momentum) / (1 + self.momentum)
