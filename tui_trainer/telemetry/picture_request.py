"""The pictures that the screen shows, so that the trainer computes no others."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

PictureKind = Literal["", "confusion", "residuals", "examples", "columns", "map"]
"""What the data panel shows beside the usual picture: the table of classes and answers, the errors of a regression, the
examples with the largest losses, what each column is worth, the map over two of more columns."""


class NeuronAddress(Struct, frozen=True):
    """A unit. `layer` counts linear layers from 0, `unit` the outputs of the layer from 0."""

    layer: int
    unit: int


class WeightAddress(Struct, frozen=True):
    """A weight of linear layer `layer` (from 0), from input `source` to unit `unit`. `source` = inputs is the bias."""

    layer: int
    source: int
    unit: int


class PictureRequest(Struct, frozen=True, kw_only=True):
    """A request for pictures. Addresses out of range mean the nearest existing one."""

    weights_layer: int = 0
    """The linear layer whose matrices the snapshot carries."""
    example: int | None = None
    """The example of the mini-batch that `StepView` follows, from 0; None for one with a large loss."""
    weight: WeightAddress | None = None
    """The weight that `StepView` follows; None for one with a signal of the example."""
    neuron: NeuronAddress | None = None
    """The hidden unit to map instead of the network's prediction."""
    kind: PictureKind = ""
    """What the data panel shows; "" for what suits the data."""
    axes: tuple[int, int] | None = None
    """The inputs, from 0, over which a map of more than two is drawn; None for the two with the most values."""
    around: tuple[float, ...] | None = None
    """The raw inputs of an example, which those that the map does not show have; None for their means."""
    asked: tuple[float, ...] | None = None
    """Raw inputs at which a person asks for the prediction."""
    asked_text: str = ""
    """A text of the person's own whose place in an embedding is asked for."""
    map_columns: int = 40
    """Points of the decision map, or of the fitted curve, from left to right."""
    map_rows: int = 20
    """Points of the decision map from top to bottom."""
    picture: bool = True
    """Whether the data panel needs its picture."""
    network_units: int = 0
    """Units of each layer for which the diagram of the network has room; 0 for no diagram."""
    whole: bool = False
    """Whether the snapshot carries all weights and biases, and the recipe of the run."""
    stable_rate: bool = False
    """Whether the stability limit of the learning rate is measured more often than evaluations do."""
    examination: bool = False
    """Whether every finding is examined, those that do not hold included."""
