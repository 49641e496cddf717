"""A fully connected network as a layout: where each layer's matrix lies in one flat vector of parameters.

Layers hold views, never data of their own, so copying a network is copying one vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.layers import ACTIVATIONS, INITIALIZERS, Activation, Call, linear, run
from tui_trainer.randomness import Purpose, generator

CHUNK = 4096
"""Examples computed at once, which bounds the memory."""
KEPT_NUMBERS = 200_000
"""Numbers that a kept forward pass may hold. Beyond, arithmetic takes so long that making a pass does not matter."""
SETS = 5
"""Kept forward passes: of both sets, the first training examples, the validation set, and the grids of two pictures."""


def layer_name(number: int) -> str:
    """What linear layer `number`, from 0, is called; layer 1 is the one next to the input."""
    return f"layer {number + 1}"


class Network:
    """Layer l maps sizes[l] inputs to sizes[l + 1] units; the last layer has no activation."""

    def __init__(self, sizes: Sequence[int], activations: Sequence[str], dtype: str = "float32") -> None:
        """`sizes`: inputs, hidden units …, outputs. `activations`: one name a hidden layer."""
        self.sizes = tuple(sizes)
        self.activation_names = tuple(activations)
        self.activations: tuple[Activation, ...] = tuple(ACTIVATIONS[name] for name in activations)
        self.dtype = np.dtype(dtype)
        self.shapes = [(inputs + 1, units) for inputs, units in zip(self.sizes, self.sizes[1:], strict=False)]
        self.offsets = [0, *accumulate(rows * units for rows, units in self.shapes)]
        self.parameter_count = self.offsets[-1]

    def views(self, vector: Array) -> list[Array]:
        """A view (inputs + 1, units) of a flat vector of parameters for each layer; the last row is the bias."""
        return [
            vector[start:stop].reshape(shape)
            for start, stop, shape in zip(self.offsets, self.offsets[1:], self.shapes, strict=False)
        ]

    def parameter_index(self, layer: int, source: int, unit: int) -> int:
        """Where a weight, or a bias (`source` = inputs of the layer), lies in a vector. Raises `IndexError`."""
        rows, units = self.shapes[layer] if 0 <= layer < len(self.shapes) else (0, 0)
        if not (0 <= source < rows and 0 <= unit < units):
            raise IndexError(f"this network has no weight from {source + 1} to {unit + 1} in {layer_name(layer)}")
        return int(self.offsets[layer]) + source * units + unit

    def nearest_parameter(self, layer: int, source: int, unit: int) -> tuple[int, int, int]:
        """The same numbers, or the nearest ones of a weight or bias that exists."""
        layer = min(max(layer, 0), len(self.shapes) - 1)
        rows, units = self.shapes[layer]
        return layer, min(max(source, 0), rows - 1), min(max(unit, 0), units - 1)

    def parameter_name(self, index: int) -> str:
        """The name of the parameter at `index`: "w[3→1] of layer 2" or "b[1] of layer 2", counted from 1."""
        layer = int(np.searchsorted(self.offsets, index, side="right")) - 1
        rows, units = self.shapes[layer]
        source, unit = divmod(index - self.offsets[layer], units)
        return f"{f'b[{unit + 1}]' if source == rows - 1 else f'w[{source + 1}→{unit + 1}]'} of {layer_name(layer)}"

    @property
    def is_weight(self) -> NDArray[np.bool_]:
        """(parameters,): True for weights, False for biases, which penalties leave out."""
        mask = np.ones(self.parameter_count, dtype=np.bool_)
        for start, (rows, units) in zip(self.offsets, self.shapes, strict=False):
            mask[start + (rows - 1) * units : start + rows * units] = False
        return mask

    def initialize(self, initializer: str, gain: float, bias_init: float, seed: int) -> Array:
        """A new vector of starting parameters. `bias_init` is for hidden layers; the last layer's biases start at 0."""
        vector = np.zeros(self.parameter_count, dtype=self.dtype)
        for number, view in enumerate(self.views(vector)):
            rows, units = view.shape
            view[:-1] = INITIALIZERS[initializer](generator(seed, Purpose.WEIGHTS, number), rows - 1, units, gain)
            view[-1] = bias_init if number < len(self.activations) else 0.0
        return vector

    def activity(self, parameters: Array, inputs: Array) -> list[Array]:
        """Evaluation mode: the activations of every hidden layer, then the outputs z, (units, examples) each, all new.

        `inputs` (examples, features).
        """
        return ForwardPass(self, parameters, inputs).activity()

    def outputs(self, parameters: Array, inputs: Array) -> Array:
        """z (outputs, examples) in evaluation mode, computed `CHUNK` examples at a time."""
        parts = [
            self.activity(parameters, inputs[start : start + CHUNK])[-1]
            for start in range(0, max(len(inputs), 1), CHUNK)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def outputs_from_first(self, parameters: Array, z: Array) -> Array:
        """The outputs (outputs, examples) in evaluation mode, from the pre-activations z (units, examples) of the first
        layer, which are overwritten."""
        calls, h = list[Call](), z
        for number, weight in enumerate(self.views(parameters)):
            if number:
                a = np.ones((len(h) + 1, h.shape[1]), dtype=self.dtype)
                calls.append((np.copyto, (a[:-1], h)))
                h = np.empty((weight.shape[1], h.shape[1]), dtype=self.dtype)
                calls += linear.forward(weight, a, h)
            if number < len(self.activations):
                calls += self.activations[number].forward(h, np.empty_like(h), np.empty_like(h))
        with np.errstate(all="ignore"):
            run(calls)
        return h


class ForwardPass:
    """The way through a network in evaluation mode, compiled: it can be gone again without allocating anything."""

    def __init__(self, network: Network, parameters: Array, inputs: Array) -> None:
        """`inputs` (examples, features) are copied; `parameters` is the live vector."""
        self.parameters, self.inputs = parameters, inputs
        a = np.ones((inputs.shape[1] + 1, len(inputs)), dtype=network.dtype)
        a[:-1] = inputs.T
        self._calls, self._layers = list[Call](), list[Array]()
        for number, weight in enumerate(network.views(parameters)):
            out = np.ones((weight.shape[1] + 1, len(inputs)), dtype=network.dtype)
            h = out[:-1]
            self._calls += linear.forward(weight, a, h)
            if number < len(network.activations):
                self._calls += network.activations[number].forward(h, np.empty_like(h), np.empty_like(h))
            self._layers.append(h)
            a = out

    def activity(self) -> list[Array]:
        """As `Network.activity`, at the present parameters. The next call overwrites the arrays."""
        with np.errstate(all="ignore"):  # a diverging network is a lesson; its numbers tell
            run(self._calls)
        return self._layers


def most_kept(network: Network) -> int:
    """The examples of the largest set whose forward pass is kept."""
    return min(KEPT_NUMBERS // sum(network.sizes), CHUNK)


class KeptPasses:
    """Forward passes through the same small sets again and again: making one takes longer than going it."""

    def __init__(self, network: Network) -> None:
        self._network, self._kept = network, list[ForwardPass]()
        self._most_examples = most_kept(network)

    def activity(self, parameters: Array, inputs: Array) -> list[Array]:
        """As `Network.activity`, but the next call for these inputs may overwrite the arrays."""
        if len(inputs) > self._most_examples:
            return self._network.activity(parameters, inputs)
        found = next((p for p in self._kept if p.inputs is inputs and p.parameters is parameters), None)
        if found is None:
            found = ForwardPass(self._network, parameters, inputs)
            self._kept = [found, *self._kept][:SETS]
        return found.activity()

    def outputs(self, parameters: Array, inputs: Array) -> Array:
        """As `Network.outputs`, with the same reservation."""
        if len(inputs) > self._most_examples:
            return self._network.outputs(parameters, inputs)
        return self.activity(parameters, inputs)[-1]
