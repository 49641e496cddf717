"""Numbers and dates as people write them in tables: 1,234.5 and 1.234,5, 12 %, $3, 19-Sep-03.

One convention for decimals and thousands holds for a whole table. It is decided on a sample, since "1.613" alone does
not tell whether it is one and a half or sixteen hundred.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tui_trainer.wording import DAYS, EPOCH, HOURS, MINUTES

MISSING = frozenset(
    {"", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "-nan", "null", "none", "nil", "?", "-", "--", "–", "—", ".", "..",
     "...", "…", "*", "**", "***", "missing", "unavail", "unavailable", "unknown value", "\\n",
     "#value!", "#div/0!", "#num!", "#name?", "#ref!", "#null!", "#nv", "#wert!", "#zahl!", "#bezug!", "#n/d",
     "#valeur!", "#nombre!", "1.#qnan", "-1.#qnan", "1.#ind", "-1.#ind", "1.#inf", "-1.#inf",
     "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
)  # fmt: skip
"""What stands for a missing value, in lower case and without blanks around it."""

_CURRENCY = r"(?:(?:US|CA|AU|NZ|HK|[ACRS])?[$€£¥₹₽₩]|(?:USD|EUR|GBP|CHF|INR|Rs\.?)(?=[\s\d]))"
_AFFIXES = re.compile(rf"^([+-]?){_CURRENCY}\s*|\s*[%$€£¥₹₽₩]$")
_ACCOUNTED = re.compile(rf"{_CURRENCY}?\s*\(([^()]*\d[^()]*)\)")
"""An accountant's negative number."""
_NOTE = re.compile(r"(?<=\d)\s*(\*+|[†‡]|\[\w{1,3}\])$")
"""A sign behind a number that stands for a note below the table."""
_FORTRAN = re.compile(r"([+-]?\d*\.\d*)[dD]([+-]?\d{1,3})")
"""A number in double precision, as Fortran writes it: 1.5D+02."""
_UNIT = re.compile(r"(?<=\d)\s*[^\W\d_][^\d(),;:]{0,11}$")
"""A unit behind a number."""
_ENGLISH_THOUSANDS = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d{1,2}(,\d\d)+,\d{3})(\.\d*)?([eE][+-]?\d+)?")
"""In India after the first thousand by the hundred: 12,34,567."""
_GERMAN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_A_THOUSAND, _BELOW_A_THOUSAND = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}"), re.compile(r"[+-]?\d{1,3}")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_BLANK_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f'\u2019]\d{3})+([.,]\d*)?")


FEWEST = 3
"""Numbers of the form 1.613 from which it is no coincidence."""
A_WORD_TOO = "none"
"""A missing value among numbers, but a word among words: a class or a category."""


TOTALS = frozenset(
    {"total", "totals", "grand total", "sum", "average", "mean", "summe", "gesamt", "insgesamt", "mittelwert",
     "durchschnitt", "somme", "moyenne", "totale", "media", "totaal"}
)  # fmt: skip
"""Words in the last row of a table that sums up the others, in lower case."""


def is_missing(text: str) -> bool:
    return text.strip().casefold() in MISSING


def is_total(text: str) -> bool:
    return text.strip().casefold().rstrip(":") in TOTALS


def bare(text: str) -> str:
    """The digits and signs of a number, without a currency or a percent sign, and with a minus instead of
    parentheses."""
    text = _NOTE.sub("", text.strip().replace("\u2212", "-"))
    if (accounted := _ACCOUNTED.fullmatch(text)) is not None:
        text = f"-{accounted[1].strip()}"
    return _AFFIXES.sub(r"\1", text)


