"""Was the last step too short or too long for the valley of the loss along it?"""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.instrument import Instrument, Moment


def _step_quality(moment: Moment) -> float | None:
    """Cockpit's α (Schneider 2021). None before the first step, and for a step without slope."""
    if moment.gradient_after is None:
        return None
    update = moment.update.astype(np.float64)
    before = float(moment.gradient.astype(np.float64) @ update)
    return -float(moment.gradient_after().astype(np.float64) @ update) / before if before else None


STEP_QUALITY = Instrument(
    name="step_quality",
    help="−(g₁·s)/(g₀·s) of the last update s on its own batch: −1 a short step, 0 the bottom, 1 the far wall.",
    measure=_step_quality,
    cost="a forward and a backward pass over the last mini-batch",
)
