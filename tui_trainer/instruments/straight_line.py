"""The loss of the best network without hidden layers: what none of its kind can go below, whatever it learns."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.instruments.instrument import Instrument, Moment
from tui_trainer.instruments.neighbours import MOST_ROWS

STEPS = 60
"""Steps of descent. They come within a percent of the best loss, since the inputs have no correlation there."""


def straight_loss(examples: EvaluationSet) -> float | None:
    """The lowest mean loss of weights that lead straight from the inputs of the first `MOST_ROWS` examples to the
    answers; None where these are no numbers to compute with. The loss must not be one of pairs.

    The inputs are first turned and scaled until they are uncorrelated, which changes nothing that such a network can
    answer; then the lengths of the steps are those of Barzilai and Borwein (1988).
    """
    rows = examples.rows[:MOST_ROWS].astype(np.float64)
    targets = np.ascontiguousarray(examples.targets[:, :MOST_ROWS], dtype=np.float64)
    if not (np.isfinite(rows).all() and np.isfinite(targets).all()):
        return None
    basis, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    basis = basis[:, sizes > 1e-9 * sizes[0]]
    z, slope = np.zeros((len(targets), len(rows))), np.empty((len(targets), len(rows)))
    calls = examples.loss.gradient(z, targets, slope, examples.output)

    def gradient() -> Array:
        for function, arguments in calls:
            function(*arguments)
        found: Array = slope @ basis
        return found

    weights = np.zeros((len(targets), basis.shape[1]))
    best, before, length = np.inf, gradient(), float(len(rows))
    for _ in range(STEPS):
        step = -length * before
        weights += step
        np.matmul(weights, basis.T, out=z)
        best = min(best, float(examples.loss.values(z, targets, examples.output).mean()))
        now = gradient()
        bend = float((step * (now - before)).sum())
        if not 0 < bend < np.inf:
            break
        length, before = float((step * step).sum()) / bend, now
    return best if np.isfinite(best) else None


def _straight_loss(moment: Moment) -> float | None:
    if not moment.is_start or moment.train_set.loss.pairs or len(moment.weights) > 1:
        return None
    return straight_loss(moment.train_set)


STRAIGHT_LOSS = Instrument(
    name="straight_loss",
    help="The loss of the best network without hidden layers, where the network has none.",
    measure=_straight_loss,
    cost=f"once, without hidden layers; {STEPS} forward and backward passes over {MOST_ROWS:,} examples at most",
)
