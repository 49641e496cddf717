"""The size of an update relative to the weights. Healthy runs have around 1e-3."""

from __future__ import annotations

from tui_trainer.instruments.instrument import LayerInstrument, Moment


def _update_ratio(moment: Moment, layer: int) -> float:
    """0 before the first update, and if all weights are 0."""
    weights = moment.weight_norms[layer]
    return moment.update_norms[layer] / weights if weights else 0.0


UPDATE_RATIO = LayerInstrument(
    name="update_ratio", help="‖last update‖ / ‖weights‖ of the layer, without the biases.", measure=_update_ratio
)
