"""A set of examples for evaluations, prepared for the network and the loss."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.losses import Loss
from tui_trainer.losses.loss import Output

PROBE_EXAMPLES = 256
"""Number of training examples, the first of the set, on which the activity of units is measured."""
MOST_EVALUATED = 50_000
"""Examples of a set that an evaluation measures: more would cost more than the training between two evaluations, and a
share measured on this many has an error below a quarter of a percent."""


def sample_step(examples: int) -> int:
    """The step from one evaluated example to the next among `examples`, so that the sample is spread over all of
    them."""
    return max(-(-examples // MOST_EVALUATED), 1)


def sample_words(*sizes: int) -> str:
    """ "evaluated on 50,000 + 20,000" if one of the sets, of these sizes, is so large that evaluations measure a sample
    of it; else ""."""
    if max(sizes) <= MOST_EVALUATED:
        return ""
    return "evaluated on " + " + ".join(f"{-(-size // sample_step(size)):,}" for size in sizes if size)


class EvaluationSet:
    """Prepared inputs, encoded targets, labels."""

    def __init__(self, rows: Array, targets: Array, labels: Array, loss: Loss, output: Output) -> None:
        """`rows` (n, features + 1) inputs and a last column of ones, `targets` (n, outputs), `labels` (n,) class
        numbers or values."""
        self.rows, self.inputs, self.targets, self.labels = rows, rows[:, :-1], targets.T, labels
        self.loss, self.output = loss, output
        self.probe = self.inputs[:PROBE_EXAMPLES]

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def step(self) -> int:
        """The step from one evaluated example to the next: 1 for all of them."""
        return sample_step(len(self))

    @cached_property
    def sample(self) -> EvaluationSet:
        """The examples that evaluations measure, always the same ones."""
        step = self.step
        if step == 1:
            return self
        return EvaluationSet(self.rows[::step], self.targets.T[::step], self.labels[::step], self.loss, self.output)

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
        return share(self.right(z))

    def right(self, z: Array) -> NDArray[np.bool_]:
        """(n,): which examples are classified correctly. `z` as for `losses`."""
        right: NDArray[np.bool_] = predicted_classes(z, self.loss, self.output) == self.labels
        return right

    def followed_by(self, other: EvaluationSet) -> EvaluationSet:
        """The examples of both sets, which share loss and output, in a new set."""
        return EvaluationSet(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.targets, other.targets], axis=1).T,
            np.concatenate([self.labels, other.labels]),
            self.loss,
            self.output,
        )

    def base(self) -> float:
        """The loss of the best constant prediction."""
        return self.loss.base(self.targets)


def share(which: NDArray[np.bool_]) -> float:
    """The share of those that are true, of (n,), n ≥ 1."""
    return int(np.count_nonzero(which)) / len(which)


def predicted_classes(z: Array, loss: Loss, output: Output) -> NDArray[np.int64]:
    """The class that the network predicts for each column of z (outputs, examples)."""
    if len(z) > 1:
        best: NDArray[np.int64] = z.argmax(axis=0)
        return best
    middle = 0.0 if output == "tanh" else 0.5
    return np.asarray(loss.predictions(z, output)[0] > middle, dtype=np.int64)
