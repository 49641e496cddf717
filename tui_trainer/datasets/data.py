"""The arrays of a run: a training and a validation set, made from the configuration of a data set and a seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Dataset, Examples, Part, Task
from tui_trainer.datasets.preparation import Preparation, fit_preparation
from tui_trainer.randomness import Purpose, generator
from tui_trainer.tables.recipe import Recipe
from tui_trainer.tables.table import RowWord


class Data(Struct, frozen=True, kw_only=True, eq=False, weakref=True):
    """A training and a validation set. All arrays are read-only, and float64 but for the inputs of a large table (see
    `Recipe.precision`)."""

    name: str
    """What they are called on the screen."""
    task: Task
    train_inputs: Floats
    """(n, columns), raw: with feature scale, before feature expansion and standardising. The screen shows these."""
    train_targets: Floats
    """(n,): class (or subject) numbers from 0, or the values of a regression."""
    kept: NDArray[np.int64]
    """The numbers, among the training examples as drawn, of those that were not left out; examples added by hand come
    after them."""
    validation_inputs: Floats
    """Like `train_inputs`; no rows without a validation set."""
    validation_targets: Floats
    """Like `train_targets`; no rows without a validation set."""
    drawn: tuple[Floats, Floats]
    """Both inputs before the feature scale, as changed by hand. They decide whether two runs have the same examples."""
    class_names: tuple[str, ...]
    input_names: tuple[str, ...]
    extent: tuple[Floats, Floats]
    """Lowest and highest raw input of each column in all that was drawn, so that maps stand still under a hand."""
    unit: str
    """The unit of the inputs; "" if there is none worth naming."""
    image_shape: tuple[int, int] | None
    texts: tuple[str, ...]
    """The training rows, then the validation rows, as texts; empty if rows are not texts."""
    sources: tuple[tuple[str, int], ...]
    """Name and number of inputs of each column of the source."""
    preparation: Preparation
    """Turns raw inputs of any point into the inputs of the network."""
    recipe: Recipe | None = None
    """How a row of the person's table becomes inputs. The targets of a regression on it are standardised."""
    lines: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
    """The line of the person's file of every example: of those drawn for training, of which `kept` stay, and of the
    validation set."""
    row_word: RowWord = "line"
    """What `lines` are: rows of arrays, else lines of a file."""

    def in_units(self, values: NDArray[Any]) -> NDArray[Any]:
        """Targets, or predictions of a regression, in the units of the person's table; other ones as they are."""
        recipe = self.recipe
        return values if recipe is None or recipe.classes else values * recipe.target_scale + recipe.target_mean

    @property
    def target_scale(self) -> float | None:
        """What an error of 1 is in the units of the person's table; None for other data and for classes."""
        return None if self.recipe is None or self.recipe.classes else self.recipe.target_scale

    @property
    def network_input_names(self) -> tuple[str, ...]:
        return self.preparation.names


def make(dataset: Dataset, seed: int) -> Data:
    """The data of this configuration under the run's `seed`, in [0, 2**32), or under the data set's own seed.

    Raises `SettingError`.
    """
    dataset.check()
    seed = seed if dataset.seed is None else dataset.seed
    training, validation = dataset.draw(seed)
    scale = np.asarray(dataset.feature_scale)
    labels = _flip_labels(dataset, training.targets, seed, Part.TRAINING)

    def scaled(inputs: Floats) -> Floats:
        # Without a scale the arrays are shared, since images and tables are large.
        return inputs if np.all(scale == 1) else inputs * scale

    before, validation_inputs = scaled(training.inputs), scaled(validation.inputs)
    filled = [each for each in (before, validation_inputs) if len(each)]
    extent = (
        np.min([each.min(axis=0) for each in filled], axis=0),
        np.max([each.max(axis=0) for each in filled], axis=0),
    )
    preparation = fit_preparation(before, dataset.input_names, dataset.features, dataset.standardizes)
    kept = np.delete(np.arange(len(labels)), dataset.without)
    training, train_targets = _by_hand(dataset, training, labels, kept)
    drawn = training.inputs, validation.inputs
    train_inputs = before if drawn[0] is before else scaled(drawn[0])
    # Both sets have the same share of wrong labels.
    validation_targets = _flip_labels(dataset, validation.targets, seed, Part.VALIDATION)
    recipe = dataset.fitted_recipe(seed)
    if recipe is not None and not recipe.classes:
        train_targets = (train_targets - recipe.target_mean) / recipe.target_scale
        validation_targets = (validation_targets - recipe.target_mean) / recipe.target_scale
    for array in (*drawn, train_inputs, train_targets, validation_inputs, validation_targets):
        array.setflags(write=False)
    return Data(
        name=dataset.title,
        task=dataset.task,
        train_inputs=train_inputs,
        train_targets=train_targets,
        kept=kept,
        validation_inputs=validation_inputs,
        validation_targets=validation_targets,
        drawn=drawn,
        class_names=dataset.class_names,
        input_names=dataset.input_names,
        extent=extent,
        unit=dataset.unit,
        image_shape=dataset.image_shape,
        texts=training.texts + validation.texts,
        sources=dataset.sources,
        preparation=preparation,
        recipe=recipe,
        lines=dataset.lines(seed),
        row_word=dataset.row_word,
    )


def _by_hand(dataset: Dataset, drawn: Examples, labels: Floats, kept: NDArray[np.int64]) -> tuple[Examples, Floats]:
    """The training examples and their targets: the `kept` ones of the drawn, then those added by hand."""
    if not dataset.extra and not dataset.without:
        return drawn, labels
    added = np.array(dataset.added, dtype=np.float64).reshape(-1, drawn.inputs.shape[1] + 1)
    inputs = np.concatenate([drawn.inputs[kept], added[:, :-1]])
    texts = tuple(drawn.texts[number] for number in kept) if drawn.texts else ()
    targets = np.concatenate([labels[kept], added[:, -1]])
    return Examples(inputs, targets, texts), targets


def _flip_labels(dataset: Dataset, targets: Floats, seed: int, part: Part) -> Floats:
    """A copy of the targets in which exactly the share `label_noise` has another class.

    All other classes are equally likely. A larger share includes the flips of a smaller one.
    """
    random = generator(seed, Purpose.LABEL_NOISE, part)
    flipped = np.zeros(len(targets), dtype=np.bool_)
    flipped[random.permutation(len(targets))[: round(dataset.label_noise * len(targets))]] = True
    if not flipped.any():
        return targets.copy()
    classes = len(dataset.class_names)
    other = (targets + random.integers(1, classes, len(targets))) % classes
    return np.where(flipped, other, targets)
