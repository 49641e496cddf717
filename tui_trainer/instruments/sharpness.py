"""Sharpness: the steepest curvature of the loss, which limits the longest stable step."""

from __future__ import annotations

from tui_trainer.instruments.curvature import STEPS
from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import Instrument, Moment

EVERY = 20
"""Evaluations between two measurements, because sharpness is the most expensive measure."""


def _is_due(moment: Moment) -> bool:
    return moment.earlier is not None and moment.earlier.count % EVERY == 1


def stable_rate(moment: Moment) -> float | None:
    """The learning rate below which full-batch steps are stable; None if the curvature is not known or not positive, or
    if no such limit is known for the optimizer."""
    gain, decay = moment.optimizer.alternating_gain, moment.optimizer.weight_decay
    if gain is None:
        return None
    # λmax(gain·H + decay·I) / gain. The decay is no part of the sharpness, because it is no part of the loss.
    curvature = moment.steepest_with(decay / gain) if decay else moment.sharpness
    return 2 / (gain * curvature) if curvature is not None and curvature > 0 else None


SHARPNESS = Instrument(
    name="sharpness",
    help=f"The largest eigenvalue of the Hessian of the loss on the first {PROBE_EXAMPLES} training examples, "
    f"penalties included.",
    measure=lambda moment: moment.sharpness if _is_due(moment) else None,
    judged_only=True,
    cost=f"at every {EVERY}th evaluation of a small network at most {2 * STEPS} forward and backward passes in float64",
)
STABLE_RATE = Instrument(
    name="stable_rate",
    help="The learning rate below which full-batch steps of the optimizer in force are stable at this sharpness.",
    measure=lambda moment: stable_rate(moment) if _is_due(moment) else None,
    judged_only=True,
)
