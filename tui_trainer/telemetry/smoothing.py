"""A smoothed loss: at each iteration the arithmetic mean of the mini-batch losses up to it, whatever the axis.

The window trails and is counted in iterations. If buckets are wider than one iteration, the window consists of whole
buckets, because values within a bucket are no longer known.
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
    """The smoothed values of a series, one a bucket, at the last iteration of the bucket."""

    window: int
    """Iterations of a full window: as many as requested, rounded up to whole buckets."""
    iterations: NDArray[np.int64]
    """(buckets,): iterations of each window. Fewer than `window` at the start, and while the last bucket is filling."""
    mean: Floats
    """(buckets,): mean of the finite values in the window; NaN for a bucket without finite values."""
    full: int
    """The first bucket whose window lies within the series. Earlier values are means of all values so far."""


def whole_window(buckets: Buckets, window: int) -> int:
    """The window rounded up to whole buckets, in iterations."""
    return -(-window // buckets.width) * buckets.width


def trailing_mean(buckets: Buckets, window: int) -> Smoothed:
    """Smooth a series over `window` ≥ 1 iterations. Non-finite values are left out."""
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
    """(n,): the sum of each value and those before it, `number` values in all, or as many as there are.

    A difference of two cumulative sums would lose digits after a spike. So sums over 1, 2, 4, … values, each made of
    two shorter sums, are combined by the binary digits of `number`.
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
