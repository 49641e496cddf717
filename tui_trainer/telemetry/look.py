"""What the screen is looking at, so that the trainer computes only the pictures that somebody sees."""

from __future__ import annotations

from msgspec import Struct


class NeuronAddress(Struct, frozen=True):
    """A unit: `layer` counts linear layers from 0, `unit` the outputs of that layer."""

    layer: int
    unit: int


class WeightAddress(Struct, frozen=True):
    """A weight of linear layer `layer` (from 0), from input `source` to unit `unit`; source = inputs is the bias."""

    layer: int
    source: int
    unit: int


class Look(Struct, frozen=True, kw_only=True):
    """A request for pictures. Addresses out of range are clipped to the nearest that exists."""

    weights_layer: int = 0
    """The linear layer whose matrices the snapshot carries."""
    example: int | None = None
    """Which example of the mini-batch `StepView` follows, from 0; None for one with a large loss, kept while it has."""
    weight: WeightAddress | None = None
    """Which weight `StepView` follows; None for one that the example goes through."""
    neuron: NeuronAddress | None = None
    """Draw the map of this hidden unit instead of the network's answer."""
    map_columns: int = 40
    map_rows: int = 20
    """Points of the decision map (or of the fitted curve: columns)."""
    picture: bool = True
    """Whether the picture of the data panel is wanted at all."""
    network_units: int = 0
    """How many units of each layer the diagram of the network has room for; 0 for no diagram."""
