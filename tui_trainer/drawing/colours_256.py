"""The colours of a terminal that has 256, and the nearest of them to any 24-bit colour.

Rich has such a function too, but it treats any colour of less than 15 % saturation as a grey, dark blues included.
"""

from __future__ import annotations

from functools import lru_cache

_LEVELS = (0, 95, 135, 175, 215, 255)
"""Levels of each channel in the 6×6×6 cube of the 256 colours (indices 16 to 231)."""


def colour_of(index: int) -> int:
    """0xRRGGBB of the colour `index`, 16 to 255: first the cube, then 24 greys."""
    if index >= 232:
        return (8 + 10 * (index - 232)) * 0x010101
    red, green, blue = (_LEVELS[(index - 16) // part % 6] for part in (36, 6, 1))
    return red << 16 | green << 8 | blue


@lru_cache(maxsize=1 << 14)
def nearest_of_256(colour: int) -> int:
    """The index (16 to 255) of the colour nearest to 0xRRGGBB."""
    red, green, blue = (min(range(6), key=lambda i: abs(_LEVELS[i] - c)) for c in _channels(colour))
    cube = 16 + 36 * red + 6 * green + blue
    grey = 232 + min(max((sum(_channels(colour)) // 3 - 3) // 10, 0), 23)
    return grey if distance(colour, colour_of(grey)) < distance(colour, colour_of(cube)) else cube


def distance(one: int, other: int) -> float:
    """Squared distance with weights for the eye's unequal sensitivity ("redmean",
    compuphase.com/cmetric.htm)."""
    r1, g1, b1 = _channels(one)
    r2, g2, b2 = _channels(other)
    mean = (r1 + r2) / 2
    return (2 + mean / 256) * (r1 - r2) ** 2 + 4 * (g1 - g2) ** 2 + (2 + (255 - mean) / 256) * (b1 - b2) ** 2


def _channels(colour: int) -> tuple[int, int, int]:
    return colour >> 16 & 0xFF, colour >> 8 & 0xFF, colour & 0xFF
