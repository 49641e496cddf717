"""The loss at the mean of the last weights. It is lower than the loss itself if a run jumps from wall to wall."""

from __future__ import annotations

from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import Instrument, Moment

LEAST_EVALUATIONS = 4
"""Evaluations needed for a meaningful mean."""


def _mean_weights_loss(moment: Moment) -> float | None:
    if moment.steady is None or moment.earlier is None or moment.earlier.count < LEAST_EVALUATIONS:
        return None
    return moment.steady.loss(moment.earlier.mean)


MEAN_WEIGHTS_LOSS = Instrument(
    name="mean_weights_loss",
    help=f"The loss of the first {PROBE_EXAMPLES} training examples at the running mean (0.8) of the weights.",
    measure=_mean_weights_loss,
    judged_only=True,
    cost=f"a forward pass over {PROBE_EXAMPLES} examples",
)
