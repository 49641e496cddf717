"""Initial weights: normal draws whose standard deviation depends on the inputs and units of the layer.

Each function returns weights (inputs, units) in float64, times `gain`. Biases are set separately (`bias_init`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _normal(generator: np.random.Generator, inputs: int, units: int, deviation: float) -> NDArray[np.float64]:
    return np.multiply(generator.standard_normal((inputs, units)), deviation)


def he(generator: np.random.Generator, inputs: int, units: int, gain: float) -> NDArray[np.float64]:
    """σ² = 2/inputs: preserves the size of ReLU activations through the layers (He 2015)."""
    return _normal(generator, inputs, units, gain * (2 / inputs) ** 0.5)


def xavier(generator: np.random.Generator, inputs: int, units: int, gain: float) -> NDArray[np.float64]:
    """σ² = 2/(inputs + units): a compromise between forward and backward for tanh (Glorot 2010, the normal form)."""
    return _normal(generator, inputs, units, gain * (2 / (inputs + units)) ** 0.5)


def lecun(generator: np.random.Generator, inputs: int, units: int, gain: float) -> NDArray[np.float64]:
    """σ² = 1/inputs (LeCun 1998)."""
    return _normal(generator, inputs, units, gain * (1 / inputs) ** 0.5)


def normal(generator: np.random.Generator, inputs: int, units: int, gain: float) -> NDArray[np.float64]:
    """σ = 1: far too large for most layers unless `gain` is small."""
    return _normal(generator, inputs, units, gain)


def zeros(generator: np.random.Generator, inputs: int, units: int, gain: float) -> NDArray[np.float64]:
    """All 0: the units of a layer start equal and stay equal."""
    return np.zeros((inputs, units))


def constant(generator: np.random.Generator, inputs: int, units: int, gain: float) -> NDArray[np.float64]:
    """Every weight = `gain`: as symmetric as zeros."""
    return np.full((inputs, units), float(gain))
