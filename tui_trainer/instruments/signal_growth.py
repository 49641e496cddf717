"""Does a signal survive the layers? Measured before the first update."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import Instrument, Moment


def _signal_growth(moment: Moment) -> float | None:
    """None after the start, for fewer than two hidden layers, and if the first one does not depend on its input."""
    if not moment.is_start or len(moment.activations) < 2:
        return None
    hidden = moment.probe_activity[:-1]
    first = variation(hidden[0])
    return variation(hidden[-1]) / first if first else None


def variation(activity: Array) -> float:
    """Root mean square over units of the standard deviation over examples. `activity`: (units, examples)."""
    return float(np.sqrt(activity.astype(np.float64).var(axis=1).mean()))


SIGNAL_GROWTH = Instrument(
    name="signal_growth",
    help="How much an input still matters in the last hidden layer, as a share of the first, at the start.",
    measure=_signal_growth,
    judged_only=True,
    cost=f"once; a forward pass over {PROBE_EXAMPLES} examples, shared",
)
