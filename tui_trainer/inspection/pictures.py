"""Pictures of a trainer for the screen, computed on request: predictions over the inputs, the matrices of a layer.

All results are copies.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.datasets.data import Data
from tui_trainer.inspection.hard_examples import (
    MOST_JUDGED,
    column_worth,
    hard_examples,
    judged,
    line_of,
    own_unit,
    predictions,
)
from tui_trainer.instruments.evaluation_set import predicted_classes
from tui_trainer.telemetry import (
    Agreement,
    Asked,
    AskedText,
    Confusion,
    Curve,
    DataView,
    DecisionMap,
    Embedding,
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
        date_units=_date_units(data),
        unit=data.unit,
        image_shape=data.image_shape,
    )


def _date_units(data: Data) -> dict[int, str]:
    units, first = dict[int, str](), 0
    for each in () if data.recipe is None else data.recipe.inputs:
        if each.kind == "date":
            units[first] = each.unit
        first += len(each.names)
    return units


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
    activity = trainer.activity(prepared)
    with np.errstate(all="ignore"):
        found = predictions(trainer, activity[-1])
        if data.class_names and len(found) == 1:
            found = 2 * found - 1
        layers = [layer[:units].astype(np.float32) for layer in (prepared.T, *activity[:-1], found)]
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
        case "confusion" if data.class_names:
            return _confusion(trainer)
        case "residuals" if not data.class_names:
            return _agreement(trainer, residuals=True)
    if columns == 2:
        return decision_map(trainer, request, request.neuron)
    if columns == 1:
        low, high = _extent(trainer.data)
        x = np.linspace(low[0], high[0], max(request.map_columns, 2))
        y = data.in_units(trainer.predict(x[:, None])[:, 0])
        return Curve(x=x.astype(np.float32), y=y.astype(np.float32))
    if data.class_names:
        return _confusion(trainer)
    return _agreement(trainer, residuals=False)


def asked_prediction(trainer: Trainer, request: PictureRequest) -> Asked | None:
    """The prediction at the inputs of `request`; None if none are given, or not as many as the data have columns."""
    inputs, data = request.asked, trainer.data
    if inputs is None or len(inputs) != len(data.input_names) or data.task == "embedding":
        return None
    prepared = data.preparation.prepare(np.array([inputs])).astype(trainer.network.dtype)
    with np.errstate(all="ignore"):
        prediction = predictions(trainer, trainer.network.outputs(trainer.vectors.parameters, prepared))[:, 0]
    return Asked(inputs=inputs, prediction=data.in_units(prediction).astype(np.float32))


def _agreement(trainer: Trainer, *, residuals: bool) -> Agreement:
    """The predictions of a regression over the truth, or what they are off by."""
    data = trainer.data
    target, of = judged(trainer)
    z = trainer.network.outputs(trainer.vectors.parameters, target.inputs[:MOST_JUDGED])
    truth = target.labels.reshape(len(target), -1)[:MOST_JUDGED, 0]
    answer = own_unit(data, predictions(trainer, z)[0])
    return Agreement(truth=own_unit(data, truth), answer=answer, of=of, residuals=residuals)


def _confusion(trainer: Trainer) -> Confusion:
    """How the examples of each class are predicted."""
    target, of = judged(trainer)
    z = trainer.outputs(target.inputs if len(target) <= MOST_JUDGED else target.inputs[:MOST_JUDGED])
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
    others, example = _others(trainer.data, request.around)
    grid = _grid(trainer.data, trainer.network.dtype, rows, columns, axes, others)
    activity = trainer.activity(grid)
    classes, answered = np.zeros((rows, columns), dtype=np.int64), None
    if neuron is not None and len(activity) > 1:
        layer = min(max(neuron.layer, 0), len(activity) - 2)
        unit = min(max(neuron.unit, 0), len(activity[layer]) - 1)
        values, title = activity[layer][unit], f"{layer_name(layer)}, unit {unit + 1}"
    else:
        with np.errstate(all="ignore"):
            found, title = predictions(trainer, activity[-1]), "answer"
        values = found[0] if len(found) == 1 else found.max(axis=0)
        if trainer.data.class_names:
            given = predicted_classes(activity[-1], trainer.experiment.loss, trainer.experiment.network.output)
            classes = given.reshape(rows, columns)
            answered = _confusion(trainer)
        else:
            values = own_unit(trainer.data, values)
    return DecisionMap(
        low=(float(low[0]), float(low[1])),
        high=(float(high[0]), float(high[1])),
        values=values.reshape(rows, columns).astype(np.float32),
        classes=classes,
        axes=axes,
        others=others,
        example=example,
        outputs=trainer.network.sizes[-1],
        title=title,
        answered=answered,
    )


@lru_cache(maxsize=2)  # consecutive pictures have the same grid
def _grid(
    data: Data,
    dtype: np.dtype[Any],
    rows: int,
    columns: int,
    axes: tuple[int, int] = (0, 1),
    others: tuple[float, ...] = (0.0, 0.0),
) -> NDArray[np.floating[Any]]:
    """(rows · columns, features): the plane of two inputs row by row from the top, with the `others` as they are,
    prepared for the network."""
    low, high = _extent(data)
    across, up = axes
    x, y = np.linspace(low[across], high[across], columns), np.linspace(high[up], low[up], rows)
    grid = np.tile(others, (rows * columns, 1))
    grid[:, across], grid[:, up] = (each.ravel() for each in np.meshgrid(x, y))
    prepared: NDArray[np.floating[Any]] = data.preparation.prepare(grid).astype(dtype)
    return prepared


@lru_cache(maxsize=2)
def _others(data: Data, around: tuple[float, ...] | None) -> tuple[tuple[float, ...], str]:
    """The raw inputs where a map does not show them, and the example of which they are: that of the inputs `around`, or
    none and their means, also where these data have no such example any more."""
    for held_out, inputs in enumerate((data.train_inputs, data.validation_inputs)):
        if around is not None and len(around) == inputs.shape[1] and len(inputs):
            same = np.flatnonzero((inputs == np.array(around)).all(axis=1))
            if len(same):
                line = line_of(data, int(same[0]), bool(held_out))
                return around, f"{data.row_word} {line:,}" if line >= 0 else f"example {same[0] + 1:,}"
    return tuple(data.train_inputs.mean(axis=0, dtype=np.float64).tolist()), ""


@lru_cache(maxsize=2)
def _main_axes(data: Data) -> tuple[int, int]:
    """The two inputs with the most different values, in their order."""
    values = [-len(set(column[:MOST_JUDGED].tolist())) for column in data.train_inputs.T]
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
