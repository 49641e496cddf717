"""Pictures of a trainer for the screen, computed on request: predictions over the inputs, the matrices of a layer.

All results are copies.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.datasets.data import Data
from tui_trainer.instruments.evaluation_set import EvaluationSet, predicted_classes
from tui_trainer.randomness import Purpose, generator
from tui_trainer.telemetry import (
    Agreement,
    Asked,
    AskedText,
    ColumnWorth,
    Confusion,
    Curve,
    DataView,
    DecisionMap,
    Embedding,
    HardExamples,
    LayerView,
    NeuronAddress,
    Parameters,
    Picture,
    PictureRequest,
)
from tui_trainer.training.network import layer_name
from tui_trainer.training.trainer import Trainer

MARGIN = 0.12
"""Margin around the data, as a share of its extent."""
MOST_JUDGED = 2000
"""The largest number of predictions for one picture."""
MOST_LISTED = 100
"""The largest number of examples that are listed by their losses."""
SHUFFLES = 5
"""How often each column is shuffled to see what it is worth."""
AFFORDABLE_PRODUCTS = 50_000_000
"""Products of a weight and an input that shuffled columns may cost: a few milliseconds."""
UNIT_MAP = 6
"""Points along each side of the map of a unit in the diagram of the network."""


@lru_cache(maxsize=8)  # one for each arm of a race
def data_view(data: Data) -> DataView:
    """The data set for the panels. Its arrays are the trainer's own, which never change."""
    return DataView(
        name=data.name,
        task=data.task,
        inputs=data.train_inputs,
        targets=data.in_units(data.train_targets),
        validation_inputs=data.validation_inputs,
        validation_targets=data.in_units(data.validation_targets),
        middle=float(data.in_units(np.zeros(1))[0]),
        class_names=data.class_names,
        input_names=data.input_names,
        unit=data.unit,
        image_shape=data.image_shape,
    )


def parameters(trainer: Trainer) -> Parameters:
    """All weights and biases, with what is done to the inputs before them."""
    preparation = trainer.data.preparation
    return Parameters(
        layers=tuple((weight.copy(), bias.copy()) for weight, bias in trainer.parameters),
        activations=trainer.network.activation_names,
        input_names=preparation.names,
        mean=preparation.mean,
        scale=preparation.scale,
        recipe="" if trainer.data.recipe is None else msgspec.json.encode(trainer.data.recipe).decode(),
    )


def layer_view(trainer: Trainer, number: int) -> LayerView:
    """The matrices of linear layer `number`, or of the nearest existing one."""
    network, vectors = trainer.network, trainer.vectors
    number = min(max(number, 0), len(network.shapes) - 1)
    weight, gradient, update = (
        network.views(v)[number] for v in (vectors.parameters, vectors.gradient, vectors.update)
    )
    pixels = trainer.data.image_shape
    image = pixels if number == 0 and pixels and pixels[0] * pixels[1] == len(weight) - 1 else None
    return LayerView(
        name=layer_name(number),
        index=number,
        count=len(network.shapes),
        weight=weight[:-1].copy(),
        gradient=gradient[:-1].copy(),
        update=update[:-1].copy(),
        bias=weight[-1].copy(),
        bias_gradient=gradient[-1].copy(),
        bias_update=update[-1].copy(),
        image_shape=image,
    )


def network_weights(trainer: Trainer, units: int) -> tuple[NDArray[np.floating[Any]], ...]:
    """The weights of all layers between the first `units` of each; images keep all pixels. Empty for no units."""
    if units < 1:
        return ()
    weights = [weight[:-1] for weight in trainer.network.views(trainer.vectors.parameters)]
    inputs = [len(weights[0]) if trainer.data.image_shape else units, *(units for _ in weights[1:])]
    return tuple(weight[:count, :units].copy() for weight, count in zip(weights, inputs, strict=True))


