"""Properties of the training examples: their number, the scales of their columns, the share of the rarest class."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.instruments.instrument import Instrument, Moment

MOST_EXAMPLES = 5_000
"""The most examples on which the scale of the inputs is measured: the first ones."""


def _inputs(moment: Moment) -> Floats:
    return moment.train_set.inputs[:MOST_EXAMPLES].astype(np.float64)


def _input_ratio(moment: Moment) -> float | None:
    """Constant columns do not count."""
    if not moment.is_start:
        return None
    deviations = np.sort(_inputs(moment).std(axis=0))
    deviations = deviations[deviations > 0]
    return float(deviations[-1] / deviations[(len(deviations) - 1) // 2]) if len(deviations) else None


def _input_size(moment: Moment) -> float | None:
    if not moment.is_start:
        return None
    return float(np.sqrt(np.square(_inputs(moment)).mean()))


def _smallest_class(moment: Moment) -> float | None:
    if not moment.is_start or moment.classes < 2:
        return None
    counts = np.bincount(moment.train_set.labels.astype(np.int64), minlength=moment.classes)
    return float(counts.min() / counts.mean())


TRAIN_EXAMPLES = Instrument(
    name="train_examples",
    help="The examples that are trained on.",
    measure=lambda moment: len(moment.train_set) if moment.is_start else None,
    judged_only=True,
    unit="examples",
)
INPUT_RATIO = Instrument(
    name="input_ratio",
    help="The largest standard deviation of an input column over the middle one, at the start.",
    measure=_input_ratio,
    judged_only=True,
)
INPUT_SIZE = Instrument(
    name="input_size",
    help="The root mean square of all inputs, at the start.",
    measure=_input_size,
    judged_only=True,
)
SMALLEST_CLASS = Instrument(
    name="smallest_class",
    help="Training examples of the rarest class, as a share of what each class would have were all equally frequent.",
    measure=_smallest_class,
    judged_only=True,
)
