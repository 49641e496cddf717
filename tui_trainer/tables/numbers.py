"""Numbers and dates as people write them in tables: 1,234.5 and 1.234,5, 12 %, $3, 19-Sep-03.

One convention for decimals and thousands holds for a whole table. It is decided on a sample, since "1.613" alone does
not tell whether it is one and a half or sixteen hundred.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "-nan", "null", "none", "nil", "?", "-", "--", "–", "—", ".", "..",
     "...", "…", "*", "**", "***", "missing", "unavail", "unavailable", "unknown value", "#value!", "#div/0!"}
)  # fmt: skip
"""What stands for a missing value, in lower case and without blanks around it."""

_AFFIXES = re.compile(r"^[$€£¥]\s*|\s*[%$€£¥]$")
_ENGLISH_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?([eE][+-]?\d+)?")
_GERMAN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_COMMA_DECIMAL = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_BLANK_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f']\d{3})+([.,]\d*)?")


def is_missing(text: str) -> bool:
    return text.strip().casefold() in MISSING


class Convention(NamedTuple):
    """How the numbers of a table are written."""

    decimal: str = "."
    thousands: str = ""

    @property
    def remark(self) -> str:
        """In words; "" for plain numbers."""
        if self.decimal == ",":
            thousands = ", a point separates thousands" if self.thousands else ""
            return f"a comma is the decimal sign{thousands}"
        return {",": "a comma separates thousands", ".": "a point separates thousands"}.get(self.thousands, "")

    def number(self, text: str) -> float | None:
        """The finite number that a cell shows; None if it shows none. A percent sign or a currency is left out."""
        if self == Convention() and "_" not in text:  # most cells, and quick
            try:
                value = float(text)
            except ValueError:
                pass
            else:
                return value if math.isfinite(value) else None
        text = _AFFIXES.sub("", text.strip()).replace("\u2212", "-")
        if _BLANK_THOUSANDS.fullmatch(text):
            text = re.sub("[ \u00a0\u202f']", "", text)
        if self.decimal == ",":
            if "." in text and not (self.thousands and _GERMAN_THOUSANDS.fullmatch(text)):
                return None
            text = text.replace(".", "").replace(",", ".")
        elif self.thousands == "." and _GERMAN_THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        elif "," in text:
            if not _ENGLISH_THOUSANDS.fullmatch(text):
                return None
            text = text.replace(",", "")
        if "_" in text:
            return None
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) else None


def convention_of(cells: Iterable[str], delimiter: str) -> Convention:
    """The convention that a sample of cells shows.

    Numbers like 1.613 or 1,613 alone are read by what the others need: after a semicolon, a table in which every point
    stands before three digits, and every number without one is below 1000, counts in thousands.
    """
    cells = [_AFFIXES.sub("", cell.strip()) for cell in cells]
    with_comma = [cell for cell in cells if re.fullmatch(r"[+-]?[\d.]*\d?,\d[\d,.]*", cell)]
    with_point = [cell for cell in cells if re.fullmatch(r"[+-]?\d*\.\d+", cell)]
    whole = [cell for cell in cells if re.fullmatch(r"[+-]?\d+", cell)]
    in_thousands = [cell for cell in with_point if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", cell)]
    many_points = any(re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}", cell) for cell in cells)
    if any(cell.rfind(",") > cell.find(".") > -1 for cell in with_comma):
        return Convention(",", ".")
    # 1,234.5 and 1,234,567
    english = any("." in cell or cell.count(",") > 1 for cell in with_comma)
    decimal = [
        cell for cell in with_comma if not _ENGLISH_THOUSANDS.fullmatch(cell) or cell.lstrip("+-").startswith("0,")
    ]
    if decimal and not english and len(with_point) <= len(with_comma):
        return Convention(",", "." if many_points or (with_point and len(in_thousands) == len(with_point)) else "")
    if with_comma:
        ambiguous = delimiter == ";" and not english and any(len(cell.lstrip("+-")) > 3 for cell in whole)
        return Convention(",") if ambiguous else Convention(".", ",")
    small = all(len(cell.lstrip("+-")) <= 3 for cell in whole)
    if many_points or (
        delimiter == ";" and len(with_point) >= 3 and len(in_thousands) == len(with_point) and whole and small
    ):
        return Convention(".", ".")
    return Convention()


_EPOCH = datetime(1970, 1, 1)
_DAYS = "days since 1970-01-01"
_HOURS = "hours"
_DATES = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y",
    "%d-%b-%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%b %d %Y", "%Y%m%d",
)  # fmt: skip
_TIMES = ("%H:%M:%S", "%H:%M", "%H.%M.%S", "%I:%M %p", "%I:%M:%S %p")


class DateFormat(NamedTuple):
    """One way of writing dates or times of day."""

    format: str
    """For `strptime`; "" for ISO 8601."""
    unit: str

    def number(self, text: str) -> float | None:
        """Days since 1970, or hours since midnight; None if the text is no such date."""
        text = text.strip()
        try:
            moment = datetime.strptime(text, self.format) if self.format else datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            return None
        if self.unit == _HOURS:
            return (moment - datetime(1900, 1, 1)) / timedelta(hours=1)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return (moment - _EPOCH) / timedelta(days=1)


def date_formats() -> tuple[DateFormat, ...]:
    """The known ways, the more certain first."""
    with_times = [f"{date} {time}" for date in _DATES for time in _TIMES]
    return (
        DateFormat("", _DAYS),
        *(DateFormat(each, _HOURS) for each in _TIMES),
        *(DateFormat(each, _DAYS) for each in (*_DATES, *with_times)),
    )


def date_format_of(texts: Iterable[str]) -> DateFormat | None:
    """The first way of writing dates that fits every text, of at least one."""
    texts = list(texts)
    if not texts or not any(any(character.isdigit() for character in text) for text in texts[:3]):
        return None

    def fits(read: Callable[[str], float | None]) -> bool:
        return all(read(text) is not None for text in texts)

    return next((each for each in date_formats() if fits(each.number)), None)
