"""The linear layer z = Wᵀa + b, with its three products.

Activations are feature-major, one column an example, with a last row of ones: (inputs + 1, batch). The bias is then
the last row of the weights, (inputs + 1, units), and a layer is one matrix product in every direction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.layers.call import Call

Array = NDArray[np.floating]


def forward(weight: Array, a: Array, z: Array) -> Call:
    """z ← Wᵀ a. weight (inputs + 1, units), a (inputs + 1, batch) with its row of ones, z (units, batch)."""
    return weight.T.dot, (a, z)


def weight_gradient(a: Array, delta: Array, gradient: Array) -> Call:
    """∂L/∂W ← a δᵀ, with δ = ∂L/∂z (units, batch); the last row is the bias's. gradient (inputs + 1, units)."""
    return a.dot, (delta.T, gradient)


def input_gradient(weight: Array, delta: Array, out: Array) -> Call:
    """∂L/∂a ← W δ without the bias's row. out (inputs, batch)."""
    return weight[:-1].dot, (delta, out)
