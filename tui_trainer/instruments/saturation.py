"""Saturation: activations at their flat ends, where the derivative is nearly 0."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import LayerInstrument, Moment

FLAT = 0.95
"""|tanh| above which an activation is flat. A sigmoid is a scaled tanh, and is measured as such."""


def _saturated_share(moment: Moment, layer: int) -> float | None:
    if layer >= len(moment.activations) or not moment.activations[layer].saturates:
        return None
    held = moment.probe_activity[layer]
    as_tanh = held if moment.activations[layer].name == "tanh" else held * 2 - 1
    return float(np.count_nonzero(np.abs(as_tanh) > FLAT)) / held.size


SATURATED_SHARE = LayerInstrument(
    name="saturated_share",
    help=f"The share of the layer's activations with |tanh| > {FLAT:g}, on the first {PROBE_EXAMPLES} examples.",
    measure=_saturated_share,
    judged_only=True,
    cost=f"a forward pass over {PROBE_EXAMPLES} examples, shared",
)
