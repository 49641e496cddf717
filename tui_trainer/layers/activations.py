"""Activation functions, each with its derivative next to it.

`h` holds z = Wᵀa + b before `forward` and f(z) after it. Then `derivative` turns `d` into f′(z). All arrays have one
shape. `forward` may store in `d` what the derivative needs; `t` is scratch. Layers with the same activation lie in one
flat buffer, so one list of calls computes the derivative of all of them.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import HALF, PI, E, Expression, Symbol, largest, least, root, tanh
from tui_trainer.layers.call import Call

Z = Symbol("z")


class Activation(Protocol):
    """A function of one number, applied to arrays in place."""

    name: str
    rectifies: bool
    """Whether a unit that is ≤ 0 on all data passes (almost) no gradient back, and so can be dead."""
    saturates: bool
    """Whether the function is flat at both ends."""
    initializer: str
    """The initializer that preserves the size of signals: "he" or "xavier"."""

    @property
    def formula(self) -> Expression:
        """f(z)."""

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        """h ← f(h)."""

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        """d ← f′(z), given h = f(z) and what `forward` has stored in d."""


def _number(value: float, like: Array) -> Array:
    """A 0-d array, which NumPy handles in half the time of a Python float."""
    return np.array(value, dtype=like.dtype)


class Relu:
    """max(0, z); 1 where z > 0, else 0 (the subgradient 0 at 0, as in PyTorch)."""

    name, rectifies, saturates = "relu", True, False
    formula = largest(0, Z)
    initializer = "he"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(partial(np.maximum, out=h), (h, _number(0, h)))]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        # np.sign would give the same, since h is never negative, but takes two to three times as long.
        positive = t.view(np.bool_).ravel()[: t.size].reshape(t.shape)  # t is contiguous: a view
        return [(np.greater, (h, _number(0, h), positive)), (d.__setitem__, (..., positive))]


class LeakyRelu:
    """max(0.01·z, z); 1 where z > 0, else 0.01."""

    name, rectifies, saturates = "leaky_relu", False, False
    formula = largest(0.01 * Z, Z)
    initializer = "he"
    slope = 0.01

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(np.multiply, (h, _number(self.slope, h), t)), (partial(np.maximum, out=h), (h, t))]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        # (sign + 1)/2 would be ½ at 0. PyTorch takes the leak there, so heaviside is used.
        return [
            (np.heaviside, (h, _number(0, h), d)),
            (np.multiply, (d, _number(1 - self.slope, h), d)),
            (np.add, (d, _number(self.slope, h), d)),
        ]


class Tanh:
    """tanh(z); 1 − h²."""

    name, rectifies, saturates = "tanh", False, True
    formula = tanh(Z)
    initializer = "xavier"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(np.tanh, (h, h))]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(np.multiply, (h, h, d)), (np.subtract, (_number(1, h), d, d))]


class Sigmoid:
    """1/(1 + e⁻ᶻ), computed as ½·tanh(z/2) + ½, which cannot overflow; h·(1 − h)."""

    name, rectifies, saturates = "sigmoid", False, True
    formula = 1 / (1 + E ** (-Z))
    initializer = "xavier"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        half = _number(0.5, h)
        return [
            (np.multiply, (h, half, h)),
            (np.tanh, (h, h)),
            (np.multiply, (h, half, h)),
            (np.add, (h, half, h)),
        ]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(np.subtract, (_number(1, h), h, d)), (np.multiply, (d, h, d))]


class Linear:
    """z; 1."""

    name, rectifies, saturates = "linear", False, False
    formula = Z
    initializer = "xavier"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        return []

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(d.fill, (1,))]


class Elu:
    """z where z > 0, else eᶻ − 1 (Clevert 2015, α = 1); 1 where z > 0, else h + 1 = eᶻ."""

    name, rectifies, saturates = "elu", False, False
    formula = largest(0, Z) + least(0, E**Z - 1)
    initializer = "he"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        zero = _number(0, h)
        return [
            (partial(np.minimum, out=d), (h, zero)),
            (np.expm1, (d, d)),  # d = eᶻ − 1 where z < 0, 0 elsewhere
            (partial(np.maximum, out=h), (h, zero)),
            (np.add, (h, d, h)),
        ]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [(np.add, (d, _number(1, h), d))]


class Silu:
    """z·σ(z) (Elfwing 2017; "swish"); σ + h·(1 − σ)."""

    name, rectifies, saturates = "silu", False, False
    formula = Z / (1 + E ** (-Z))
    initializer = "he"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        half = _number(0.5, h)
        return [
            (np.multiply, (h, half, d)),
            (np.tanh, (d, d)),
            (np.multiply, (d, half, d)),
            (np.add, (d, half, d)),  # d = σ(z)
            (np.multiply, (h, d, h)),
        ]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        return [
            (np.subtract, (_number(1, h), d, t)),
            (np.multiply, (t, h, t)),
            (np.add, (d, t, d)),
        ]


class Gelu:
    """½z(1 + tanh u), u = √(2/π)(z + 0.044715 z³): the tanh form of Hendrycks 2016, PyTorch's approximate="tanh".

    The derivative ½(1 + tanh u) + ½z(1 − tanh² u)·√(2/π)(1 + 0.134145 z²) needs z, which `forward` overwrites. So
    `forward` computes the derivative too.
    """

    name, rectifies, saturates = "gelu", False, False
    formula = HALF * Z * (1 + tanh(root(2 / PI) * (Z + 0.044715 * Z**3)))
    initializer = "he"

    def forward(self, h: Array, d: Array, t: Array) -> list[Call]:
        root, cubic = (2 / np.pi) ** 0.5, 0.044715
        one, half = _number(1, h), _number(0.5, h)
        return [
            (np.multiply, (h, h, d)),
            (np.multiply, (d, _number(root * cubic, h), t)),
            (np.add, (t, _number(root, h), t)),
            (np.multiply, (t, h, t)),
            (np.tanh, (t, t)),  # t = tanh u
            (np.multiply, (d, _number(3 * root * cubic, h), d)),
            (np.add, (d, _number(root, h), d)),
            (np.multiply, (d, h, d)),  # d = z·du/dz
            (np.multiply, (h, half, h)),  # h = z/2
            (np.multiply, (d, half, d)),
            (np.add, (t, one, t)),  # t = 1 + tanh u
            (np.multiply, (h, t, h)),  # h = f(z)
            (np.multiply, (d, t, d)),
            (np.subtract, (_number(2, h), t, t)),  # t = 1 − tanh u
            (np.multiply, (d, t, d)),  # d = ½z·du/dz·(1 − tanh² u)
            (np.multiply, (t, half, t)),
            (np.subtract, (d, t, d)),
            (np.add, (d, one, d)),  # + ½(1 + tanh u) = 1 − ½(1 − tanh u)
        ]

    def derivative(self, h: Array, d: Array, t: Array) -> list[Call]:
        return []
