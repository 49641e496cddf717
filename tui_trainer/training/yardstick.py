"""By what a run is measured: its loss in words, and which examples its training and its validation set are."""

from __future__ import annotations

from hashlib import blake2b
from weakref import WeakKeyDictionary

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tui_trainer.datasets import Data
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.experiment.words import words_of
from tui_trainer.telemetry.lead import ExampleSet, Yardstick
from tui_trainer.training.trainer import Trainer

_KNOWN: WeakKeyDictionary[Data, tuple[ExampleSet, ExampleSet]] = WeakKeyDictionary()
"""The sets of data that are in use: a digest of many examples takes milliseconds, and a screen asks at every frame."""


def yardstick(trainer: Trainer) -> Yardstick:
    """Of a run, whose loss and examples stay what they are as long as it lives."""
    data = trainer.data
    if data not in _KNOWN:
        _KNOWN[data] = (
            _examples(data.drawn[0], data.train_targets),
            _examples(data.drawn[1], data.validation_targets),
        )
    train, validation = _KNOWN[data]
    return Yardstick(loss=loss_words(trainer.experiment), train=train, validation=validation)


def loss_words(experiment: Experiment) -> str:
    """The loss with all that decides what its numbers mean: "Huber (delta 0.01)".

    What is done to the last sum belongs to the network, unless classes are told to the loss by other numbers for it:
    −1 and 1 in place of 0 and 1, whose squared error is four times as large.
    """
    loss, output, classes = experiment.loss, experiment.network.output, len(experiment.data.class_names)
    parameters = structs.asdict(loss).items()
    marks = [f"{words_of(f'loss.{name}').removeprefix('Huber ')} {value!r}" for name, value in parameters]
    if classes > 1:
        numbers = np.arange(float(classes))
        told, usual = (loss.encode(numbers, classes, each) for each in (output, loss.outputs[0]))
        if not np.array_equal(told, usual):
            marks.append(f"classes as {told.min():g} and {told.max():g}".replace("-", "−"))
    return f"{loss.title} ({', '.join(marks)})" if marks else loss.title


def _examples(inputs: NDArray[np.float64], labels: NDArray[np.float64]) -> ExampleSet:
    return ExampleSet(inputs=_digest(inputs), labels=_digest(labels), count=len(inputs))


def _digest(array: NDArray[np.float64]) -> str:
    return blake2b(np.ascontiguousarray(array).tobytes() + repr(array.shape).encode(), digest_size=16).hexdigest()
