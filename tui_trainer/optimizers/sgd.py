"""Stochastic gradient descent (Robbins and Monro 1951): a step against the gradient of the mini-batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.layers.call import Call
from tui_trainer.optimizers.optimizer import Optimizer


class Sgd(Optimizer, frozen=True, tag="sgd"):
    """u = −learning_rate·g."""

    title: ClassVar[str] = "SGD"

    def update(self, g: Array, u: Array, slots: Sequence[Array], c: Sequence[Array]) -> list[Call]:
        return [(np.multiply, (g, c[0], u))]

    @property
    def alternating_gain(self) -> float:
        return 1.0
