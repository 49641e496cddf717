"""A set of examples for evaluations, prepared for the network and the loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.losses import Loss
from tui_trainer.losses.loss import Output


class EvaluationSet:
    """Prepared inputs, encoded targets, labels."""

    def __init__(self, inputs: Array, targets: Array, labels: Array, loss: Loss, output: Output) -> None:
        """`inputs` (n, features), `targets` (n, outputs), `labels` (n,) class numbers or values."""
        self.inputs, self.targets, self.labels = inputs, targets.T, labels
        self.loss, self.output = loss, output

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def can_be_evaluated(self) -> bool:
        """Whether there is an example, or a pair of examples if the loss compares pairs."""
        return len(self) > (1 if self.loss.pairs else 0)

    def losses(self, z: Array) -> Array:
        """The loss of every example (or of every pair, weighted so that each kind counts half), float64.

        `z` (outputs, n): the outputs of the network before an output function.
        """
        z = z.astype(np.float64)
        with np.errstate(all="ignore"):
            if not self.loss.pairs:
                return self.loss.values(z, self.targets, self.output)
            left, right = np.triu_indices(len(self), 1)
            together = (self.labels[left] == self.labels[right]).astype(np.float64)
            pairs = np.concatenate([z[:, left], z[:, right]], axis=1)
            values = self.loss.values(pairs, together[None], self.output)
            share = max(together.mean(), 1e-12)
            balanced: Array = values * np.where(together > 0, 0.5 / share, 0.5 / max(1 - share, 1e-12))
            return balanced

    def accuracy(self, z: Array, classes: int) -> float | None:
        """Share of right predictions; None for a regression or an embedding."""
        if classes < 2 or self.loss.pairs or not len(self):
            return None
        return float((predicted_classes(z, self.loss, self.output) == self.labels).mean())

    def base(self) -> float:
        """The loss of the best constant prediction."""
        return self.loss.base(self.targets)


def predicted_classes(z: Array, loss: Loss, output: Output) -> NDArray[np.int64]:
    """The class that the network predicts for each column of z (outputs, examples)."""
    if len(z) > 1:
        best: NDArray[np.int64] = z.argmax(axis=0)
        return best
    middle = 0.0 if output == "tanh" else 0.5
    return np.asarray(loss.predictions(z, output)[0] > middle, dtype=np.int64)
