"""The cursor of the weights panel: one weight, which keys change while the run goes on."""

from __future__ import annotations

import numpy as np
from msgspec import structs

from tui_trainer.dashboard.view import Act, KeyAction, Reply, View, viewing
from tui_trainer.drawing.charts.axis import round_down
from tui_trainer.drawing.charts.numbers import compact
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.experiment.declared import Setting
from tui_trainer.telemetry import LayerView, Snapshot, WeightAddress
from tui_trainer.telemetry.commands import ChangeWeight

WEIGHT = "weight"
"""The owner of arrows and enter while the cursor is out."""

NO_WEIGHTS = "this run has no weights that can be changed"

_STEPS = 10
"""Steps of a key from 0 to the largest weight of the layer, at least: round ones."""


def matrix_layer(snapshot: Snapshot) -> LayerView | None:
    """The layer shown, if its weights are a matrix with biases."""
    layer = None if snapshot.network is None else snapshot.network.layer
    return layer if layer is not None and layer.weight.ndim == 2 and layer.bias is not None else None


def start(snapshot: Snapshot, view: View) -> WeightAddress | None:
    """The weight that the step panel follows if it is in this layer, else the layer's first."""
    layer, followed = matrix_layer(snapshot), view.request.weight
    if layer is None:
        return None
    return followed if followed is not None and followed.layer == layer.index else WeightAddress(layer.index, 0, 0)


def at_cursor(snapshot: Snapshot, view: View) -> WeightAddress | None:
    """The weight that the cursor is on, in the layer shown."""
    layer, at = matrix_layer(snapshot), view.cursor
    if layer is None or not isinstance(at, WeightAddress):
        return None
    inputs, units = layer.weight.shape
    return WeightAddress(layer.index, min(at.source, inputs), min(at.unit, units - 1))


def lies(layer: LayerView) -> bool:
    """Whether the inputs of the matrix go across, so that its longer side does."""
    inputs, units = layer.weight.shape
    return int(inputs) > int(units)


def name_of(layer: LayerView, at: WeightAddress) -> str:
    """ "w[2→3] of layer 1", or "b[3] of layer 1" for a bias."""
    which = f"b[{at.unit + 1}]" if at.source == len(layer.weight) else f"w[{at.source + 1}→{at.unit + 1}]"
    return f"{which} of {layer.name}"


def value_of(layer: LayerView, at: WeightAddress) -> float:
    """The weight, as a number of the network's own precision reads."""
    value = with_bias(layer.weight, layer.bias)[at.source, at.unit]
    return float(str(value))


def with_bias(weight: np.ndarray, bias: np.ndarray | None) -> np.ndarray:
    """(inputs + 1, units): the biases as a last row."""
    return np.vstack([weight, bias]) if bias is not None else weight


def source_names(snapshot: Snapshot, layer: LayerView) -> tuple[str, ...]:
    """The names of the inputs of the first layer, where they are columns of the data."""
    data = snapshot.data
    if data is None or layer.index or layer.image_shape or len(data.input_names) != len(layer.weight):
        return ()
    return data.input_names


def reading(snapshot: Snapshot, view: View) -> Wordings | None:
    """The name, the value and the gradient of the weight at the cursor."""
    layer, at = matrix_layer(snapshot), at_cursor(snapshot, view)
    if layer is None or at is None:
        return None
    names = source_names(snapshot, layer)
    source = " (bias)" if at.source == len(layer.weight) else ""
    source = f" from {names[at.source]}" if at.source < len(names) else source
    value = compact(value_of(layer, at))
    name, short = name_of(layer, at), name_of(layer, at).partition(" ")[0]
    said = f"{name}{source} = {value}"
    brief = f"{short}{source} = {value}", f"{short} = {value}"
    if layer.gradient is None or layer.bias_gradient is None:
        return Wordings(said, *brief)
    gradient = compact(float(with_bias(layer.gradient, layer.bias_gradient)[at.source, at.unit]))
    return Wordings(f"{said} · its last gradient {gradient}", f"{said} · gradient {gradient}", said, *brief)


