"""Dead units: rectifiers that are 0 on every example, so that no gradient reaches their weights."""

from __future__ import annotations

from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import LayerInstrument, Moment


def _dead_share(moment: Moment, layer: int) -> float | None:
    if layer >= len(moment.activations) or not moment.activations[layer].rectifies:
        return None
    return float((moment.probe_activity[layer] <= 0).all(axis=1).mean())


DEAD_SHARE = LayerInstrument(
    name="dead_share",
    help=f"The share of the layer's units that are ≤ 0 on each of the first {PROBE_EXAMPLES} training examples.",
    measure=_dead_share,
    judged_only=True,
    cost=f"a forward pass over {PROBE_EXAMPLES} examples, shared",
)
