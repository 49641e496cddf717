"""Symmetry: hidden units with equal incoming and outgoing weights get equal gradients, and stay equal for ever."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.instrument import LayerInstrument, Moment


def _unit_spread(moment: Moment, layer: int) -> float | None:
    """None for a layer of one unit, and for the output layer."""
    weights = moment.weights[layer]
    if layer >= len(moment.activations) or weights.shape[1] < 2:
        return None
    return float(np.abs(weights - weights[:, :1]).max()) / max(float(np.abs(weights).max()), 1e-30)


UNIT_SPREAD = LayerInstrument(
    name="unit_spread",
    help="The largest difference between incoming weights of hidden units, as a share of the largest weight.",
    measure=_unit_spread,
    judged_only=True,
)
