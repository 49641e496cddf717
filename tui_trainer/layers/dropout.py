"""Inverted dropout (Srivastava 2014): training silences each hidden unit with probability p and scales the others by
1/(1 − p), so that evaluation needs no change.

The masks of a block of iterations are drawn at once from 16-bit integers, because building a generator takes longer
than a whole iteration of a small network.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def draw_masks(generator: np.random.Generator, rate: float, rows: NDArray[np.int64], out: NDArray[np.floating]) -> None:
    """Fill `out` (n, units, batch) with 0 (dropped) or 1/keep: the masks of iterations `rows` (n,), rising, of a block.

    The probability is rounded to a multiple of 2⁻¹⁶. The scale belongs to the rounded value, so the mean is exactly 1.
    """
    keep = max(1, round((1 - rate) * 65536))
    size, count = out[0].size, int(rows[-1]) + 1
    draws = generator.bit_generator.random_raw(-(-count * size // 4)).view(np.uint16)[: count * size]
    draws = draws.reshape(count, *out.shape[1:])
    kept = (draws if len(rows) == count else draws[rows]) <= np.uint16(keep - 1)
    np.multiply(kept.view(np.uint8), out.dtype.type(65536 / keep), out=out)
