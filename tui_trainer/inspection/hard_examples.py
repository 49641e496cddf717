"""The hardest examples, what each column is worth, and predictions in the units of the data, for the data panel."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array, Floats
from tui_trainer.datasets.data import Data
from tui_trainer.datasets.preparation import PLAIN_FEATURES
from tui_trainer.instruments.evaluation_set import EvaluationSet, predicted_classes
from tui_trainer.randomness import Purpose, generator
from tui_trainer.telemetry import ColumnWorth, HardExamples
from tui_trainer.training.trainer import Trainer
from tui_trainer.wording import plain_number

MOST_JUDGED = 2000
"""The largest number of predictions for one picture."""
MOST_LISTED = 100
"""The largest number of examples that are listed by their losses."""
SHUFFLES = 5
"""How often each column is shuffled to see what it is worth."""
AFFORDABLE_PRODUCTS, FEWEST_SHUFFLED = 50_000_000, 50
"""Products of a weight and an input that shuffled columns may cost, some 20 milliseconds, and the examples that are
shuffled whatever it costs: of a few the order hardly matters."""


def hard_examples(trainer: Trainer) -> HardExamples:
    """The examples of both sets with the largest losses, in evaluation mode."""
    data, moment = trainer.data, trainer.moment()
    sets = [(moment.train_set, moment.train_losses, moment.train_outputs)]
    if len(moment.validation_set):
        sets.append((moment.validation_set, moment.validation_losses, moment.validation_outputs))
    losses = np.concatenate([each for _, each, _ in sets])
    worst = np.argsort(-np.where(np.isnan(losses), np.inf, losses), kind="stable")[:MOST_LISTED]
    truth = np.concatenate([each.labels.reshape(len(each), -1)[:, 0] for each, _, _ in sets]).astype(np.float64)
    if data.class_names:
        loss, output = trainer.experiment.loss, trainer.experiment.network.output
        answer = np.concatenate([predicted_classes(z, loss, output) for _, _, z in sets]).astype(np.float64)
    else:
        answer = np.concatenate([predictions(trainer, z)[0] for _, _, z in sets]).astype(np.float64)
    held_out = worst >= len(moment.train_set)
    held_out_number = (worst - len(moment.train_set)) * trainer.validation_set.step
    number = np.where(held_out, held_out_number, worst * trainer.train_set.step)
    return HardExamples(
        number=number,
        line=np.array([line_of(data, *each) for each in zip(number.tolist(), held_out.tolist(), strict=True)]),
        row_word=data.row_word,
        held_out=held_out,
        values=tuple(_in_words(data, *each) for each in zip(number.tolist(), held_out.tolist(), strict=True)),
        loss=losses[worst].astype(np.float32),
        truth=own_unit(data, truth[worst]),
        answer=own_unit(data, answer[worst]),
        examples=len(losses),
    )


def line_of(data: Data, number: int, held_out: bool) -> int:
    """The line of the file in which an example stands; −1 for one added by hand, or where there is no file."""
    if data.lines is None or (not held_out and number >= len(data.kept)):
        return -1
    return int(data.lines[1][number] if held_out else data.lines[0][data.kept[number]])


def _in_words(data: Data, number: int, held_out: bool) -> str:
    """The inputs of an example; "" for an image."""
    if data.image_shape is not None:
        return ""
    if data.texts:
        return data.texts[number + (len(data.train_inputs) if held_out else 0)]
    row = (data.validation_inputs if held_out else data.train_inputs)[number]
    if data.recipe is not None:
        words = data.recipe.in_words(row)
        return ", ".join(words[column] for column in _unusual_first(data, row))
    return ", ".join(f"{name} {plain_number(float(value))}" for name, value in zip(data.input_names, row, strict=True))


def _unusual_first(data: Data, row: Floats) -> list[int]:
    """The columns of a row of a table, those first that lie farthest from their means; as they stand where the inputs
    are not standardised."""
    starts = np.cumsum([0, *(width for _, width in data.sources)])[:-1]
    if not data.preparation.standardizes:
        return list(range(len(starts)))
    distances = np.maximum.reduceat(np.abs(data.preparation.prepare(row[None])[0]), starts)
    order: list[int] = np.argsort(-distances, kind="stable").tolist()
    return order


def column_worth(trainer: Trainer) -> ColumnWorth:
    """What the loss loses with each column of the source, on the validation set if there is one.

    All columns are shuffled in the same orders. A shuffled column changes the sums of the first layer by its own
    weights alone, so only the layers behind it are gone through again.
    """
    data, network, (target, of) = trainer.data, trainer.network, judged(trainer)
    inputs = data.validation_inputs if of == "validation" else data.train_inputs
    parameters = trainer.vectors.parameters
    first = network.views(parameters)[0]
    work = SHUFFLES * (first.size + len(data.sources) * (network.parameter_count - first.size))
    examples = min(len(inputs), MOST_JUDGED, max(AFFORDABLE_PRODUCTS // work, FEWEST_SHUFFLED))
    inputs = inputs[:examples]
    prepared = data.preparation.prepare(inputs).astype(network.dtype)
    sums = prepared @ first[:-1] + first[-1]
    random = generator(trainer.experiment.training.seed, Purpose.IMPORTANCE)
    orders = np.stack([random.permutation(examples) for _ in range(SHUFFLES)])

    def mean_losses(sums: Array) -> Floats:
        """(shuffles,): from the sums (shuffles, examples, units) of the first layer."""
        z = network.outputs_from_first(parameters, sums.reshape(-1, sums.shape[-1]).T.copy()).astype(np.float64)
        targets = np.tile(target.targets[:, :examples], len(sums))
        losses = trainer.experiment.loss.values(z, targets, trainer.experiment.network.output)
        means: Floats = losses.reshape(len(sums), -1).mean(axis=1)
        return means

    def shuffled(columns: slice) -> Array:
        """The sums (shuffles, examples, units) with these columns in the other orders."""
        if data.preparation.features == PLAIN_FEATURES:
            change, weights = prepared[orders, columns] - prepared[:, columns], first[:-1][columns]
        else:
            raw = np.repeat(inputs[None], SHUFFLES, axis=0)
            raw[..., columns] = inputs[orders, columns]
            moved = data.preparation.prepare(raw.reshape(-1, inputs.shape[1])).astype(network.dtype)
            change, weights = moved.reshape(SHUFFLES, examples, -1) - prepared, first[:-1]
        other: Array = sums + change @ weights
        return other

    whole, rises, start = float(mean_losses(sums[None])[0]), [], 0
    for _, width in data.sources:
        rises.append(mean_losses(shuffled(slice(start, start + width))) - whole)
        start += width
    means = np.array([each.mean() for each in rises])
    order = np.argsort(-means, kind="stable")
    return ColumnWorth(
        names=tuple(data.sources[number][0] for number in order),
        rise=means[order].astype(np.float32),
        spread=np.array([rises[number].std() for number in order], dtype=np.float32),
        loss=whole,
        shuffles=SHUFFLES,
        of=of,
        examples=examples,
    )


def judged(trainer: Trainer) -> tuple[EvaluationSet, Literal["validation", "training"]]:
    """The set whose predictions are judged: the validation set if there is one."""
    if len(trainer.validation_set):
        return trainer.validation_set, "validation"
    return trainer.train_set, "training"


def predictions(trainer: Trainer, z: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """The predictions for outputs z, of the same shape: probabilities of a classifier, or values.

    A tanh output learns −1 and 1 for the classes. It is scaled to [0, 1] like a probability.
    """
    output = trainer.experiment.network.output
    predictions = trainer.experiment.loss.predictions(z, output)
    return (predictions + 1) / 2 if trainer.data.class_names and output == "tanh" else predictions


def own_unit(data: Data, values: NDArray[Any]) -> NDArray[np.float32]:
    """Targets or predictions of a regression in the target's own unit."""
    return np.asarray(data.in_units(values), dtype=np.float32)
