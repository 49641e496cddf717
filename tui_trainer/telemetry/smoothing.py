"""A smoothed loss: at each iteration the arithmetic mean of the mini-batch losses up to it, whatever the axis.

The window trails, and is counted in iterations. Where buckets are wider than one iteration, it is made of whole ones:
what lies within a bucket nobody can tell apart any more.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.telemetry.history import Buckets

Number = TypeVar("Number", np.float64, np.int64)


class Smoothed(Struct, frozen=True, kw_only=True):
    """The smoothed values of a series, one a bucket, as its last iteration has them."""

    window: int
    """Iterations that each is a mean of: as many as were asked for, or the next number of whole buckets."""
    iterations: NDArray[np.int64]
    """(buckets,): the same of each. Fewer than `window` before one is full, and while the last bucket is filling."""
    mean: Floats
    """(buckets,): of the finite values in the window; NaN for a bucket that has none itself."""
    full: int
    """The first bucket whose window lies within the series; those before it are means of all values so far."""


def whole_window(buckets: Buckets, window: int) -> int:
    """The next number of iterations that is one of whole buckets."""
    return -(-window // buckets.width) * buckets.width


def trailing_mean(buckets: Buckets, window: int) -> Smoothed:
    """Smooth a series over `window` ≥ 1 iterations. Non-finite values, which `Buckets` counts, are left out."""
    window = whole_window(buckets, window)
    together, finite = window // buckets.width, buckets.values - buckets.non_finite
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        sums = _sums_of_buckets(np.where(finite > 0, buckets.mean * finite, 0.0), together)
        means = sums / _sums_of_buckets(finite, together)
    return Smoothed(
        window=window,
        iterations=_sums_of_buckets(buckets.values, together),
        mean=np.where(finite > 0, means, np.nan),
        full=together - 1 if buckets.count >= window else len(means),
    )


def _sums_of_buckets(values: NDArray[Number], number: int) -> NDArray[Number]:
    """Each of the `values` (n,) with those before it, `number` in all, or as many as there are.

    A difference of two cumulative sums would lose, to one spike, the digits of all that follows. So sums over 1, 2,
    4, … values, each made of two of those before, are put together as the binary digits of `number` say.
    """
    number, size, done = min(number, len(values)), 1, 0
    of_size, sums = values, np.zeros_like(values)
    while size <= number:
        if number & size:
            sums[done:] += of_size[: len(values) - done]
            done += size
        of_size, shorter = of_size.copy(), of_size
        of_size[size:] += shorter[:-size]
        size *= 2
    return sums
