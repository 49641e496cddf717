"""Was the last step too short or too long for the valley that it went into?"""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.instrument import Instrument, Moment


def _step_quality(moment: Moment) -> float | None:
    """Cockpit's α (Schneider 2021). None where there is no last step, or it had no slope."""
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