def unit_maps(trainer: Trainer, units: int) -> tuple[NDArray[np.float32], ...]:
    """The values of the first `units` of each layer, inputs and outputs included, over the plane of 2-D data.

    (units, rows, columns) for each layer, scaled to [−1, 1] by the largest value of each unit. Row 0 is the highest x₂.
    """
    data = trainer.data
    if units < 1 or data.train_inputs.shape[1] != 2 or data.task == "embedding":
        return ()
    prepared = _grid(trainer.data, trainer.network.dtype, UNIT_MAP, UNIT_MAP)
    activity = trainer.network.activity(trainer.vectors.parameters, prepared)
    with np.errstate(all="ignore"):
        predictions = _predictions(trainer, activity[-1])
        if data.class_names and len(predictions) == 1:
            predictions = 2 * predictions - 1
        layers = [layer[:units].astype(np.float32) for layer in (prepared.T, *activity[:-1], predictions)]
        scales = [np.abs(layer).max(axis=1, keepdims=True) for layer in layers]
        return tuple(
            np.divide(layer, scale, out=np.zeros_like(layer), where=scale > 0).reshape(-1, UNIT_MAP, UNIT_MAP)
            for layer, scale in zip(layers, scales, strict=True)
        )


@np.errstate(all="ignore")  # a run that diverges answers beyond all bounds; a warning would land on the screen
def picture(trainer: Trainer, request: PictureRequest) -> Picture | None:
    """The picture of the data panel: the data decide its kind, `request` its resolution."""
    data = trainer.data
    if data.task == "embedding":
        return _embedding(trainer, request.asked_text)
    columns = data.train_inputs.shape[1]
    match request.kind:
        case "examples":
            return hard_examples(trainer)
        case "columns":
            return column_worth(trainer)
        case "map" if columns > 2:
            return decision_map(trainer, request, None)
    if columns == 2:
        return decision_map(trainer, request, request.neuron)
    if columns == 1:
        low, high = _extent(trainer.data)
        x = np.linspace(low[0], high[0], max(request.map_columns, 2))
        y = data.in_units(trainer.predict(x[:, None])[:, 0])
        return Curve(x=x.astype(np.float32), y=y.astype(np.float32))
    if data.class_names:
        return _confusion(trainer)
    target, of = _judged(trainer)
    z = trainer.network.outputs(trainer.vectors.parameters, target.inputs[:MOST_JUDGED])
    truth = target.labels.reshape(len(target), -1)[:MOST_JUDGED, 0]
    return Agreement(
        truth=_own_unit(data, truth),
        answer=_own_unit(data, _predictions(trainer, z)[0]),
        of=of,
        residuals=request.kind == "residuals",
    )


def _own_unit(data: Data, values: NDArray[Any]) -> NDArray[np.float32]:
    """Targets or predictions of a regression in the target's own unit."""
    return np.asarray(data.in_units(values), dtype=np.float32)


def hard_examples(trainer: Trainer) -> HardExamples:
    """The examples of both sets with the largest losses, in evaluation mode."""
    data, moment = trainer.data, trainer.moment()
    sets = [(trainer.train_set, moment.train_losses, moment.train_outputs)]
    if len(trainer.validation_set):
        sets.append((trainer.validation_set, moment.validation_losses, moment.validation_outputs))
    losses = np.concatenate([each for _, each, _ in sets])
    worst = np.argsort(-np.where(np.isnan(losses), np.inf, losses), kind="stable")[:MOST_LISTED]
    truth = np.concatenate([each.labels.reshape(len(each), -1)[:, 0] for each, _, _ in sets]).astype(np.float64)
    if data.class_names:
        loss, output = trainer.experiment.loss, trainer.experiment.network.output
        answer = np.concatenate([predicted_classes(z, loss, output) for _, _, z in sets]).astype(np.float64)
    else:
        answer = np.concatenate([_predictions(trainer, z)[0] for _, _, z in sets]).astype(np.float64)
    trained = len(trainer.train_set)
    lines = np.zeros(len(losses), dtype=np.int64)
    if data.lines is not None:
        lines[: len(data.kept)], lines[trained:] = data.lines[0][data.kept], data.lines[1][: len(losses) - trained]
    return HardExamples(
        number=np.where(worst < trained, worst, worst - trained),
        line=lines[worst],
        held_out=worst >= trained,
        loss=losses[worst].astype(np.float32),
        truth=_own_unit(data, truth[worst]),
        answer=_own_unit(data, answer[worst]),
        examples=len(losses),
    )


