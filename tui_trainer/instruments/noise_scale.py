"""The gradient noise scale: the size of a mini-batch whose gradient is dominated by signal, not by noise."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.evaluation_set import PROBE_EXAMPLES
from tui_trainer.instruments.instrument import Instrument, Moment


def _noise_scale(moment: Moment) -> float | None:
    """The simple noise scale tr Σ/|G|² of McCandlish 2018 (appendix A.1), from the gradients of a small and of a large
    batch at the present parameters. One estimate is noisy: take the median of many. Infinite if the estimate of |G|² is
    not positive; None if the mini-batch is not smaller than the probe."""
    large = min(len(moment.train_set), PROBE_EXAMPLES)
    if moment.step is None or moment.steady_gradient is None or moment.step.examples >= large:
        return None
    small = moment.step.examples
    norms = [gradient.astype(np.float64) for gradient in (moment.step.gradient_after, moment.steady_gradient)]
    of_small, of_large = (float(gradient @ gradient) for gradient in norms)
    squared = (large * of_large - small * of_small) / (large - small)
    trace = (of_small - of_large) / (1 / small - 1 / large)
    if trace <= 0:
        return 0.0
    return trace / squared if squared > 0 else float("inf")


NOISE_SCALE = Instrument(
    name="noise_scale",
    help="tr Σ/|G|²: the batch size at which noise and gradient are equally large, one noisy estimate of it.",
    measure=_noise_scale,
    judged_only=True,
    unit="examples",
)
