"""What the data panel draws: the network's predictions over the input space, or over the classes."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Singles


class Confusion(Struct, frozen=True, kw_only=True):
    """Counts of true class (row) against predicted class (column) on the validation set, or the training set."""

    counts: NDArray[np.int64]
    of: str
    """"validation" or "training"."""
    left_out: int = 0
    """Examples that are not counted because the set is too large. The first examples are counted."""


class Asked(Struct, frozen=True, kw_only=True):
    """What the network predicts for inputs that a person asked about."""

    inputs: tuple[float, ...]
    """Raw inputs, before standardising or feature expansion."""
    prediction: Singles
    """(outputs,): the probabilities of a classifier (of class 1 alone with one output), or the values."""


class DecisionMap(Struct, frozen=True, kw_only=True):
    """The prediction, or the activation of one hidden unit, over a grid of two inputs."""

    low: tuple[float, float]
    """The lower left corner in input coordinates (x₁, x₂), before standardising or feature expansion."""
    high: tuple[float, float]
    """The upper right corner."""
    values: Singles
    """(rows, columns): with one output its value in the target's own unit (the probability of class 1 for a
    classifier); with several classes the probability of the winning class. Row 0 is the top, the highest x₂."""
    classes: NDArray[np.int64]
    """(rows, columns): the winning class; all 0 for a regression and for a hidden unit."""
    axes: tuple[int, int] = (0, 1)
    """The inputs, from 0, that run across and up."""
    others: tuple[float, ...]
    """What every input is where the map does not show it: its mean over the training set, or that of an example."""
    example: str = ""
    """The example whose inputs the others are, "line 12" of its file or "example 3"; "" for the means."""
    outputs: int = 1
    title: str
    """"answer" or "layer 1, unit 3"."""
    answered: Confusion | None = None
    """How often each class is predicted right; None for a regression and for a hidden unit."""


class Curve(Struct, frozen=True, kw_only=True):
    """The fitted function over a 1-D input."""

    x: Singles
    """(columns,)"""
    y: Singles
    """(columns,): the first output."""


class Agreement(Struct, frozen=True, kw_only=True):
    """Prediction against truth, for a regression on more than two inputs. Right predictions lie on the diagonal."""

    truth: Singles
    answer: Singles
    """(n,) each: at most two thousand examples, in the target's own unit."""
    of: str
    """"validation" or "training"."""
    residuals: bool = False
    """Whether the errors are to be drawn, answer − truth over the answer."""


class HardExamples(Struct, frozen=True, kw_only=True):
    """The examples with the largest losses, the worst first: outliers and wrong labels are among them. (k,) each."""

    number: NDArray[np.int64]
    """Its number in its set, from 0."""
    line: NDArray[np.int64]
    """The line of the file in which it stands; −1 for one added by hand, or where there is no file."""
    row_word: str
    """What `line` is called: "line", of arrays "row"."""
    held_out: NDArray[np.bool_]
    """Whether it is of the validation set."""
    loss: Singles
    truth: Singles
    answer: Singles
    """Class numbers, or values in the target's own unit."""
    values: tuple[str, ...]
    """The inputs of each in words, "size 120, town Bern", of a table the most unusual ones first; "" for images."""
    examples: int
    """Examples of both sets that were looked at."""


class ColumnWorth(Struct, frozen=True, kw_only=True):
    """How much the mean loss rises when the values of one column are shuffled among the examples (permutation
    importance: Breiman, "Random Forests", 2001). (columns,) each, the largest rise first."""

    names: tuple[str, ...]
    rise: Singles
    """The mean over `shuffles`."""
    spread: Singles
    """The standard deviation over the shuffles."""
    loss: float
    """The loss without shuffling."""
    shuffles: int
    of: str
    """"validation" or "training"."""
    examples: int


class AskedText(Struct, frozen=True, kw_only=True):
    """Where the network puts a text that a person typed."""

    text: str
    point: Singles
    """(2,)."""
    nearest: int | None
    """The training point nearest to it; None if its place is not finite."""


class Embedding(Struct, frozen=True, kw_only=True):
    """Points of a 2-D embedding space with their labels, for contrastive learning."""

    points: Singles
    """(n, 2)."""
    labels: NDArray[np.int64]
    validation: NDArray[np.bool_]
    """(n,): whether the point was held out."""
    texts: tuple[str, ...]
    within_distance: float
    """Mean distance of pairs of one subject, over all points."""
    between_distance: float
    """Mean distance of pairs of different subjects, over all points."""
    nearest_right: float
    """Share of held-out points whose nearest training point has the same label."""
    asked: AskedText | None = None
    """The text of `PictureRequest.asked_text`."""


Picture = DecisionMap | Curve | Confusion | Agreement | Embedding | HardExamples | ColumnWorth
