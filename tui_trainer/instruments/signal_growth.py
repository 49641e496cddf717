"""Does a signal survive its way through the layers? Asked of the start, before the first step has changed anything."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.instruments.instrument import PROBE_EXAMPLES, Instrument, Moment


def _signal_growth(moment: Moment) -> float | None:
    """None after the start, for fewer than two hidden layers, and where the first one says nothing of its input."""
    hidden = moment.probe_activity[:-1]
    if moment.iteration or moment.earlier is None or len(hidden) < 2:
        return None
    first = variation(hidden[0])
    return variation(hidden[-1]) / first if first else None


def variation(activity: Array) -> float:
    """Root mean square over units of the standard deviation over examples, of (units, examples)."""
    return float(np.sqrt(activity.astype(np.float64).var(axis=1).mean()))


SIGNAL_GROWTH = Instrument(
    name="signal_growth",
    help="How much an input still matters in the last hidden layer, as a share of the first, at the start.",
    measure=_signal_growth,
    cost=f"once; a forward pass over {PROBE_EXAMPLES} examples, shared",
)
