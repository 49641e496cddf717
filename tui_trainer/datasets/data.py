"""What a run trains on: the arrays that a dataset's configuration and a seed give."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Dataset, Part, Task
from tui_trainer.datasets.preparation import Preparation, fit_preparation
from tui_trainer.randomness import Purpose, generator


class Data(Struct, frozen=True, kw_only=True, eq=False, weakref=True):
    """A training and a validation set. All arrays are float64 unless said otherwise, and read-only."""

    name: str
    task: Task
    train_inputs: Floats
    """(n, columns), raw: with feature scale, but before feature expansion and standardising. Show these."""
    train_targets: Floats
    """(n,): class (or subject) numbers from 0, or values for a regression."""
    validation_inputs: Floats
    validation_targets: Floats
    """As for training; no rows where there is no validation set."""
    drawn: tuple[Floats, Floats]
    """Both inputs before the feature scale: whether two runs have the same examples, in whatever unit."""
    class_names: tuple[str, ...]
    input_names: tuple[str, ...]
    unit: str
    """What the inputs are measured in; "" where nobody would ask."""
    image_shape: tuple[int, int] | None
    texts: tuple[str, ...]
    """The training rows, then the validation rows, as texts; empty where rows are no texts."""
    preparation: Preparation
    """Turns raw inputs, of these sets or of any other point, into what the network gets."""

    @property
    def network_input_names(self) -> tuple[str, ...]:
        return self.preparation.names


def make(dataset: Dataset, seed: int) -> Data:
    """The data of this configuration under the run's `seed`, in [0, 2**32), or under the dataset's own.

    Raises `SettingError`.
    """
    dataset.check()
    seed = seed if dataset.seed is None else dataset.seed
    training, validation = dataset.draw(seed)
    scale = np.asarray(dataset.feature_scale)
    drawn = training.inputs, validation.inputs
    # Without a scale they are the same arrays: images are many numbers.
    train_inputs, validation_inputs = drawn if np.all(scale == 1) else (drawn[0] * scale, drawn[1] * scale)
    train_targets = _flip_labels(dataset, training.targets, seed, Part.TRAINING)
    # Both sets come from one world: where a fifth of the labels is wrong, so is a fifth of those that judge.
    validation_targets = _flip_labels(dataset, validation.targets, seed, Part.VALIDATION)
    for array in (*drawn, train_inputs, train_targets, validation_inputs, validation_targets):
        array.setflags(write=False)
    return Data(
        name=dataset.name,
        task=dataset.task,
        train_inputs=train_inputs,
        train_targets=train_targets,
        validation_inputs=validation_inputs,
        validation_targets=validation_targets,
        drawn=drawn,
        class_names=dataset.class_names,
        input_names=dataset.input_names,
        unit=dataset.unit,
        image_shape=dataset.image_shape,
        texts=training.texts + validation.texts,
        preparation=fit_preparation(train_inputs, dataset.input_names, dataset.features, dataset.standardize),
    )


def _flip_labels(dataset: Dataset, targets: Floats, seed: int, part: Part) -> Floats:
    """A copy of the targets with exactly `label_noise` of them moved to another class.

    All other classes are equally likely, and a larger share keeps the flips of a smaller one.
    """
    random = generator(seed, Purpose.LABEL_NOISE, part)
    flipped = np.zeros(len(targets), dtype=np.bool_)
    flipped[random.permutation(len(targets))[: round(dataset.label_noise * len(targets))]] = True
    if not flipped.any():
        return targets.copy()
    classes = len(dataset.class_names)
    other = (targets + random.integers(1, classes, len(targets))) % classes
    return np.where(flipped, other, targets)
