"""What the training examples are like: how many, how alike the scales of their columns, how rare the rarest class."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.instrument import Instrument, Moment


def _is_start(moment: Moment) -> bool:
    return not moment.iteration and moment.earlier is not None


def _input_ratio(moment: Moment) -> float | None:
    """Columns that do not vary say nothing, and do not count."""
    if not _is_start(moment):
        return None
    deviations = np.sort(moment.train_set.inputs.astype(np.float64).std(axis=0))
    deviations = deviations[deviations > 0]
    return float(deviations[-1] / deviations[(len(deviations) - 1) // 2]) if len(deviations) else None


def _input_size(moment: Moment) -> float | None:
    if not _is_start(moment):
        return None
    return float(np.sqrt(np.square(moment.train_set.inputs.astype(np.float64)).mean()))


def _smallest_class(moment: Moment) -> float | None:
    if not _is_start(moment) or moment.classes < 2:
        return None
    counts = np.bincount(moment.train_set.labels.astype(np.int64), minlength=moment.classes)
    return float(counts.min() / counts.mean())


TRAIN_EXAMPLES = Instrument(
    name="train_examples",
    help="The examples that are trained on.",
    measure=lambda moment: len(moment.train_set) if _is_start(moment) else None,
    unit="examples",
)
INPUT_RATIO = Instrument(
    name="input_ratio",
    help="The largest standard deviation of an input column over the middle one, at the start.",
    measure=_input_ratio,
)
INPUT_SIZE = Instrument(
    name="input_size",
    help="The root mean square of all inputs, at the start.",
    measure=_input_size,
)
SMALLEST_CLASS = Instrument(
    name="smallest_class",
    help="Training examples of the rarest class, as a share of what each class would have were all equally frequent.",
    measure=_smallest_class,
)
