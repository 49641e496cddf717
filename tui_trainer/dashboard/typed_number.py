"""The number that a person means by a typed text, if the text can mean only one; else what is wrong with it.

A comma is a decimal sign to one half of the world and separates thousands for the other. A text that both read alike is
accepted; one that they read differently is refused, so that no value is silently a thousand times too large.
"""

from __future__ import annotations

import math
import re

_PLAIN = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(map(ord, "−–﹣‐‑"), "-")
"""Full-width signs of an East Asian keyboard, and the minus signs that a text may have."""

_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(e[+-]?\d+)?", re.IGNORECASE)
_SEVERAL_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3}){2,}(\.\d+)?|[+-]?[1-9]\d{0,2}(,\d{3})+\.\d+")
_POINTS_AS_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d*(e[+-]?\d+)?", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+(_\d+)*)?(\.(\d+(_\d+)*)?)?(e[+-]?\d+)?", re.IGNORECASE)


def with_minus(text: str) -> str:
    """The text of a number with the minus that this program writes before numbers; its exponents have a hyphen."""
    return text.replace("-", "−", 1) if text.lstrip().startswith("-") else text


def read_number(text: str, *, whole: bool) -> int | float:
    """The number. A `ValueError` continues a sentence that begins with the name of the setting ("is a number, not …").

    `whole`: only whole numbers are accepted; the program itself writes these with commas between thousands.
    """
    typed = text.strip().translate(_PLAIN)
    if typed.endswith("%"):
        raise ValueError(f"is a number, without a sign of per cent: not {with_minus(text)}; 10 % is 0.1")
    plain = _without_commas(typed, whole)
    if whole and _POINTS_AS_GROUPS.fullmatch(plain):
        raise ValueError(
            f"is a whole number: write {with_minus(plain.replace('.', ''))} without points, not {with_minus(text)}"
        )
    if not _NUMBER.fullmatch(plain) or not any(character.isdecimal() for character in plain.lower().split("e")[0]):
        finite = "is a finite number" if _names_no_finite_number(plain) else "is a number"
        raise ValueError(f"{finite}, not {text!r}")
    number = float(plain)
    if not math.isfinite(number):
        raise ValueError(f"is a finite number, not {text!r}")
    if number == 0 and any(digit.isdecimal() and int(digit) for digit in plain.lower().split("e")[0]):
        raise ValueError(f"cannot be told from 0 when it is as small as {with_minus(text)}")
    if not whole:
        return number
    if number != int(number):
        raise ValueError(f"is a whole number, not {with_minus(text)}")
    return int(number)


def _without_commas(text: str, whole: bool) -> str:
    """The number with a decimal point and no other sign between its digits. Raises `ValueError`."""
    if "," not in text:
        return text
    if _SEVERAL_GROUPS.fullmatch(text) or (whole and _GROUPED.fullmatch(text)):
        return text.replace(",", "")
    if _GROUPED.fullmatch(text):
        one, other = text.replace(",", "."), text.replace(",", "")
        raise ValueError(
            f"takes a point before decimals: write {with_minus(one)} or {with_minus(other)}, not {with_minus(text)}"
        )
    if _DECIMAL_COMMA.fullmatch(text) and not whole:
        return text.replace(",", ".")
    kind = "is a whole number" if whole else "takes a point before decimals and nothing between thousands"
    raise ValueError(f"{kind}, not {with_minus(text)}")


def _names_no_finite_number(text: str) -> bool:
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False


def read_list(text: str, *, whole: bool) -> list[str]:
    """The entries of a list, separated by commas, semicolons or blanks. Raises `ValueError` as `read_number` does.

    In a list of numbers with decimals, "0,5" may be one of them or two.
    """
    text = text.strip().translate(_PLAIN).strip("[]")
    if not whole and "." not in text and re.search(r"\d,\d", text):
        raise ValueError(f"takes a point before decimals and a blank behind the commas between numbers, not {text}")
    entries = [entry for entry in re.split(r"[,;\s]+", text) if entry]
    for entry in entries:
        if whole and re.fullmatch(r"0\d+", entry):
            raise ValueError(f"has commas between its numbers only, so {entry} is none; thousands are written as 1000")
    return entries
