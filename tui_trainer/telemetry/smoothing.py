"""A smoothed loss: at each iteration the arithmetic mean of the mini-batch losses up to it, whatever the axis.

The window trails, and is counted in iterations. Where buckets are wider than one iteration, a window that begins within
one takes the same share of its sum and of its values.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.history import Buckets

Floats = NDArray[np.float64]


class Smoothed(Struct, frozen=True, kw_only=True):
    """The smoothed values of a series, one a bucket, as its last iteration has them."""

    window: int
    """Iterations that each is a mean of: as many as were asked for, or those of a bucket where that is more."""
    mean: Floats
    """(buckets,): of the finite values in the window; NaN for a bucket that has none itself."""
    full: int
    """The first bucket whose window lies within the series; those before it are means of all values so far."""


def trailing_mean(buckets: Buckets, window: int) -> Smoothed:
    """Smooth a series over `window` ≥ 1 iterations. Non-finite values, which `Buckets` counts, are left out."""
    number, width = len(buckets.mean), buckets.width
    window = max(window, width)
    if not number:
        return Smoothed(window=window, mean=np.empty(0), full=0)
    finite = buckets.values - buckets.non_finite
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        sums = np.where(finite > 0, buckets.mean * finite, 0.0)
        means = _sums(sums, buckets, window) / _sums(finite.astype(np.float64), buckets, window)
    full = number if buckets.count < window else min(-(-window // width), number) - 1
    return Smoothed(window=window, mean=np.where(finite > 0, means, np.nan), full=full)


def _sums(values: Floats, buckets: Buckets, window: int) -> Floats:
    """The sum of `values`, each the sum of a bucket, over `window` iterations up to the end of every bucket."""
    whole, part = divmod(window, buckets.width)
    sums = _sums_of_buckets(values, whole)
    sums[whole:] += values[:-whole] * (part / buckets.width)
    # The last bucket may be filling still: of those before it the window takes more.
    back, part = divmod(window - int(buckets.values[-1]), buckets.width)
    first = len(values) - 1 - back
    sums[-1] = values[max(first, 0) :].sum() + (values[first - 1] * (part / buckets.width) if first > 0 else 0.0)
    return sums


def _sums_of_buckets(values: Floats, number: int) -> Floats:
    """Each of the `values` (n,) with those before it, `number` in all, or as many as there are.

    A difference of two cumulative sums would lose, to one spike, the digits of all that follows. So sums over 1, 2,
    4, … values, each made of two of those before, are put together as the binary digits of `number` say.
    """
    number, size, done = min(number, len(values)), 1, 0
    of_size, sums = values, np.zeros(len(values))
    while size <= number:
        if number & size:
            sums[done:] += of_size[: len(values) - done]
            done += size
        of_size, shorter = of_size.copy(), of_size
        of_size[size:] += shorter[:-size]
        size *= 2
    return sums
