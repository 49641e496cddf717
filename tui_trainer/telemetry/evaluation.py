"""What is measured at an evaluation, and the bounded log of all evaluations of a run.

Evaluations happen at iterations that the configuration alone fixes, so the same seed gives the same log on one kind of
processor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class LayerMeasures(Struct, frozen=True, kw_only=True):
    """One linear layer at an evaluation. Norms are Euclidean, over the weights without the biases."""

    name: str
    """"layer 1" is the one next to the input."""
    weight_norm: float
    gradient_norm: float
    """Of the true gradient of the last mini-batch, penalties included, before clipping."""
    gradient_rms: float
    """`gradient_norm` divided by the square root of the number of weights."""
    update_ratio: float
    """‖last update‖ / ‖weights‖; 0 before the first update."""
    activation: str
    """Of this layer's units: "relu", …; "linear" for an output layer of logits."""
    dead_share: float | None = None
    """Share of a hidden layer's units that are ≤ 0 on every probe row (relu only)."""
    saturated_share: float | None = None
    """Share of a hidden layer's outputs in the flat ends, |tanh| > 0.95 (tanh and sigmoid only)."""


class Evaluation(Struct, frozen=True, kw_only=True):
    """The whole training and validation set seen in evaluation mode (no dropout, no augmentation, no penalty)."""

    iteration: int
    epoch: int
    """Epochs completed."""
    train_loss: float
    validation_loss: float | None
    train_accuracy: float | None
    validation_accuracy: float | None
    learning_rate: float
    base_loss: float
    """Training loss of the best constant answer."""
    layers: tuple[LayerMeasures, ...]
    validation_error: float | None = None
    """Standard error of `validation_loss` over the validation examples; None for one, which says nothing of others."""
    validation_examples: int | None = None
    """Held-out examples that `validation_loss` is a mean over; None where nobody knows."""
    penalty: float = 0.0
    """l1·Σ|w| + ½·l2·Σw² over the weights: what is minimised beside the training loss, and part of no loss here."""
    epoch_loss: float | None = None
    """Mean of the batch losses of the last epoch that is complete, each before its update; None in the first."""
    gradient_norm: float = 0.0
    """Of the whole weight gradient (biases included)."""
    units_equal: bool = False
    """Whether the incoming weights of all units of some hidden layer are equal but for rounding: symmetry unbroken."""
    step_quality: float | None = None
    """−(g₁·s)/(g₀·s) of the last update s on its own batch: −1 a short step, 0 the valley's bottom, 1 the far wall."""


class Evaluations(Struct, frozen=True, kw_only=True):
    """The curve of all evaluations so far, one array entry each (NaN where there is no such number), oldest first."""

    iteration: NDArray[np.int64]
    train_loss: Floats
    validation_loss: Floats
    train_accuracy: Floats
    validation_accuracy: Floats
    penalty: Floats
    gradient_norms: Floats
    """(layers, evaluations): of the weights of every layer, as `LayerMeasures` has it."""
    update_ratios: Floats
    """(layers, evaluations): likewise."""
    latest: Evaluation | None = None
    best: Evaluation | None = None
    """The evaluation with the lowest validation loss; None where there is no validation set."""


_COLUMNS = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "penalty")
_OF_LAYERS = ("gradient_norm", "update_ratio")


class EvaluationLog:
    """Bounded memory of evaluations: when full, every second of the older half is dropped (`best` is kept apart).

    What has been written is never written over: where entries go, the rest moves to arrays of its own. So a view needs
    no copy, of which there would be many a second, and another thread may read it.
    """

    def __init__(self, capacity: int = 1024) -> None:
        self._iteration = np.empty(capacity, dtype=np.int64)
        self._values = np.empty((len(_COLUMNS), capacity))
        self._of_layers = np.empty((len(_OF_LAYERS), 0, capacity))
        self._count = 0
        self.first: Evaluation | None = None
        self.latest: Evaluation | None = None
        self.best: Evaluation | None = None
        self._best_loss = np.inf

    def append(self, evaluation: Evaluation) -> None:
        """Add one; its iteration must be larger than the last one's."""
        if self._count == len(self._iteration):
            self._thin()
        self._iteration[self._count] = evaluation.iteration
        for row, name in enumerate(_COLUMNS):
            value = getattr(evaluation, name)
            self._values[row, self._count] = np.nan if value is None else value
        if not self._count:  # the number of layers is known from the first on
            self._of_layers = np.empty((len(_OF_LAYERS), len(evaluation.layers), len(self._iteration)))
        for row, name in enumerate(_OF_LAYERS):
            self._of_layers[row, :, self._count] = [getattr(layer, name) for layer in evaluation.layers]
        self._count += 1
        self.first = self.first or evaluation
        self.latest = evaluation
        loss = self._values[1, self._count - 1]
        if np.isfinite(loss) and (self.best is None or loss < self._best_loss):
            self.best, self._best_loss = evaluation, loss

    def view(self) -> Evaluations:
        """The curve so far; what is appended later does not show in it."""
        values = self._values[:, : self._count]
        gradient_norms, update_ratios = self._of_layers[:, :, : self._count]
        return Evaluations(
            iteration=self._iteration[: self._count],
            train_loss=values[0],
            validation_loss=values[1],
            train_accuracy=values[2],
            validation_accuracy=values[3],
            penalty=values[4],
            gradient_norms=gradient_norms,
            update_ratios=update_ratios,
            latest=self.latest,
            best=self.best,
        )

    def cut(self, iteration: int) -> None:
        """Forget the evaluations after `iteration`."""
        self._keep(slice(int(np.searchsorted(self._iteration[: self._count], iteration, side="right"))))
        if self.best is not None and self.best.iteration > iteration:
            self.best = None
            losses = self._values[1, : self._count]
            if np.isfinite(losses).any():
                place = int(np.nanargmin(np.where(np.isfinite(losses), losses, np.nan)))
                self.best, self._best_loss = self._summary(place), losses[place]
        if self.latest is not None and self.latest.iteration > iteration:
            self.latest = self._summary(self._count - 1) if self._count else None

    def _summary(self, place: int) -> Evaluation:
        """An evaluation out of the columns, without what they do not hold."""
        numbers = [None if np.isnan(v) else float(v) for v in self._values[:, place]]
        return Evaluation(
            iteration=int(self._iteration[place]),
            epoch=0,
            train_loss=float(self._values[0, place]),
            validation_loss=numbers[1],
            train_accuracy=numbers[2],
            validation_accuracy=numbers[3],
            penalty=float(self._values[4, place]),
            learning_rate=0.0,
            base_loss=self.first.base_loss if self.first else 0.0,
            layers=(),
        )

    def _thin(self) -> None:
        half = self._count // 2
        self._keep(np.r_[0:half:2, half : self._count])

    def _keep(self, places: NDArray[np.intp] | slice) -> None:
        """Go on with these entries, in new arrays."""
        kept = [each[..., : self._count][..., places] for each in self._arrays]
        self._count = len(kept[0])
        self._iteration, self._values, self._of_layers = (np.empty_like(each) for each in self._arrays)
        for array, entries in zip(self._arrays, kept, strict=True):
            array[..., : self._count] = entries

    @property
    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self._iteration, self._values, self._of_layers
