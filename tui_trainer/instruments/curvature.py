"""The steepest curvature of a function, from its gradient alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_trainer.arrays import Array

STEPS = 15
"""The most Hessian-vector products: enough for four digits if the largest eigenvalue is well separated, as it is in
training."""
NEARLY = 1e-3
"""Length of the residual of the eigenvector, as a share of the eigenvalue, at which it is good enough. The error of
the eigenvalue is of the order of its square: six digits. That takes six to nine products in most runs."""
LEAST = 5
"""The least number of products, before the residual is looked at."""
NEAR, SMALL = 1e-6, 1e-9
"""Distance from the parameters, on both sides, at which the gradient is computed: at least so much, and at least such a
share of their length. From the large parameters of a run that diverges a shorter way would be lost in rounding."""


def product(gradient: Callable[[Array], Array], parameters: Array, direction: Array) -> Array:
    """The Hessian times `direction` (parameters,).

    This is no exact product: it is the central difference of exact gradients in float64, near by on either side. Tests
    hold it to automatic differentiation within 1e-6. In return no activation, layer or loss needs a second derivative.
    """
    length = float(np.linalg.norm(direction))
    near = max(NEAR, SMALL * float(np.linalg.norm(parameters)))
    step = near / length * direction
    ahead = gradient(parameters + step).copy()
    return (ahead - gradient(parameters - step)) * (length / (2 * near))


def largest_eigenvalue(matrix: Callable[[Array], Array], size: int) -> float:
    """The largest eigenvalue of a symmetric matrix (size, size), given by its products with vectors. Lanczos's method
    with full orthogonalisation, from a fixed start. NaN if a product is no finite number."""
    vector = np.cos(1.0 + np.arange(size, dtype=np.float64) ** 2)  # no preferred direction
    basis = np.empty((min(STEPS, size) + 1, size))
    basis[0] = vector / np.linalg.norm(vector)
    diagonal, beside = list[float](), list[float]()
    for step in range(min(STEPS, size)):
        image = matrix(basis[step])
        diagonal.append(float(image @ basis[step]))
        known = basis[: step + 1]
        for _ in range(2):  # twice is enough
            image = image - (known @ image) @ known
        rest = float(np.linalg.norm(image))
        if not np.isfinite(rest):
            return float("nan")
        if rest <= 1e-10 * max(map(abs, diagonal)):
            break
        if step + 1 >= LEAST:
            value, last = _largest(diagonal, beside)
            if rest * abs(last) <= NEARLY * value:
                return value
        beside.append(rest)
        basis[step + 1] = image / rest
    return _largest(diagonal, beside[: len(diagonal) - 1])[0]


def _largest(diagonal: list[float], beside: list[float]) -> tuple[float, float]:
    """The largest eigenvalue of a symmetric tridiagonal matrix, and the last number of its eigenvector of length 1."""
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
    return float(values[-1]), float(vectors[-1, -1])


def steepest(gradient: Callable[[Array], Array], parameters: Array, added: Array | float = 0.0) -> float | None:
    """The largest eigenvalue of the Hessian at `parameters` (n,), float64, with `added` (n,) on its diagonal; None if
    it is no finite number."""
    value = largest_eigenvalue(lambda v: product(gradient, parameters, v) + added * v, len(parameters))
    return value if np.isfinite(value) else None
