"""Between blame and fix: penalties are added to the gradient, then it may be clipped.

Each exists twice: as calls of the plan on whole vectors, and as an equation for one number of them.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.formulas.expressions import Equation, Expression, Number, phrase
from tui_trainer.layers import Call
from tui_trainer.optimizers import Optimizer
from tui_trainer.training.vectors import Vectors


def penalty_calls(optimizer: Optimizer, vectors: Vectors, is_weight: NDArray[np.bool_]) -> list[Call]:
    """Calls that add l1·sign(w) + l2·w, the gradients of l1·Σ|w| and ½·l2·Σw², to the weights' gradient."""
    parameters, gradient, scratch = vectors.parameters, vectors.gradient, vectors.scratch
    calls: list[Call] = []
    if optimizer.l2:
        strength = (is_weight * optimizer.l2).astype(parameters.dtype)
        calls += [(np.multiply, (parameters, strength, scratch)), (np.add, (gradient, scratch, gradient))]
    if optimizer.l1:
        strength = (is_weight * optimizer.l1).astype(parameters.dtype)
        calls += [
            (np.sign, (parameters, scratch)),
            (np.multiply, (scratch, strength, scratch)),
            (np.add, (gradient, scratch, gradient)),
        ]
    return calls


def clip_calls(optimizer: Optimizer, vectors: Vectors) -> tuple[list[Call], Array]:
    """Calls that clip by value, then by norm (Pascanu 2013), and the vector that then holds the clipped gradient.

    The gradient itself stays as it is: the screen shows the true one. The norm is scaled by min(1, c/‖g‖)
    exactly; PyTorch's clip_grad_norm_ adds 1e-6 to the norm.
    """
    if optimizer.clip_norm is None and optimizer.clip_value is None:
        return [], vectors.gradient
    source, clipped = vectors.gradient, np.zeros_like(vectors.gradient)
    dtype = clipped.dtype
    calls: list[Call] = []
    if optimizer.clip_value is not None:
        edge = np.array(optimizer.clip_value, dtype)
        calls += [
            (partial(np.minimum, out=clipped), (source, edge)),
            (partial(np.maximum, out=clipped), (clipped, -edge)),
        ]
        source = clipped
    if optimizer.clip_norm is not None:
        norm = np.zeros((), dtype)
        calls += [
            (source.dot, (source, norm)),
            (np.sqrt, (norm, norm)),
            (np.divide, (np.array(optimizer.clip_norm, dtype), norm, norm)),
            (partial(np.minimum, out=norm), (norm, np.array(1, dtype))),
            (np.multiply, (source, norm, clipped)),
        ]
    return calls, clipped


def penalised(optimizer: Optimizer, weight: float, gradient: float) -> Equation | None:
    """0.012 + 0.01 × 0.5 = 0.017: how the penalties add to the mean gradient of one weight; None without any."""
    if not (optimizer.l1 or optimizer.l2):
        return None
    sign = float(np.sign(weight))
    added: Expression = Number(gradient - optimizer.l2 * weight - optimizer.l1 * sign)
    if optimizer.l2:
        added += Number(optimizer.l2) * weight
    if optimizer.l1:
        added += Number(optimizer.l1) * sign
    return added.equals(gradient)


def clipped(optimizer: Optimizer, gradient: Array, index: int) -> tuple[float, tuple[Equation, ...]]:
    """The optimizer's input for one number of the gradient, and what each kind of clipping did to that number."""
    value, vector = float(gradient[index]), gradient.astype(np.float64)
    done: list[Equation] = []
    if (edge := optimizer.clip_value) is not None:
        vector = vector.clip(-edge, edge)
        cut = float(vector[index])
        words = ("{} lies within ±{}, stays", edge) if cut == value else ("{} is cut to {}", cut)
        done.append(Equation((phrase(words[0], value, words[1]),)))
        value = cut
    if (most := optimizer.clip_norm) is not None:
        with np.errstate(all="ignore"):
            norm = float(np.linalg.norm(vector))
        if norm <= most:
            done.append(Equation((phrase("norm {} lies within {}, stays {}", norm, most, value),)))
        else:
            scaled = value * most / norm
            done.append((Number(value) * most / norm).equals(scaled))
            value = scaled
    return value, tuple(done)
