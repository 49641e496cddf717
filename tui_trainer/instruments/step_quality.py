"""Was the last step too short or too long for the valley of the loss along it, and did it deliver what it promised?"""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.instruments.instrument import Instrument, Moment


def _step_quality(moment: Moment) -> float | None:
    """Cockpit's α (Schneider 2021). None before the first step, and for a step without slope."""
    if moment.step is None:
        return None
    update = moment.precise_update
    before = float(moment.precise_gradient @ update)
    return -float(moment.step.gradient_after.astype(np.float64) @ update) / before if before else None


def _promised(moment: Moment) -> float | None:
    if moment.step is None:
        return None
    return float((moment.precise_gradient - _penalty_gradient(moment)) @ moment.precise_update)


def _penalty_gradient(moment: Moment) -> Array | float:
    """What penalties had added to the gradient of the last update."""
    l1, l2 = moment.optimizer.l1, moment.optimizer.l2
    if not (l1 or l2):
        return 0.0
    parts = []
    for weight, update in zip(moment.weights, moment.updates, strict=True):
        old = weight.astype(np.float64) - update
        part = l2 * old + l1 * np.sign(old)
        part[-1] = 0.0
        parts.append(part.ravel())
    return np.concatenate(parts)


STEP_QUALITY = Instrument(
    name="step_quality",
    help="−(g₁·s)/(g₀·s) of the last update s on its own batch: −1 a short step, 0 the bottom, 1 the far wall.",
    measure=_step_quality,
    judged_only=True,
    cost="a forward and a backward pass over the last mini-batch, shared",
)
PROMISED = Instrument(
    name="promised_change",
    help="g·s, by how much the last update s would change the loss of its batch were the loss a plane.",
    measure=_promised,
    judged_only=True,
)
DELIVERED = Instrument(
    name="delivered_change",
    help="By how much the last update has changed the loss of its batch.",
    measure=lambda moment: None if moment.step is None else moment.step.loss_after - moment.step.loss_before,
    judged_only=True,
    cost="a forward and a backward pass over the last mini-batch, shared",
)
