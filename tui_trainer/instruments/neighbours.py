"""The error of predicting an example from its nearest neighbours: a network should do at least as well."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.instruments.instrument import Instrument, Moment

NEIGHBOURS = 5
MOST_ROWS = 2_000
"""Number of examples, the first of the set, that are compared with one another. Takes some 40 ms."""
PIECE = 200
"""Examples whose neighbours are put in order at once."""


def neighbours_error(examples: EvaluationSet, classes: int) -> float | None:
    """The leave-one-out error of the mean of `NEIGHBOURS` nearest neighbours on standardised inputs: the share of
    wrong classes, or the mean squared error of a regression. None for too few examples."""
    inputs = examples.inputs[:MOST_ROWS].astype(np.float32)
    labels = np.asarray(examples.labels[:MOST_ROWS])
    if len(inputs) < 3 * NEIGHBOURS:
        return None
    inputs = inputs - inputs.mean(axis=0)
    inputs /= np.maximum(inputs.std(axis=0), 1e-12)
    squares = (inputs * inputs).sum(axis=1)
    distances = squares[:, None] + squares - 2 * (inputs @ inputs.T)
    np.fill_diagonal(distances, np.inf)
    pieces = np.split(distances, range(PIECE, len(distances), PIECE))  # the order takes twice the memory of distances
    nearest = np.concatenate([np.argpartition(piece, NEIGHBOURS, axis=1)[:, :NEIGHBOURS] for piece in pieces])
    if classes < 2:
        values = labels.reshape(len(labels), -1)
        return float(((values[nearest].mean(axis=1) - values) ** 2).mean())
    votes = (labels[nearest][:, :, None] == np.arange(classes)).sum(axis=1)
    return float((votes.argmax(axis=1) != labels).mean())


def _neighbours_error(moment: Moment) -> float | None:
    if not moment.is_start or moment.train_set.loss.pairs:
        return None
    return neighbours_error(moment.train_set, moment.classes)


def _constant_error(moment: Moment) -> float | None:
    if not moment.is_start or moment.train_set.loss.pairs:
        return None
    labels = np.asarray(moment.train_set.labels)
    if moment.classes < 2:
        return float(labels.reshape(len(labels), -1).var(axis=0).mean())
    return float(1 - np.bincount(labels.astype(np.int64)).max() / len(labels))


def _train_error(moment: Moment) -> float | None:
    train_set = moment.train_set
    if train_set.loss.pairs or moment.earlier is None:
        return None
    if moment.classes > 1:
        return None if moment.train_accuracy is None else 1 - moment.train_accuracy
    predictions: Array = train_set.loss.predictions(moment.train_outputs.astype(np.float64), train_set.output)
    return float(((predictions - train_set.targets) ** 2).mean())


NEIGHBOURS_ERROR = Instrument(
    name="neighbours_error",
    help=f"The error of guessing a training example from its {NEIGHBOURS} nearest neighbours: share of wrong classes, "
    f"or mean squared error.",
    measure=_neighbours_error,
    judged_only=True,
    cost=f"once; all distances between {MOST_ROWS:,} examples at most",
)
CONSTANT_ERROR = Instrument(
    name="constant_error",
    help="The error of always giving the same answer, the best one: share of wrong classes, or mean squared error.",
    measure=_constant_error,
    judged_only=True,
)
TRAIN_ERROR = Instrument(
    name="train_error",
    help="The share of wrong classes on the training set, or the mean squared error of a regression.",
    measure=_train_error,
    judged_only=True,
)
