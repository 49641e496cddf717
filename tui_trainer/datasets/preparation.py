"""From raw inputs to inputs of the network: feature expansion, then standardising.

A preparation is fitted on the training inputs once and then applies to any point. So the decision map can show the
network's prediction anywhere in the plane.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats

Feature = Literal["x1", "x2", "x1^2", "x2^2", "x1x2", "sin(x1)", "sin(x2)"]

PLAIN_FEATURES: tuple[Feature, ...] = ("x1", "x2")
"""The columns unchanged: the only choice for data without exactly two columns."""

FEATURES: dict[Feature, Callable[[Floats, Floats], Floats]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),
    "sin(x2)": lambda x1, x2: np.sin(x2),
}
"""The inputs that TensorFlow Playground offers for a point (x1, x2)."""

FEATURE_SETS: tuple[tuple[Feature, ...], ...] = (
    PLAIN_FEATURES,
    (*PLAIN_FEATURES, "x1^2", "x2^2"),
    (*PLAIN_FEATURES, "x1x2"),
    (*PLAIN_FEATURES, "sin(x1)", "sin(x2)"),
    tuple(FEATURES),
)
"""Feature sets worth comparing: the plain columns, then with features for circles, for a saddle, for waves, and all."""


MOST_COPIED = 1_000_000
"""Numbers copied at once to take their deviation."""


class Preparation(Struct, frozen=True, kw_only=True, eq=False):
    """The transformation of raw inputs for the network: (expand(inputs) − mean) / scale."""

    input_names: tuple[str, ...]
    """Names of the raw columns."""
    features: tuple[Feature, ...]
    """`PLAIN_FEATURES` leaves the columns unchanged."""
    standardizes: bool
    mean: Floats
    """(network inputs,); 0 without standardising."""
    scale: Floats
    """(network inputs,); 1 without standardising."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the network's inputs."""
        return self.input_names if self.features == PLAIN_FEATURES else self.features

    def prepare(self, inputs: Floats) -> Floats:
        """Raw inputs (m, columns) → a new array (m, network inputs), float64."""
        prepared = _expand(inputs, self.features) - self.mean
        prepared /= self.scale
        return prepared


def fit_preparation(
    train_inputs: Floats, input_names: tuple[str, ...], features: tuple[Feature, ...], standardize: bool
) -> Preparation:
    """The preparation for these raw training inputs (n, columns), n ≥ 1.

    Standardising uses mean and standard deviation (divisor n) of the expanded training inputs. A constant column is
    centred and keeps its scale.
    """
    columns = _expand(train_inputs, features)
    mean, scale = np.zeros(columns.shape[1]), np.ones(columns.shape[1])
    if standardize:
        mean = columns.mean(axis=0, dtype=np.float64)
        # NumPy copies what it takes the deviation of, so some columns at a time, as few numbers as the network needs.
        some = max(MOST_COPIED // len(columns), 2)
        deviations = [
            columns[:, start : start + some].std(axis=0, dtype=np.float64) for start in range(0, len(mean), some)
        ]
        # Rounding can give a constant column a deviation of 1e-17, so the values decide.
        varies = columns.max(axis=0) > columns.min(axis=0)
        scale = np.where(varies, np.concatenate(deviations), 1.0)
    return Preparation(input_names=input_names, features=features, standardizes=standardize, mean=mean, scale=scale)


def _expand(inputs: Floats, features: tuple[Feature, ...]) -> Floats:
    if features == PLAIN_FEATURES:
        return inputs
    x1, x2 = inputs.T
    return np.column_stack([FEATURES[feature](x1, x2) for feature in features])
