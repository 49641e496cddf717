"""Numbers as short text that keeps its width while the values move."""

from __future__ import annotations

import math

from tui_trainer.wording import plain_number

plain = plain_number
"""A number that a person chose, such as a setting."""


def compact(value: float, digits: int = 3) -> str:
    """`value` with `digits` significant digits in at most about `digits` + 5 characters: 0.0123, 41.2, 3.1e-05."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "−inf"
    size = abs(value)
    if size == 0:
        text = "0"
    elif size < 10.0**-digits or size >= 1e5:
        text = _scientific(size, digits)
    else:
        decimals = max(digits - 1 - math.floor(math.log10(size)), 0)
        text = f"{size:.{decimals}f}"
    return f"−{text}" if value < 0 else text


def signed(value: float) -> str:
    """`compact` with its sign always shown: +0.21, −0.05."""
    return compact(value) if value < 0 or not math.isfinite(value) else f"+{compact(value)}"


def count(value: float) -> str:
    """A whole number for a person: 41,200; with a power of ten if there are too many digits to count."""
    return f"{value:,.0f}" if abs(value) < 1e12 else compact(value)


def short_count(value: float) -> str:
    """A whole number in few characters, for an axis: 500, 12k, 1.5M."""
    if abs(value) >= 1e12:
        return plain(value, 3)
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size and (value % (size / 10) == 0 or abs(value) >= 1e4):
            return f"{value / size:.3g}{unit}"
    return f"{value:.0f}"


def short_number(value: float) -> str:
    """The same for numbers that need not be whole: 0.25."""
    return short_count(value) if value == round(value) or abs(value) >= 100 else plain(value, 3)


def _scientific(size: float, digits: int) -> str:
    """3.1e-5: a mantissa without trailing zeros and an exponent without padding."""
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"
