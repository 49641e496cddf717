"""Numbers, dates and counts written as a person would. Imports nothing else of the package."""

from __future__ import annotations

from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
DAYS = "days since 1970-01-01"
"""The unit of dates."""
HOURS, MINUTES = "hours", "minutes"
"""The units of times of day and of durations."""

_ALL_OR_NOTHING = {f"{number:.{decimals}f}" for number in (0, 100) for decimals in range(9)}


def plain_number(value: float, digits: int = 6) -> str:
    """A chosen number without trailing zeros: 0.5, 20, 1e-5."""
    text = f"{abs(value):.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return f"−{text}" if value < 0 else text


def value_in_words(value: float) -> str:
    """A value of a column in few characters: three digits, and all before its point: 0.553, 1974, 120346."""
    return plain_number(value, 3 if abs(value) < 1000 else 6)


def counted(number: int, noun: str) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(share: float, decimals: int = 0) -> str:
    """ "92%", with more decimals than asked for where "100%" or "0%" would not be all or nothing: "99.8%"."""
    text = f"{share:.{decimals}%}"
    while text[:-1] in _ALL_OR_NOTHING and share not in (0.0, 1.0) and decimals < 9:
        decimals += 1
        text = f"{share:.{decimals}%}"
    number = text[:-1]
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number}%"


def date_in_words(value: float, unit: str) -> str:
    """A date, a time of day or a duration from its number in this unit: "2021-01-11", "2021-01-11 07:30", "7.5 h"."""
    if unit in (HOURS, MINUTES):
        return f"{plain_number(value, 4)} {'h' if unit == HOURS else 'min'}"
    try:
        return (EPOCH + timedelta(days=value)).isoformat(" ", "minutes").removesuffix(" 00:00")
    except OverflowError:
        return f"{plain_number(value)} {unit}"
