"""Numbers written as a person would. Imports nothing else of the package."""

from __future__ import annotations


def plain_number(value: float, digits: int = 6) -> str:
    """A chosen number without trailing zeros: 0.5, 20, 1e-5."""
    text = f"{abs(value):.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return f"−{text}" if value < 0 else text
