"""The penalty on the weights, which is minimised beside the loss and is not part of any shown loss."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.instrument import Instrument, Moment


def _penalty(moment: Moment) -> float | None:
    """None if the optimizer has no penalty."""
    l1, l2 = moment.optimizer.l1, moment.optimizer.l2
    if not (l1 or l2):
        return None
    weights = [weight[:-1].astype(np.float64) for weight in moment.weights]
    return sum(l1 * float(np.abs(w).sum()) + l2 / 2 * float((w * w).sum()) for w in weights)


PENALTY = Instrument(name="penalty", help="l1·Σ|w| + ½·l2·Σw² over all weights, without the biases.", measure=_penalty)
