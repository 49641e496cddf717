"""Is the blame right? The gradient that backpropagation gives against the slope that the loss really has.

For a sample of the parameters w the loss of one mini-batch is computed at w + h and w − h in float64; their central
difference (L(w + h) − L(w − h)) / 2h is the derivative up to an error of order h².
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tui_trainer.telemetry.gradient_check import GradientCheck
from tui_trainer.training import Experiment, Trainer
from tui_trainer.training.evaluation import Probe

STEP = 1e-6
"""h, relative to the parameter where that is larger than 1. Larger, it steps over the kinks of ReLUs; smaller, the
rounding of the losses grows."""
ASIDE = 0.01
"""Standard deviation of the step away from the starting weights."""
PARAMETERS = 300
"""Compared at most: a random sample that is always the same."""


def check_gradient(experiment: Experiment, weights: NDArray[np.floating[Any]] | None = None) -> GradientCheck:
    """Compare near `weights` (by default the starting ones), on the first mini-batch with its dropout masks.

    Penalties are left out, as they are no part of the loss, and so is the clip to [0, 1], through which the gradient
    goes straight on purpose.
    """
    network = replace(experiment.network, dtype="float64")
    if network.output == "clip01":
        network = replace(network, output="linear")
    plain = replace(experiment, network=network, optimizer=replace(experiment.optimizer, l1=0.0, l2=0.0))
    trainer = Trainer(plain)
    random = np.random.default_rng(0)
    # Biases start at 0, and a ReLU whose inputs are all silent stands exactly on its kink there: step aside.
    here = trainer.vectors.parameters if weights is None else weights.astype(np.float64)
    aside = here + ASIDE * random.standard_normal(trainer.network.parameter_count)
    probe = Probe(trainer, *trainer.feed.block(0).plans[0], aside)
    with np.errstate(all="ignore"):  # of weights that have exploded: the error is then no number, and says so
        gradient, vector = probe.gradient().copy(), probe.vectors.parameters
        count = min(PARAMETERS, len(vector))
        chosen = random.choice(len(vector), count, replace=False)
        numeric = np.array([_slope(probe, index) for index in chosen])
        analytic = gradient[chosen]
        size = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
        error = float(np.linalg.norm(analytic - numeric))
    return GradientCheck(relative_error=error / size if size else 0.0, parameters=count)


def _slope(probe: Probe, index: int) -> float:
    """The central difference of the batch loss in one parameter, which is put back."""
    vector = probe.vectors.parameters
    before = float(vector[index])
    step = STEP * max(1.0, abs(before))
    vector[index] = before + step
    above = probe.loss()
    vector[index] = before - step
    below = probe.loss()
    vector[index] = before
    return (above - below) / (2 * step)
