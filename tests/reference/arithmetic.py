"""Reads printed equations as a person with a calculator does, independently of the code that prints them."""

from __future__ import annotations

import math
import re


def sides(text: str) -> list[float]:
    """The values of both sides (or all) of "new = old − 0.1 × (−2)"; words in brackets behind a number are skipped."""
    return [_value(side) for side in re.split(" ?[=≈] ?", text)]


def last_digit(number: str) -> float:
    """The value of the last digit that is written: 0.01 for "−1.25", 1e-7 for "2.5e-6"."""
    mantissa, _, exponent = number.replace("−", "-").partition("e")
    return float(10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2])))


def holds(text: str) -> bool:
    """Whether the printed digits of the numbers give the printed result, to its last digit; trailing zeros left out."""
    written = re.split(" ?= ?", text)
    results = [side for side in written if re.fullmatch(r"[−-]?\d+(\.\d+)?(e[−-]?\d+)?", side)]
    assert results, text
    return all(abs(value - _value(results[-1])) <= 0.51 * last_digit(results[-1]) for value in sides(text))


def _value(side: str) -> float:
    source = (
        re.sub(r"\b(?:input|error) ", "", re.sub(r" \([a-z]+\)", "", side))
        .replace("−", "-")
        .replace("×", "*")
        .replace("½", "0.5")
    )
    source = re.sub(r"(?<![\w.)])(-?\d[\d.]*(?:e[+-]?\d+)?)²", r"(\1)**2", source).replace("²", "**2")
    source = re.sub(r"(?<!\d)e\^(-?[\d.]+(?:e-?\d+)?)", r"exp(\1)", source).replace("^", "**")
    source = re.sub(r"√(\d[\d.]*(?:e-?\d+)?)", r"sqrt(\1)", source)
    return float(eval(source, {"ln": math.log, "exp": math.exp, "sqrt": math.sqrt, "tanh": math.tanh}))
