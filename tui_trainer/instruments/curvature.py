"""The steepest curvature of a function, from its gradient alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_trainer.arrays import Array

STEPS = 15
"""Hessian-vector products: enough for four digits if the largest eigenvalue is well separated, as it is in training."""
NEAR = 1e-6
"""Distance from the parameters, on both sides, at which the gradient is computed."""


def product(gradient: Callable[[Array], Array], parameters: Array, direction: Array) -> Array:
    """The Hessian times `direction` (parameters,).

    This is no exact product: it is the central difference of exact gradients in float64, `NEAR` on either side. Tests
    hold it to automatic differentiation within 1e-6. In return no activation, layer or loss needs a second derivative.
    """
    length = float(np.linalg.norm(direction))
    step = NEAR / length * direction
    ahead = gradient(parameters + step).copy()
    return (ahead - gradient(parameters - step)) * (length / (2 * NEAR))


def largest_eigenvalue(matrix: Callable[[Array], Array], size: int, steps: int = STEPS) -> float:
    """The largest eigenvalue of a symmetric matrix (size, size), given by its products with vectors. Lanczos's method
    with full orthogonalisation, from a fixed start."""
    vector = np.cos(1.0 + np.arange(size, dtype=np.float64) ** 2)  # no preferred direction
    basis = [vector / np.linalg.norm(vector)]
    diagonal, beside = list[float](), list[float]()
    for _ in range(min(steps, size)):
        image = matrix(basis[-1])
        diagonal.append(float(image @ basis[-1]))
        for known in basis * 2:  # twice is enough
            image = image - (image @ known) * known
        rest = float(np.linalg.norm(image))
        if rest <= 1e-10 * max(map(abs, diagonal)) or not np.isfinite(rest):
            break
        beside.append(rest)
        basis.append(image / rest)
    off = beside[: len(diagonal) - 1]
    return float(np.linalg.eigvalsh(np.diag(diagonal) + np.diag(off, 1) + np.diag(off, -1)).max())


def steepest(gradient: Callable[[Array], Array], parameters: Array, added: Array | float = 0.0) -> float | None:
    """The largest eigenvalue of the Hessian at `parameters` (n,), float64, with `added` (n,) on its diagonal; None if
    it is no finite number."""
    value = largest_eigenvalue(lambda v: product(gradient, parameters, v) + added * v, len(parameters))
    return value if np.isfinite(value) else None
