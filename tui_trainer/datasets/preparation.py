"""From what the screen shows to what the network gets: feature expansion, then standardising.

A preparation is fitted on the training inputs once and then applies to any point, so the decision map can ask
for the network's answer anywhere in the plane.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats

Feature = Literal["x1", "x2", "x1^2", "x2^2", "x1x2", "sin(x1)", "sin(x2)"]

PLAIN_FEATURES: tuple[Feature, ...] = ("x1", "x2")
"""The columns as they are; for data with any other number of columns the only choice."""

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
"""Choices of them worth a comparison: what is there, with what makes circles, a saddle, waves, and all at once."""


class Preparation(Struct, frozen=True, kw_only=True, eq=False):
    """What happens to raw inputs before the network sees them: (expand(inputs) − mean) / scale."""

    input_names: tuple[str, ...]
    """Of the raw columns."""
    features: tuple[Feature, ...]
    """`PLAIN_FEATURES` leaves the columns as they are."""
    mean: Floats
    scale: Floats
    """(network inputs,) each; 0 and 1 where nothing is standardised."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the network's inputs."""
        return self.input_names if self.features == PLAIN_FEATURES else self.features

    def prepare(self, inputs: Floats) -> Floats:
        """Raw inputs (m, columns) → a new array (m, network inputs), float64."""
        return (_expand(inputs, self.features) - self.mean) / self.scale


def fit_preparation(
    train_inputs: Floats, input_names: tuple[str, ...], features: tuple[Feature, ...], standardize: bool
) -> Preparation:
    """The preparation for these raw training inputs (n, columns), n ≥ 1.

    Standardising uses mean and standard deviation (divisor n) of the expanded training inputs; a column that
    is constant there is centred and keeps its scale.
    """
    columns = _expand(train_inputs, features)
    mean, scale = np.zeros(columns.shape[1]), np.ones(columns.shape[1])
    if standardize:
        mean = columns.mean(axis=0)
        # Asked of the values, not of the deviation, which rounding can leave at 1e-17 for a constant column.
        varies = columns.max(axis=0) > columns.min(axis=0)
        scale = np.where(varies, columns.std(axis=0), 1.0)
    return Preparation(input_names=input_names, features=features, mean=mean, scale=scale)


def _expand(inputs: Floats, features: tuple[Feature, ...]) -> Floats:
    if features == PLAIN_FEATURES:
        return inputs
    x1, x2 = inputs.T
    return np.column_stack([FEATURES[feature](x1, x2) for feature in features])
