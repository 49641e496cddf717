"""Adam and AdamW: momentum in the numerator, the size of past gradients in the denominator, both bias-corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

import numpy as np

from tui_trainer.arrays import Array, Floats
from tui_trainer.formulas.expressions import Expression, Symbol, once, root
from tui_trainer.layers.call import Call
from tui_trainer.optimizers.optimizer import GRADIENT, Epsilon, Kept, LearningRate, Optimizer, WeightDecay
from tui_trainer.setting import setting

Beta1 = Annotated[
    Kept, setting("The share of m that is kept from one step to the next.", label="beta 1", order=152, step=0.05)
]
Beta2 = Annotated[
    Kept, setting("The share of v that is kept from one step to the next.", label="beta 2", order=154, step=0.009)
]

BETA1, BETA2, EPSILON, T = Symbol("beta1", "β1"), Symbol("beta2", "β2"), Symbol("epsilon", "ε"), Symbol("t")
M, M_OLD = Symbol("m", meaning="running mean of gradients"), Symbol("m_old")
V, V_OLD = Symbol("v", meaning="running mean of their squares"), Symbol("v_old")
M_HAT = Symbol("m_hat", "m^", meaning="m without its start at 0")  # a cell cannot show a combining mark
V_HAT = Symbol("v_hat", "v^", meaning="v without its start at 0")


class Adam(Optimizer, frozen=True, tag="adam"):
    """m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², u = −learning_rate·m̂/(√v̂ + ε) (Kingma 2015, algorithm 1).

    m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ); ε is added outside the root, as in PyTorch. The slots hold M = m/(1 − β₁) and
    V = v/(1 − β₂), which saves two calls: with k = √((1 − β₂)/(1 − β₂ᵗ)) the step is
    u = −learning_rate·(1 − β₁)/((1 − β₁ᵗ)·k) · M/(√V + ε/k), and both factors are coefficients of the iteration.
    """

    title: ClassVar[str] = "Adam"
    direction: ClassVar[Expression] = M_HAT / (root(V_HAT) + EPSILON)
    memory: ClassVar[Mapping[Symbol, Expression]] = {
        M: BETA1 * M_OLD + once(1 - BETA1) * GRADIENT,
        V: BETA2 * V_OLD + once(1 - BETA2) * GRADIENT**2,
        M_HAT: M / (1 - BETA1**T),
        V_HAT: V / (1 - BETA2**T),
    }
    slots: ClassVar[tuple[str, ...]] = ("m", "v")

    learning_rate: LearningRate = 0.01
    beta1: Beta1 = 0.9
    beta2: Beta2 = 0.999
    epsilon: Epsilon = 1e-8

    def coefficients(self, rate: Floats, step: Floats) -> Floats:
        t = step + 1
        k = np.sqrt((1 - self.beta2) / (1 - self.beta2**t))
        return np.stack([-rate * (1 - self.beta1) / ((1 - self.beta1**t) * k), self.epsilon / k], axis=1)

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        m, v = slots
        return [
            (np.multiply, (m, np.array(self.beta1, m.dtype), m)),
            (np.add, (m, g, m)),
            (np.multiply, (v, np.array(self.beta2, v.dtype), v)),
            (np.multiply, (g, g, u)),
            (np.add, (v, u, v)),
            (np.sqrt, (v, u)),
            (np.add, (u, c[1], u)),
            (np.divide, (m, u, u)),
            (np.multiply, (u, c[0], u)),
        ]

    def slot_values(self, slots: Sequence[float]) -> Sequence[float]:
        return slots[0] * (1 - self.beta1), slots[1] * (1 - self.beta2)


class AdamW(Adam, frozen=True, tag="adamw"):
    """Adam with decoupled weight decay (Loshchilov 2019): the decay does not pass through m and v."""

    title: ClassVar[str] = "AdamW"

    weight_decay: WeightDecay = 0.01
