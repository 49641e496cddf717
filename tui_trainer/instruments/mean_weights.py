"""Where would the run stand in the middle of its last positions? Lower, where it jumps from wall to wall."""

from __future__ import annotations

from tui_trainer.instruments.instrument import PROBE_EXAMPLES, Instrument, Moment

ENOUGH = 4
"""Evaluations whose mean is worth a measure."""


def _mean_weights_loss(moment: Moment) -> float | None:
    if moment.steady is None or moment.earlier is None or moment.earlier.count < ENOUGH:
        return None
    return moment.steady.loss(moment.earlier.mean)


MEAN_WEIGHTS_LOSS = Instrument(
    name="mean_weights_loss",
    help=f"The loss of the first {PROBE_EXAMPLES} training examples at the running mean (0.8) of the weights.",
    measure=_mean_weights_loss,
    cost=f"a forward pass over {PROBE_EXAMPLES} examples",
)
