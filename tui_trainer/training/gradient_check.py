"""Is the blame right? The gradient that backpropagation gives against the slope that the loss really has.

For a sample of the parameters w the loss of one mini-batch is computed at w + h, w and w − h in float64. The central
difference (L(w + h) − L(w − h)) / 2h is the derivative up to an error of order h², and up to the rounding of the two
losses over h. Where a ReLU or another function with a kink bends within h of w, the central difference is a mean of two
slopes and no derivative: then smaller steps are tried, until both sides have one slope. Where none has, w stands on the
kink; it has no derivative there, and nothing to compare with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.telemetry.gradient_check import GradientCheck
from tui_trainer.training.probe import Probe
from tui_trainer.training.trainer import Trainer

STEPS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
"""h, relative to the parameter where that is larger than 1. Smaller, it steps over fewer kinks; larger, the rounding of
the losses matters less."""
CLOSE = 5e-8
"""Difference, as a share of the gradient's norm, up to which a smaller step is not needed. That of 300 parameters
together is then below the tolerance of the verdict."""
RESOLVED = 4.0
"""How many times the rounding a difference of slopes must be, to be seen."""
BACKWARD = 1e-11
"""The rounding of the gradient itself: blame is a difference of numbers near 1, so where a network is surer than their
last digit, it is 0, and its loss not quite."""
NEAR = 0.01
"""A slope over more than this share of the typical weight says nothing: kinks are as near as weights are small."""
PARAMETERS = 300
"""Compared at most: a random sample that is always the same."""
TRIALS = 8
"""Losses computed at weights that differ in the last digit, to see how far rounding moves them."""


def check_gradient(experiment: Experiment, weights: NDArray[np.floating[Any]] | None = None) -> GradientCheck:
    """Compare at `weights` (by default the starting ones), on the first mini-batch with its dropout masks.

    Penalties are left out, as they are no part of the loss, and so is the clip to [0, 1], through which the gradient
    goes straight on purpose.
    """
    network = replace(experiment.network, dtype="float64")
    if network.output == "clip01":
        network = replace(network, output="linear")
    plain = replace(experiment, network=network, optimizer=replace(experiment.optimizer, l1=0.0, l2=0.0))
    trainer = Trainer(plain)
    random = np.random.default_rng(0)
    here = trainer.vectors.parameters if weights is None else weights.astype(np.float64)
    probe = Probe(trainer.network, plain.optimizer, *trainer.feed.block(0).plans[0], here)
    with np.errstate(all="ignore"):  # of weights that have exploded: the error is then no number, and says so
        gradient = probe.gradient().copy()
        chosen = random.choice(len(gradient), min(PARAMETERS, len(gradient)), replace=False)
        slopes = _Slopes(probe, random, CLOSE * float(np.linalg.norm(gradient[chosen])))
        found = [(gradient[index], *slope) for index in chosen if (slope := slopes.at(index, gradient[index]))]
        analytic, numeric, rounding = np.array(found).reshape(-1, 3).T
        size = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
        error, doubt = float(np.linalg.norm(analytic - numeric)), RESOLVED * float(np.linalg.norm(rounding + BACKWARD))
    return GradientCheck(
        relative_error=error / size if size else 0.0,
        rounding=1.0 if doubt > size else doubt / size,
        parameters=len(found),
        kinks=len(chosen) - len(found),
        without_clip=experiment.network.output == "clip01",
    )


class _Slopes:
    """The slopes of the batch loss in single parameters of a probe, which are put back."""

    def __init__(self, probe: Probe, random: np.random.Generator, close: float) -> None:
        """`close`: up to how far from the gradient a slope agrees with it, the rounding aside."""
        self._probe, self._close = probe, close
        self._vector = probe.vectors.parameters
        self._loss = probe.loss()
        weights = self._vector[self._vector != 0]
        self._near = NEAR * min(1.0, float(np.sqrt(np.mean(weights**2)))) if len(weights) else NEAR
        self._rounding = self._rounding_of_loss(random)

    def at(self, index: int, gradient: float) -> tuple[float, float] | None:
        """The slope in one parameter, and how far rounding may move it; None where the loss has a kink there.

        `gradient` is what it should be: the first step at which it is so is believed. A wrong one is so at none.
        """
        slopes: list[float] = []
        bends: list[float] = []
        h = seen = off = np.inf
        for step in np.array(STEPS) * max(1.0, abs(float(self._vector[index]))):
            rounding = self._rounding / step
            if len(bends) > 1 and rounding > max(self._close, max(bends[-1], off) / RESOLVED):
                break  # shows nothing but rounding
            h, seen = step, rounding
            left, right = self._one_sided(index, h)
            slopes.append((left + right) / 2)
            bends.append(abs(right - left))
            off = abs(slopes[-1] - gradient)
            if not off > self._close + rounding:  # agrees, or is no number
                return slopes[-1], rounding
        # What curvature adds to the bend shrinks with the step, and the slopes settle; else it is a kink.
        straightens = bends[-1] <= max(bends[-2] / 4, RESOLVED * seen)
        settles = abs(slopes[-1] - slopes[-2]) <= max(off / 4, RESOLVED * seen)
        return (slopes[-1], seen) if straightens and settles and off > RESOLVED * seen and h <= self._near else None

    def _one_sided(self, index: int, h: float) -> tuple[float, float]:
        """The slopes from w − h to w and from w to w + h."""
        before = float(self._vector[index])
        self._vector[index] = before + h
        above = self._probe.loss()
        self._vector[index] = before - h
        below = self._probe.loss()
        self._vector[index] = before
        return (self._loss - below) / h, (above - self._loss) / h

    def _rounding_of_loss(self, random: np.random.Generator) -> float:
        """How far the rounding of a computed loss may be off: as it moves with the last digit of the weights."""
        here, epsilon = self._vector.copy(), np.finfo(np.float64).eps
        moved = abs(self._loss) * float(epsilon)
        for _ in range(TRIALS):
            self._vector[:] = here * (1 + epsilon * random.choice((-1.0, 1.0), len(here)))
            moved = max(moved, abs(self._probe.loss() - self._loss))
        self._vector[:] = here
        return 2 * moved
