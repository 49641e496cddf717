"""The gradient on always the same examples: its norm, and whether its direction changes."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import Instrument, Moment


def _norm(moment: Moment) -> float | None:
    gradient = moment.steady_gradient
    return None if gradient is None else float(np.linalg.norm(gradient.astype(np.float64)))


def _cosine(moment: Moment) -> float | None:
    """None if one of the gradients is 0."""
    now, before = moment.steady_gradient, None if moment.earlier is None else moment.earlier.gradient
    if now is None or before is None:
        return None
    length = float(np.linalg.norm(now)) * float(np.linalg.norm(before))
    return float(now @ before) / length if length else None


STEADY_GRADIENT_NORM = Instrument(
    name="steady_gradient_norm",
    help=f"The norm of the gradient on the first {PROBE_EXAMPLES} training examples, penalties included.",
    measure=_norm,
    judged_only=True,
    cost=f"a forward and a backward pass over {PROBE_EXAMPLES} examples",
)
GRADIENT_COSINE = Instrument(
    name="gradient_cosine",
    help="The cosine between that gradient and the one of the evaluation before: 1 where the way leads straight on.",
    measure=_cosine,
    judged_only=True,
    cost="the gradient, shared",
)