def typed_setting(snapshot: Snapshot, view: View) -> tuple[Setting, float, WeightAddress] | None:
    """What a person can type at the cursor, and the present value."""
    layer, at = matrix_layer(snapshot), at_cursor(snapshot, view)
    if layer is None or at is None:
        return None
    name = name_of(layer, at)
    setting = Setting(key=name, label=name, help="The weight; the run goes on from it.", low=-1e6, high=1e6, live=True)
    return setting, value_of(layer, at), at


def _put(view: View, at: WeightAddress) -> View:
    """The step panel follows the weight at the cursor."""
    request = structs.replace(view.request, weight=at, weights_layer=at.layer)
    return structs.replace(view, cursor=at, request=request)


def _move(across: int, down: int) -> Act:
    def moved(snapshot: Snapshot, view: View) -> View:
        layer, at = matrix_layer(snapshot), at_cursor(snapshot, view)
        if layer is None or at is None:
            return view
        if view.weights_mode == "network":
            return _along(snapshot, view, layer, at, across, down)
        rows, units = len(layer.weight) + 1, layer.weight.shape[1]
        source, unit = (across, down) if lies(layer) else (down, across)
        return _put(view, WeightAddress(at.layer, (at.source + source) % rows, (at.unit + unit) % units))

    return viewing(moved)


def _along(snapshot: Snapshot, view: View, layer: LayerView, at: WeightAddress, across: int, down: int) -> View:
    """In the diagram: to another layer, or through all weights of this one."""
    if across:
        return _put(view, WeightAddress((at.layer + across) % layer.count, 0, 0))
    rows, units = len(layer.weight) + 1, layer.weight.shape[1]
    source, unit = divmod((at.source * units + at.unit + down) % (rows * units), units)
    return _put(view, WeightAddress(at.layer, source, unit))


def _change(direction: int) -> Act:
    def changed(snapshot: Snapshot, view: View) -> Reply:
        layer, at = matrix_layer(snapshot), at_cursor(snapshot, view)
        if layer is None or at is None:
            return view, ()
        largest = float(np.nanmax(np.abs(with_bias(layer.weight, layer.bias))))
        step = round_down(largest / _STEPS) if 0 < largest < np.inf else 1 / _STEPS
        value = float(f"{value_of(layer, at) + direction * step:.4g}")
        return _put(view, at), (ChangeWeight(at.layer, at.source, at.unit, value),)

    return changed


# fmt: off
KEYS = (
    KeyAction("weight_left", "left", "weight to the left", "Weights: move the cursor.", "focus", _move(-1, 0),
              where=(WEIGHT,), footer="cursor", signs="←→↑↓", rank=2, own="Weights: move the cursor to the left."),
    KeyAction("weight_right", "right", "weight to the right", "Weights: move the cursor.", "focus", _move(1, 0),
              where=(WEIGHT,), own="Weights: move the cursor to the right."),
    KeyAction("weight_above", "up", "weight above", "Weights: move the cursor.", "focus", _move(0, -1),
              where=(WEIGHT,), own="Weights: move the cursor up."),
    KeyAction("weight_below", "down", "weight below", "Weights: move the cursor.", "focus", _move(0, 1),
              where=(WEIGHT,), own="Weights: move the cursor down."),
    KeyAction("weight_up", "+ =", "weight up", "Weights: change the weight at the cursor.", "focus", _change(1),
              needs="settings", where=(WEIGHT,), footer="weight", signs="+ -", rank=1,
              own="Weights: the weight at the cursor a step up."),
    KeyAction("weight_down", "- _", "weight down", "Weights: change the weight at the cursor.", "focus", _change(-1),
              needs="settings", where=(WEIGHT,), own="Weights: the weight at the cursor a step down."),
    KeyAction("weight_edit", "enter", "type a weight", "Weights: type the weight at the cursor.", "focus",
              needs="settings", where=(WEIGHT,), footer="type", rank=1),
)
# fmt: on