def column_worth(trainer: Trainer) -> ColumnWorth:
    """What the loss loses with each column of the source, on the validation set if there is one."""
    data, (target, of) = trainer.data, _judged(trainer)
    inputs = data.validation_inputs if of == "validation" else data.train_inputs
    work = trainer.network.parameter_count * (len(data.sources) * SHUFFLES + 1)
    examples = max(min(len(inputs), MOST_JUDGED, AFFORDABLE_PRODUCTS // work), 1)
    inputs, targets = inputs[:examples], target.targets[:, :examples]
    loss, output = trainer.experiment.loss, trainer.experiment.network.output

    def mean_loss(raw: Floats) -> float:
        prepared = data.preparation.prepare(raw).astype(trainer.network.dtype)
        z = trainer.network.outputs(trainer.vectors.parameters, prepared)
        return float(loss.values(z.astype(np.float64), targets, output).mean())

    whole, rises, start = mean_loss(inputs), [], 0
    for _, width in data.sources:
        shuffled = inputs.copy()
        losses = []
        for shuffle in range(SHUFFLES):
            random = generator(trainer.experiment.training.seed, Purpose.IMPORTANCE, start, shuffle)
            shuffled[:, start : start + width] = inputs[random.permutation(examples), start : start + width]
            losses.append(mean_loss(shuffled) - whole)
        rises.append((float(np.mean(losses)), float(np.std(losses))))
        start += width
    order = sorted(range(len(rises)), key=lambda number: -rises[number][0])
    return ColumnWorth(
        names=tuple(data.sources[number][0] for number in order),
        rise=np.array([rises[number][0] for number in order], dtype=np.float32),
        spread=np.array([rises[number][1] for number in order], dtype=np.float32),
        loss=whole,
        shuffles=SHUFFLES,
        of=of,
        examples=examples,
    )


def asked_prediction(trainer: Trainer, request: PictureRequest) -> Asked | None:
    """The prediction at the inputs of `request`; None if none are given, or not as many as the data have columns."""
    inputs, data = request.asked, trainer.data
    if inputs is None or len(inputs) != len(data.input_names) or data.task == "embedding":
        return None
    prepared = data.preparation.prepare(np.array([inputs])).astype(trainer.network.dtype)
    with np.errstate(all="ignore"):
        prediction = _predictions(trainer, trainer.network.outputs(trainer.vectors.parameters, prepared))[:, 0]
    return Asked(inputs=inputs, prediction=data.in_units(prediction).astype(np.float32))


def _predictions(trainer: Trainer, z: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """The predictions for outputs z, of the same shape: probabilities of a classifier, or values.

    A tanh output learns −1 and 1 for the classes. It is scaled to [0, 1] like a probability.
    """
    output = trainer.experiment.network.output
    predictions = trainer.experiment.loss.predictions(z, output)
    return (predictions + 1) / 2 if trainer.data.class_names and output == "tanh" else predictions


def _judged(trainer: Trainer) -> tuple[EvaluationSet, Literal["validation", "training"]]:
    """The set whose predictions are judged: the validation set if there is one."""
    if len(trainer.validation_set):
        return trainer.validation_set, "validation"
    return trainer.train_set, "training"


def _confusion(trainer: Trainer) -> Confusion:
    """How the examples of each class are predicted."""
    target, of = _judged(trainer)
    z = trainer.network.outputs(trainer.vectors.parameters, target.inputs[:MOST_JUDGED])
    given = predicted_classes(z, trainer.experiment.loss, trainer.experiment.network.output)
    counts = np.zeros((len(trainer.data.class_names),) * 2, dtype=np.int64)
    np.add.at(counts, (target.labels[:MOST_JUDGED].astype(np.int64), given), 1)
    return Confusion(counts=counts, of=of, left_out=max(len(target) - MOST_JUDGED, 0))


def decision_map(trainer: Trainer, request: PictureRequest, neuron: NeuronAddress | None) -> DecisionMap:
    """The prediction over a grid of the two inputs, or the activation of one hidden unit."""
    low, high = _extent(trainer.data)
    rows, columns = max(request.map_rows, 1), max(request.map_columns, 1)
    most = len(trainer.data.input_names) - 1
    across, up = request.axes or _main_axes(trainer.data)
    axes = min(max(across, 0), most), min(max(up, 0), most)
    low, high = low[list(axes)], high[list(axes)]
    grid = _grid(trainer.data, trainer.network.dtype, rows, columns, axes)
    activity = trainer.network.activity(trainer.vectors.parameters, grid)
    classes, answered = np.zeros((rows, columns), dtype=np.int64), None
    if neuron is not None and len(activity) > 1:
        layer = min(max(neuron.layer, 0), len(activity) - 2)
        unit = min(max(neuron.unit, 0), len(activity[layer]) - 1)
        values, title = activity[layer][unit], f"{layer_name(layer)}, unit {unit + 1}"
    else:
        with np.errstate(all="ignore"):
            predictions, title = _predictions(trainer, activity[-1]), "answer"
        values = predictions[0] if len(predictions) == 1 else predictions.max(axis=0)
        if trainer.data.class_names:
            given = predicted_classes(activity[-1], trainer.experiment.loss, trainer.experiment.network.output)
            classes = given.reshape(rows, columns)
            answered = _confusion(trainer)
    return DecisionMap(
        low=(float(low[0]), float(low[1])),
        high=(float(high[0]), float(high[1])),
        values=values.reshape(rows, columns).astype(np.float32),
        classes=classes,
        axes=axes,
        outputs=trainer.network.sizes[-1],
        title=title,
        answered=answered,
    )


@lru_cache(maxsize=2)  # consecutive pictures have the same grid
def _grid(
    data: Data, dtype: np.dtype[Any], rows: int, columns: int, axes: tuple[int, int] = (0, 1)
) -> NDArray[np.floating[Any]]:
    """(rows · columns, features): the plane of two inputs row by row from the top, the others at their means, prepared
    for the network."""
    low, high = _extent(data)
    across, up = axes
    x, y = np.linspace(low[across], high[across], columns), np.linspace(high[up], low[up], rows)
    grid = np.tile(data.train_inputs.mean(axis=0), (rows * columns, 1))
    grid[:, across], grid[:, up] = (each.ravel() for each in np.meshgrid(x, y))
    prepared: NDArray[np.floating[Any]] = data.preparation.prepare(grid).astype(dtype)
    return prepared


@lru_cache(maxsize=2)
def _main_axes(data: Data) -> tuple[int, int]:
    """The two inputs with the most different values, in their order."""
    values = [-len(np.unique(column[:MOST_JUDGED])) for column in data.train_inputs.T]
    first, second = sorted(np.argsort(values, kind="stable")[:2].tolist())
    return first, second


@lru_cache(maxsize=2)
def _extent(data: Data) -> tuple[Floats, Floats]:
    """Lowest and highest raw input of each column, with a margin. Examples added by hand within it do not move it."""
    low, high = data.extent
    room = np.where(high > low, (high - low) * MARGIN, 1.0)
    inputs = data.train_inputs
    return np.minimum(low - room, inputs.min(axis=0)), np.maximum(high + room, inputs.max(axis=0))


def _embedding(trainer: Trainer, text: str) -> Embedding:
    """The position of every phrase in the plane, and of the person's own `text`; and whether neighbours are of one
    subject."""
    parameters, network = trainer.vectors.parameters, trainer.network
    train = network.outputs(parameters, trainer.train_set.inputs).T.astype(np.float64)
    held_out = network.outputs(parameters, trainer.validation_set.inputs).T.astype(np.float64)
    points = np.concatenate([train, held_out])
    labels = np.concatenate([trainer.train_set.labels, trainer.validation_set.labels]).astype(np.int64)
    distance = _distances(points, points)
    same = labels[:, None] == labels[None]
    apart = ~np.eye(len(points), dtype=np.bool_)
    right: Any = np.nan
    if len(held_out):
        nearest = _distances(held_out, train).argmin(axis=1)
        right = (trainer.train_set.labels[nearest] == trainer.validation_set.labels).mean()
    return Embedding(
        points=points.astype(np.float32),
        labels=labels,
        validation=np.arange(len(points)) >= len(train),
        texts=trainer.data.texts,
        within_distance=float(distance[same & apart].mean()),
        between_distance=float(distance[~same].mean()),
        nearest_right=float(right),
        asked=_asked_text(trainer, text, train) if text else None,
    )


def _asked_text(trainer: Trainer, text: str, train: Floats) -> AskedText | None:
    """The position of a text, and the nearest of the training points (n, 2); None where examples are no texts."""
    dataset = trainer.experiment.data
    encoded = dataset.encoded(text)
    if encoded is None:
        return None
    prepared = trainer.data.preparation.prepare((encoded * np.asarray(dataset.feature_scale))[None])
    point = trainer.network.outputs(trainer.vectors.parameters, prepared.astype(trainer.network.dtype)).T
    distance = _distances(point.astype(np.float64), train)[0]
    nearest = int(np.nanargmin(distance)) if np.isfinite(distance).any() else None
    return AskedText(text=text, point=point[0].astype(np.float32), nearest=nearest)


def _distances(a: Floats, b: Floats) -> Floats:
    """(len(a), len(b)) Euclidean distances."""
    distances: Floats = np.sqrt(np.square(a[:, None] - b[None]).sum(axis=2))
    return distances