def _without_blanks(number: str) -> str:
    """A number without the blanks or apostrophes that separate its thousands; any other text as it is."""
    return re.sub("[ \u00a0\u202f'\u2019]", "", number) if _BLANK_THOUSANDS.fullmatch(number) else number


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
        """The finite number that a cell shows; None if it shows none. A percent sign or a currency is left out, and
        parentheses make it negative."""
        if self == Convention() and "_" not in text:  # most cells, and quick
            try:
                value = float(text)
            except ValueError:
                pass
            else:
                return value if math.isfinite(value) else None
        text = _without_blanks(bare(text))
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
            value = float(_FORTRAN.sub(r"\1e\2", text))
        except ValueError:
            return None
        return value if math.isfinite(value) else None


def convention_of(columns: Iterable[Sequence[str]], delimiter: str) -> tuple[Convention, str]:
    """The convention that the cells of a sample of rows show, and a number that could mean something else by another
    one, or "".

    A number like 1.613 or 1,613 is ambiguous, so the others decide. Its sign separates thousands if numbers below 1000
    stand without one in the same column. Else it is that of decimals, but for a comma in a table that is separated by
    no semicolons: these are written where a comma is the decimal sign.
    """
    columns = [[_without_blanks(_UNIT.sub("", bare(cell))) for cell in column] for column in columns]
    cells = [cell for column in columns for cell in column]
    written = (_DECIMAL_COMMA, _ENGLISH_THOUSANDS, _GERMAN_THOUSANDS)  # and not a list such as 3,5,4
    with_comma = [cell for cell in cells if "," in cell and any(form.fullmatch(cell) for form in written)]
    with_point = [cell for cell in cells if re.fullmatch(r"[+-]?\d*\.\d+", cell)]
    whole = [cell for cell in cells if re.fullmatch(r"[+-]?\d+", cell)]
    in_thousands = [cell for cell in with_point if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", cell)]
    many_points = any(re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}", cell) for cell in cells)
    if any(cell.rfind(",") > cell.find(".") > -1 for cell in with_comma):
        return Convention(",", "."), ""
    # 1,234.5 and 1,234,567
    english = any("." in cell or cell.count(",") > 1 for cell in with_comma)
    decimal = [
        cell for cell in with_comma if not _ENGLISH_THOUSANDS.fullmatch(cell) or cell.lstrip("+-").startswith("0,")
    ]
    with_decimals = len(with_point) - len(in_thousands)
    if decimal and not english and (not with_decimals or len(with_point) <= len(with_comma)):
        return Convention(",", "." if many_points or (with_point and not with_decimals) else ""), ""
    small = all(len(cell.lstrip("+-")) <= 3 for cell in whole)
    are_thousands = small and any(
        any(map(_A_THOUSAND.fullmatch, column)) and any(map(_BELOW_A_THOUSAND.fullmatch, column)) for column in columns
    )
    if with_comma:
        is_clear = delimiter == "," or english or with_decimals > 0
        is_decimal = delimiter == ";" and not is_clear and not are_thousands
        return Convention(",") if is_decimal else Convention(".", ","), "" if is_clear else with_comma[0]
    if many_points:
        return Convention(".", "."), ""
    if len(with_point) < FEWEST or with_decimals or delimiter in (",", " ", "  "):
        return Convention(), ""
    return Convention(".", ".") if are_thousands else Convention(), with_point[0]


_DATES = (
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y",
    "%d-%b-%Y", "%b-%d-%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%b %d %Y", "%Y%m%d", "%m-%d-%Y",
    "%d-%m-%y", "%m-%d-%y", "%Y.%m.%d", "%d/%b/%Y", "%d-%B-%Y", "%d %b %y", "%B %d %Y", "%A, %B %d, %Y",
    "%A, %d %B %Y", "%a, %d %b %Y", "%a %d %b %Y", "%a %b %d %Y",
)  # fmt: skip
_MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%Y:%m", "%YM%m", "%b %Y", "%B %Y", "%b-%y", "%b-%Y")
QUARTERS = "quarter"
"""Instead of a format: 1974Q1, 1974-Q1, Q1 1974."""
_QUARTER = re.compile(r"(?P<year>\d{4})[-: ]?[Qq]0?(?P<quarter>[1-4])")
_QUARTER_FIRST = re.compile(r"[Qq](?P<quarter>[1-4])[-/: ]?(?P<year>\d{4})")
_TIMES = ("%H:%M:%S", "%H:%M", "%H.%M.%S", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S.%f")
LONG, SHORT = "h:mm:ss", "m:ss"
"""Instead of a format: how long something lasted, with days before it and a fraction behind it if need be."""
_POINTS = re.compile(r"\d?\d(\.\d\d)+")
"""A time of day with points; without the zeros, as in 3.11.7, it is a version."""
_LONG = re.compile(r"(?:(\d+) days? )?(\d+):(\d\d):(\d\d(?:\.\d+)?)")
_SHORT = re.compile(r"(\d+):(\d\d(?:\.\d+)?)")


class DateFormat(NamedTuple):
    """One way of writing dates or times of day."""

    format: str
    """For `strptime`; "" for ISO 8601, or `QUARTERS`, `LONG`, `SHORT`."""
    unit: str

    def number(self, text: str) -> float | None:
        """Days since 1970, hours since midnight, or a duration in its unit; None if the text is no such date."""
        text = text.strip()
        if self.format in (LONG, SHORT):
            return _duration(text, self.format)
        if self.format == "%H.%M.%S" and not _POINTS.fullmatch(text):
            return None
        try:
            if self.format == QUARTERS:
                found = _QUARTER.fullmatch(text) or _QUARTER_FIRST.fullmatch(text)
                moment = datetime(int(found["year"]), 3 * int(found["quarter"]) - 2, 1) if found else None
            else:
                moment = datetime.strptime(text, self.format) if self.format else datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            return None
        if moment is None:
            return None
        if self.unit == HOURS:
            return (moment - datetime(1900, 1, 1)) / timedelta(hours=1)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return (moment - EPOCH) / timedelta(days=1)


def _duration(text: str, written: str) -> float | None:
    """Hours of h:mm:ss, minutes of m:ss; None for another text."""
    if written == SHORT:
        short = _SHORT.fullmatch(text)
        return None if short is None else int(short[1]) + float(short[2]) / 60
    long = _LONG.fullmatch(text)
    return None if long is None else int(long[1] or 0) * 24 + int(long[2]) + int(long[3]) / 60 + float(long[4]) / 3600


COMPACT = DateFormat("%Y%m%d", DAYS)
"""Dates that look like numbers: 19740301."""


def date_formats() -> tuple[DateFormat, ...]:
    """The known ways, the more certain first."""
    with_times = [f"{date} {time}" for date in _DATES for time in _TIMES]
    return (
        DateFormat("", DAYS),
        *(DateFormat(each, HOURS) for each in _TIMES),
        DateFormat(LONG, HOURS),
        DateFormat(SHORT, MINUTES),
        *(DateFormat(each, DAYS) for each in (*_DATES, *with_times, *_MONTHS, QUARTERS)),
    )


def other_order(found: DateFormat, texts: Iterable[str]) -> str:
    """The format in which the same dates can be read too, with month and day exchanged; "" if there is none."""
    turned = found.format.translate(str.maketrans("dm", "md"))
    if not {"%d", "%m"} <= set(re.findall("%.", found.format)):
        return ""
    return turned if all(DateFormat(turned, found.unit).number(text) is not None for text in texts) else ""


def date_format_of(texts: Iterable[str]) -> DateFormat | None:
    """The first way of writing dates that fits every text, of at least one."""
    texts = list(texts)
    if not texts or not any(any(character.isdigit() for character in text) for text in texts[:3]):
        return None

    def fits(read: Callable[[str], float | None]) -> bool:
        return all(read(text) is not None for text in texts)

    return next((each for each in date_formats() if fits(each.number)), None)
