"""Numbers as a sentence says them: two significant digits, plain where that is short."""

from __future__ import annotations

import math


def number(value: float, digits: int = 2) -> str:
    """What was measured: 0.3114 → "0.31", 0.6 → "0.60", 12345.6 → "12,346", −1.2e-5 → "−1.2e-5",
    NaN → "not a number", ∞ → "infinite"."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite"
    if value < 0:
        return f"−{number(-value, digits)}"
    if value == 0:
        return "0"
    if not 1e-3 <= value < 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return (
        f"{value:,.0f}" if value >= 10 ** (digits - 1) - 0.05 else f"{value:#.{digits}g}"
    )  # 0.60: a zero that was measured counts


def numbers_apart(before: float, after: float) -> tuple[str, str]:
    """Two numbers that differ, with as many digits as it takes to see that, six at most: "0.6831", "0.6825"."""
    pairs = ((number(before, digits), number(after, digits)) for digits in range(2, 7))
    return next((pair for pair in pairs if pair[0] != pair[1]), (number(before), number(after)))


def rounded(value: float) -> float:
    """To two significant digits, for a setting that a person reads: 0.0033333 → 0.0033."""
    return float(f"{value:.2g}")
