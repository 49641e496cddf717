"""Arithmetic of packed colours: mixtures, ramps, and whether one is readable on another by the contrast of WCAG 2."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colours = NDArray[np.int64]

STEPS = 256
"""Colours of a ramp."""

WCAG = 4.5
"""The least contrast of text that WCAG 2 asks for (level AA)."""
ENOUGH = 5.2
"""The contrast of text whose colour may be chosen: more than `WCAG`, since rounding to 256 colours takes some of it."""
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
_PARTS = np.arange(256) / 255
_LINEAR = np.where(_PARTS <= 0.04045, _PARTS / 12.92, ((_PARTS + 0.055) / 1.055) ** 2.4)
"""The light of each number of a channel, 0 to 1."""
_AS_CLEAR = 0.179
"""The luminance of a ground on which black and white have the same contrast: √(1.05 · 0.05) − 0.05."""
_SHARES = np.linspace(0.0, 1.0, 41)
"""Shares of ink, tried in order until a colour is readable."""


def channels(colours: ArrayLike) -> NDArray[np.int64]:
    """(…, 3) red, green and blue of (…) packed colours."""
    split: Colours = np.asarray(colours)[..., None] >> np.array([16, 8, 0]) & 255
    return split


def luminance(colours: ArrayLike) -> NDArray[np.float64]:
    """Relative luminance of packed colours, 0 to 1, of the same shape."""
    return np.asarray(_LINEAR[channels(colours)] @ _WEIGHTS)


def contrast(one: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    """Contrast of packed colours, from 1 to 21, whichever is the lighter."""
    return contrast_of(luminance(one), luminance(other))


def contrast_of(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same of two luminances."""
    first, second = one + 0.05, other + 0.05
    return np.maximum(first, second) / np.minimum(first, second)


def mixed(first: ArrayLike, second: ArrayLike, share: ArrayLike) -> Colours:
    """The colours `share` of the way from `first` to `second`."""
    part = np.asarray(share, dtype=np.float64)[..., None]
    parts = np.rint(channels(first) * (1 - part) + channels(second) * part).astype(np.int64)
    return np.asarray(parts @ np.array([1 << 16, 1 << 8, 1]))


def black_or_white(ground: ArrayLike) -> Colours:
    """Black or white, whichever has more contrast with each of the colours `ground`: 4.58 at least. Same shape."""
    return np.where(luminance(ground) > _AS_CLEAR, 0x000000, 0xFFFFFF)


def readable(colours: ArrayLike, ground: int, ink: int) -> Colours:
    """`colours`, each mixed with just enough `ink` to be read as text on `ground`; of the same shape."""
    ways = mixed(np.asarray(colours)[..., None], ink, _SHARES)
    enough = contrast(ways, ground) >= ENOUGH
    first = np.where(enough.any(axis=-1), enough.argmax(axis=-1), len(_SHARES) - 1)
    return np.asarray(np.take_along_axis(ways, first[..., None], axis=-1)[..., 0])


def mix(first: int, second: int, share: float) -> int:
    """The colour `share` of the way from `first` to `second`."""
    return int(mixed(first, second, share))


def ramp(stops: tuple[int, ...], smooth: bool) -> Colours:
    """A lookup table through evenly spaced colours: mixed if `smooth`, else in steps of the given colours."""
    if not smooth:
        return np.asarray(np.array(stops)[np.arange(STEPS) * len(stops) // STEPS])
    place = np.linspace(0, len(stops) - 1, STEPS)
    between = [np.interp(place, np.arange(len(stops)), channel) for channel in channels(stops).T]
    red, green, blue = (np.rint(channel).astype(np.int64) for channel in between)
    return np.asarray(red << 16 | green << 8 | blue)
