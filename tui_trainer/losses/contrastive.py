"""The contrastive loss on pairs pulls pairs of one subject together and pushes others apart by a margin.

L = y·d² + (1 − y)·max(0, margin − d)² with the distance d of the two embeddings, and y = 1 for a pair of one subject
(Hadsell 2006, with a factor ½ and the opposite y).
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import Case, Cases, Equation, Expression, Symbol, largest
from tui_trainer.layers.call import Call
from tui_trainer.losses.loss import Loss, Output
from tui_trainer.setting import FACTOR, setting

Margin = Annotated[
    float,
    Meta(gt=0, le=100),
    setting("Distance beyond which different subjects no longer repel.", order=290, step=FACTOR),
]

D, MARGIN, Y = Symbol("d"), Symbol("margin"), Symbol("y")


class Contrastive(Loss, frozen=True, tag="contrastive"):
    """Both members of a pair pass through one network: columns 0 … B−1 hold the left members, B … 2B−1 the right."""

    title: ClassVar[str] = "contrastive"
    default_for: ClassVar[frozenset[str]] = frozenset({"embedding"})
    formula: ClassVar[Expression] = Cases(
        (Case("together", Y, D**2), Case("apart", 1 - Y, largest(0, MARGIN - D) ** 2)),
    )
    tasks: ClassVar[frozenset[str]] = frozenset({"embedding"})
    pairs: ClassVar[bool] = True

    margin: Margin = 1.0

    def output_count(self, targets: int) -> int:
        return 2  # a plane, so that the screen can show it

    def encode(self, targets: Array, count: int, output: Output) -> Array:
        """The subjects, (examples, 1). Whether a pair is of one subject is decided when it is drawn."""
        return targets.reshape(-1, 1).astype(np.float64)

    def predictions(self, z: Array, output: Output) -> Array:
        return z

    def values(self, z: Array, y: Array, output: Output) -> Array:
        """z (…, 2, 2·batch), y (…, 1, batch) → (…, batch)."""
        batch = z.shape[-1] // 2
        distance = np.sqrt(np.square(z[..., :batch] - z[..., batch:]).sum(axis=-2))
        together = y[..., 0, :]
        losses: Array = together * np.square(distance) + (1 - together) * np.square(
            np.maximum(0, self.margin - distance)
        )
        return losses

    def gradient(self, z: Array, y: Array, out: Array, output: Output) -> list[Call]:
        """∂L/∂left = [2y − 2(1 − y)·max(0, margin − d)/d]·(left − right)/batch; ∂L/∂right is its negative."""
        batch = z.shape[1] // 2
        difference, square = np.empty((len(z), batch), z.dtype), np.empty((len(z), batch), z.dtype)
        distance, pull, apart = (np.empty(batch, z.dtype) for _ in range(3))
        ones = np.ones(len(z), z.dtype)
        zero, one, scale = (np.array(v, z.dtype) for v in (0, 1, 2 / batch))
        tiny = np.array(np.finfo(z.dtype).tiny ** 0.5, z.dtype)  # avoids 0/0 for two embeddings at one point
        return [
            (np.subtract, (z[:, :batch], z[:, batch:], difference)),
            (np.multiply, (difference, difference, square)),
            (ones.dot, (square, distance)),
            (np.sqrt, (distance, distance)),
            (partial(np.maximum, out=distance), (distance, tiny)),
            (np.subtract, (np.array(self.margin, z.dtype), distance, pull)),
            (partial(np.maximum, out=pull), (pull, zero)),
            (np.divide, (pull, distance, pull)),
            (np.subtract, (one, y[0], apart)),
            (np.multiply, (pull, apart, pull)),
            (np.subtract, (y[0], pull, pull)),
            (np.multiply, (pull, scale, pull)),
            (np.multiply, (difference, pull, out[:, :batch])),
            (np.negative, (out[:, :batch], out[:, batch:])),
        ]

    def base(self, y: Array) -> float:
        """All embeddings at one point: pairs of one subject cost 0, the other half of the pairs margin²."""
        return 0.5 * self.margin**2

    def filled(self, z: Array, p: Array, y: Array, value: float) -> Equation:
        distance = float(np.linalg.norm(z[:, 0] - z[:, 1]))
        return self.formula.comes_to(value, {"y": float(y[0]), "d": distance, "margin": self.margin})
