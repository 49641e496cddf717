"""Sharpness: the steepest curvature of the loss, which limits the longest stable step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_trainer.arrays import Array
from tui_trainer.instruments.instrument import PROBE_EXAMPLES, Instrument, Moment

EVERY = 20
"""Evaluations between two measurements, because sharpness is the most expensive measure."""
STEPS = 15
"""Hessian-vector products: enough for four digits if the largest eigenvalue is well separated, as it is in training."""
NEAR = 1e-6
"""Distance from the parameters, on both sides, at which the gradient is computed."""


def product(gradient: Callable[[Array], Array], parameters: Array, direction: Array) -> Array:
    """The Hessian times `direction` (parameters,), by the central difference of exact gradients in float64. It agrees
    with automatic differentiation to eight digits and needs no second derivative of an activation or a loss."""
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


def _sharpness(moment: Moment) -> float | None:
    """None between these evaluations, and if it is not requested."""
    if moment.precise is None or moment.earlier is None or moment.earlier.count % EVERY != 1:
        return None
    precise, parameters = moment.precise(), moment.parameters.astype(np.float64)
    value = largest_eigenvalue(lambda v: product(precise.gradient, parameters, v), len(parameters))
    return value if np.isfinite(value) else None


SHARPNESS = Instrument(
    name="sharpness",
    help=f"The largest eigenvalue of the Hessian of the loss on the first {PROBE_EXAMPLES} training examples, "
    f"penalties included.",
    measure=_sharpness,
    cost=f"at every {EVERY}th evaluation of a small network {2 * STEPS} forward and backward passes in float64",
)
