"""Units behind the numbers of a column: 2.64 kg, 25.3 °C, 36 months, 8.7M. A unit is left out where all cells agree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tui_trainer.tables.numbers import Convention, bare, is_missing

MULTIPLES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
"""Letters that stand for zeros."""
ANY_MULTIPLE = "k, M, B"
"""The unit of a column in which some of them occur: its numbers are multiplied."""
FEWEST = 3
"""Different cells from which a unit is no coincidence, as it is in the words "1st" or "2B"."""
MOST_OTHERS = 0.1
"""Share of cells that show no number, such as "unknown size"."""
_MEASURED = re.compile(r"[+-]?\d[\d.,' ]*?\s*([^\d\s.,'()<>=-][^\d()<>=]{0,10}[23]?)")


def unit_of(cells: Iterable[str], convention: Convention) -> str:
    """The unit that stands behind the numbers among the cells; "" if there is none, or if most are no numbers."""
    filled = [cell for cell in cells if not is_missing(cell)]
    units: set[str] = set()
    numbers: set[float] = set()
    plain = others = 0
    for cell in filled:
        value, unit = convention.number(cell), ""
        if value is None and (found := _MEASURED.fullmatch(bare(cell))) is not None:
            unit = found[1].strip()
            value = measured(cell, unit, convention)
        if value is None:
            others += 1
        else:
            numbers.add(value)
            plain += not unit
            units |= {unit} - {""}
        if others > MOST_OTHERS * len(filled) or len(units) > len(MULTIPLES):
            return ""
    if len(numbers) < FEWEST or not units:
        return ""
    if units <= MULTIPLES.keys() and (len(units) > 1 or plain):
        return ANY_MULTIPLE
    return units.pop() if len(units) == 1 and plain <= len(filled) / 2 else ""


def measured(text: str, unit: str, convention: Convention) -> float | None:
    """The number before the unit, or without one; None if the text shows none."""
    text = text.strip()
    if unit == ANY_MULTIPLE:
        value = convention.number(text[:-1]) if text[-1:] in MULTIPLES else convention.number(text)
        return None if value is None else value * MULTIPLES.get(text[-1:], 1.0)
    return convention.number(text.removesuffix(unit))


def is_partly_percent(cells: Iterable[str], convention: Convention) -> bool:
    """Whether some numbers among the cells have a percent sign and others have none."""
    numbers = [cell for cell in cells if convention.number(cell) is not None]
    return 0 < sum(cell.rstrip().endswith("%") for cell in numbers) < len(numbers)
