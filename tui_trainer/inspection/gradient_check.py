"""Is the blame right? Compares the gradient of backpropagation with the measured slope of the loss.

For a sample of the parameters w the loss of one mini-batch is computed at w + h, w and w − h in float64. The central
difference (L(w + h) − L(w − h)) / 2h is the derivative, up to an error of order h² and the rounding of the two losses
divided by h. If a ReLU or another function with a kink bends within h of w, the central difference is the mean of two
slopes and no derivative. Then smaller steps are tried, until both sides have the same slope. If no step achieves that,
w lies on the kink, where there is no derivative to compare with.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.telemetry import WeightAddress
from tui_trainer.telemetry.gradient_check import GradientCheck
from tui_trainer.training.network import Network
from tui_trainer.training.probe import Probe
from tui_trainer.training.trainer import Trainer

STEPS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
"""h, times the parameter if that is larger than 1. A small h steps over fewer kinks; a large h suffers less from the
rounding of the losses."""
CLOSE = 5e-8
"""Difference, as a share of the gradient's norm, below which no smaller step is tried. The differences of 300
parameters together are then below the tolerance of the verdict."""
RESOLVED = 4.0
"""A difference of slopes counts if it is at least this multiple of the rounding."""
BACKWARD = 1e-11
"""The rounding of the gradient itself. Blame is a difference of numbers near 1: if a network is surer than their last
digit shows, its blame is 0 while its loss is not."""
BESIDE = 0.1
"""A gradient is right beside a kink if it is off by no more than this share of what it is off at the kink."""
NEAR = 0.01
"""A slope over more than this share of the typical weight proves nothing: kinks lie as close as weights are small."""
PARAMETERS = 300
"""Size of the random sample, which is always the same."""
TRIALS = 8
"""Losses computed at weights that differ in the last digit, to measure the effect of rounding."""


def check_gradient(
    experiment: Experiment, weights: NDArray[np.floating[Any]] | None = None, weight: WeightAddress | None = None
) -> GradientCheck:
    """Compare at `weights` (by default the starting ones), on the first mini-batch with its dropout masks.

    Penalties are left out, as they are no part of the loss, and so is the clip to [0, 1], through which the gradient
    goes straight on purpose. `weight`: one that is compared by itself too.
    """
    network = replace(experiment.network, dtype="float64")
    if network.output == "clip01":
        network = replace(network, output="linear")
    plain = replace(experiment, network=network, optimizer=replace(experiment.optimizer, l1=0.0, l2=0.0))
    trainer = Trainer(plain)
    random = np.random.default_rng(0)
    here = trainer.vectors.parameters if weights is None else weights.astype(np.float64)
    probe = Probe(trainer.network, plain.optimizer, *trainer.feed.block(0).plans[0], here)
    with np.errstate(all="ignore"):  # exploded weights give a NaN error, which is reported as such
        gradient = probe.gradient().copy()
        chosen = random.choice(len(gradient), min(PARAMETERS, len(gradient)), replace=False)
        slopes = _Slopes(probe, random, CLOSE * float(np.linalg.norm(gradient[chosen])))
        found = [(gradient[index], *slope) for index in chosen if (slope := slopes.at(index, gradient[index]))]
        index = None if weight is None else _index(trainer.network, weight)
        slope = None if index is None else slopes.at(index, gradient[index])
        analytic, numeric, rounding = np.array(found).reshape(-1, 3).T
        size = float(np.linalg.norm(analytic) + np.linalg.norm(numeric))
        error, doubt = float(np.linalg.norm(analytic - numeric)), RESOLVED * float(np.linalg.norm(rounding + BACKWARD))
    return GradientCheck(
        relative_error=error / size if size else 0.0,
        rounding=1.0 if doubt > size else doubt / size,
        parameters=len(found),
        kinks=len(chosen) - len(found),
        without_clip=experiment.network.output == "clip01",
        weight="" if index is None else trainer.network.parameter_name(index),
        blame=0.0 if index is None else float(gradient[index]),
        slope=None if slope is None else slope[0],
    )


def _index(network: Network, weight: WeightAddress) -> int:
    return network.parameter_index(*network.nearest_parameter(weight.layer, weight.source, weight.unit))


class _Slopes:
    """The slopes of the batch loss in single parameters of a probe. Each parameter is put back afterwards."""

    def __init__(self, probe: Probe, random: np.random.Generator, close: float) -> None:
        """`close`: difference up to which a slope agrees with the gradient, rounding aside."""
        self._probe, self._close = probe, close
        self._vector = probe.vectors.parameters
        self._loss = probe.loss()
        weights = self._vector[self._vector != 0]
        self._near = NEAR * min(1.0, float(np.sqrt(np.mean(weights**2)))) if len(weights) else NEAR
        self._rounding = self._rounding_of_loss(random)

    def at(self, index: int, gradient: float) -> tuple[float, float] | None:
        """The slope in one parameter, and how far rounding may move it; None if the loss has a kink there.

        `gradient` is the expected slope: the first step whose slope agrees is taken. A wrong gradient never agrees.
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
        if not (straightens and settles and off > RESOLVED * seen and h <= self._near):
            return None
        return None if self._jumps(index, off) else (slopes[-1], seen)

    def _jumps(self, index: int, off: float) -> bool:
        """Whether the gradient, `off` from the slope at w, is right on both sides of w: then a kink is nearer to
        w than any step. A wrong formula is wrong there too."""
        before = float(self._vector[index])
        for h in np.array(STEPS) * max(1.0, abs(before)):
            if RESOLVED * self._rounding / h > off * BESIDE:
                return False
            wrong = 0.0
            for half, slope in zip((-h / 2, h / 2), self._one_sided(index, h), strict=True):
                self._vector[index] = before + half
                wrong = max(wrong, abs(float(self._probe.gradient()[index]) - slope))
                self._vector[index] = before
            if wrong <= off * BESIDE:
                return True
        return False

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
