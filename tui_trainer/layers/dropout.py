"""Inverted dropout (Srivastava 2014): in training each hidden unit is silenced with probability p and the others are
scaled by 1/(1 − p), so that evaluation needs no change.

Masks are drawn for a block of iterations at once from 16-bit integers, because a generator costs more to build than a
small network's whole iteration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw_masks(generator: np.random.Generator, rate: float, out: NDArray[np.floating]) -> None:
    """Fill `out`, of any shape, with 0 (dropped) or 1/keep.

    The probability is rounded to a multiple of 2⁻¹⁶, and the scale belongs to the rounded one: the mean is exactly 1.
    """
    keep = max(1, round((1 - rate) * 65536))
    draws = generator.bit_generator.random_raw(-(-out.size // 4)).view(np.uint16)[: out.size]
    kept = draws <= np.uint16(keep - 1)
    np.multiply(kept.view(np.uint8).reshape(out.shape), out.dtype.type(65536 / keep), out=out)
