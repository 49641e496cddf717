"""How the cells of a table are written: found out on the table that is learned from, and applied to every other one.

Found out anew, 01/11/2020 or 500.000 could mean something else in the new table than it did in training.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.tables.cells import Codes, plain_numbers
from tui_trainer.tables.numbers import A_WORD_TOO, Convention, DateFormat, is_missing, is_total
from tui_trainer.tables.table import Column, Kind, Table
from tui_trainer.tables.units import measured


class ColumnWriting(Struct, frozen=True, kw_only=True):
    """How the cells of one column are written."""

    name: str
    kind: Kind
    format: str = ""
    """Of dates, for `strptime`; "" for ISO 8601."""
    unit: str = ""
    """What dates are counted in, or what stands behind numbers."""
    markers: tuple[str, ...] = ()
    """What stands for a missing value besides the usual words, including numbers such as -999."""


class Writing(Struct, frozen=True, kw_only=True, cache_hash=True):
    """How the cells of a table are written."""

    convention: Convention = Convention()
    columns: tuple[ColumnWriting, ...] = ()


def writing_of(table: Table, names: Collection[str]) -> Writing:
    """How the columns of these names are written in a table."""
    columns = tuple(
        ColumnWriting(
            name=each.name, kind=each.kind, format=each.format, unit=each.unit,
            markers=tuple(marker for marker in each.markers if not is_missing(marker) and marker != "empty"),
        )
        for each in table.columns
        if each.name in names
    )  # fmt: skip
    return Writing(convention=table.convention, columns=columns)


class KnownCells:
    """Collects the cells of a column that are written in a known way, as `Cells` does for any column."""

    def __init__(self, known: ColumnWriting, convention: Convention) -> None:
        self._known, self._convention = known, convention
        self._unit = known.unit if known.kind == "number" else ""
        numbers = (measured(marker, self._unit, convention) for marker in known.markers)
        self._sentinels = [number for number in numbers if number is not None]
        self._date = DateFormat(known.format, known.unit)
        self._codes: dict[str, int] = {}
        """The number of each text."""
        self._rows = 0
        self._unread: tuple[int, str] | None = None

    @property
    def markers(self) -> tuple[str, ...] | None:
        """No marker that is known from the cells so far; None of columns that are not plain numbers."""
        return () if self._known.kind == "number" and not self._unit else None

    def add_numbers(self, numbers: Floats, gaps: Mapping[str, float], values: Floats, codes: Codes) -> None:
        """Put numbers (rows,) that have been read already, all finite, into `values` (rows,); those that stand for
        markers in other columns, `gaps`, become NaN if they do here too, else the first is told."""
        values[:] = numbers
        for marker, gap in gaps.items():
            for row in np.flatnonzero(numbers == gap).tolist():
                values[row] = self._value(row, marker)
        self._rows += len(values)

    def add(self, cells: Sequence[str], values: Floats, codes: Codes) -> None:
        """Put what the cells show into `values` (rows,); `codes` are not needed."""
        self._put(cells, values)

    def _put(self, cells: Sequence[str], values: Floats) -> None:
        """Put what the cells show into `values` (rows,): NaN for what is missing or cannot be read, of texts −1."""
        plain = plain_numbers(cells, self._convention) if self._known.kind == "number" and not self._unit else None
        values[:] = [self._value(row, cell.strip()) for row, cell in enumerate(cells)] if plain is None else plain
        self._rows += len(cells)

    def _value(self, row: int, text: str) -> float:
        is_text = self._known.kind == "text"
        if (is_missing(text) and not (is_text and text.casefold() == A_WORD_TOO)) or text in self._known.markers:
            return -1.0 if is_text else np.nan
        if is_text:
            number = self._convention.number(text)
            return self._codes.setdefault(text if number is None else f"{number:.15g}", len(self._codes))
        is_date = self._known.kind == "date"
        value = self._date.number(text) if is_date else measured(text, self._unit, self._convention)
        if value is None:
            self._unread = self._unread or (self._rows + row, text)
            return np.nan
        return value

    def sums_up(self, codes: Codes) -> bool:
        """Whether a word such as "Total" stands in the last row, where a number or a date should."""
        return self._unread is not None and self._unread[0] == len(codes) - 1 and is_total(self._unread[1])

    def column(self, values: Floats, codes: Codes) -> Column:
        """The column, once all cells have been added: `values` (rows,) is what they show."""
        known = self._known
        unread = None if self._unread is None or self._unread[0] >= len(values) else self._unread
        if known.kind == "number" and self._sentinels:
            values = np.where(np.isin(values, self._sentinels), np.nan, values)
        return Column(
            name=known.name, kind=known.kind, values=values, texts=tuple(self._codes), unit=known.unit,
            format=known.format, unread=unread,
        )  # fmt: skip
