"""What the data panel draws: the network's answers over the input space, or over the classes."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Confusion(Struct, frozen=True, kw_only=True):
    """Counts of true class (row) against answered class (column) on the validation set, or the training set."""

    counts: NDArray[np.int64]
    of: str
    """"validation" or "training"."""
    left_out: int = 0
    """Examples of that set that are not counted, since it has so many: it is the first ones that are."""


class DecisionMap(Struct, frozen=True, kw_only=True):
    """The answer (or one hidden unit's activation) over a grid of the two inputs, for 2-D data."""

    low: tuple[float, float]
    high: tuple[float, float]
    """Corners of the map in input coordinates (x₁, x₂), before standardising or feature expansion."""
    values: Floats
    """(rows, columns): for one output its value (for a classifier the probability of class 1); for several classes
    the probability of the winning class. Row 0 is the top, the highest x₂."""
    classes: NDArray[np.int64]
    """(rows, columns): the winning class; all 0 for regression and for a hidden unit."""
    outputs: int = 1
    """Of the network."""
    title: str
    """"answer" or "layer 1, unit 3"."""
    answered: Confusion | None = None
    """How often each class is answered right; None for regression and for a hidden unit."""


class Curve(Struct, frozen=True, kw_only=True):
    """The fitted function over a 1-D input."""

    x: Floats
    y: Floats
    """(columns,) each; y is the first output."""


class Agreement(Struct, frozen=True, kw_only=True):
    """Answer against truth, for a regression on more than two inputs: right answers lie on the diagonal."""

    truth: Floats
    answer: Floats
    """(n,) each: at most two thousand examples."""
    of: str
    """"validation" or "training"."""


class Embedding(Struct, frozen=True, kw_only=True):
    """Points of a 2-D embedding space with their labels, for contrastive learning."""

    points: Floats
    """(n, 2)."""
    labels: NDArray[np.int64]
    validation: NDArray[np.bool_]
    """(n,): whether the point was held out."""
    texts: tuple[str, ...]
    within_distance: float
    between_distance: float
    """Mean distance of pairs of one subject and of different subjects, over all points."""
    nearest_right: float
    """Share of held-out points whose nearest other training point has the same label."""


Picture = DecisionMap | Curve | Confusion | Agreement | Embedding
