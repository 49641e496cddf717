"""How the cells of a table are written: found out on the table that is learned from, and kept to for every other one.

Found out anew, 01/11/2020 or 500.000 could mean something else in the new table than it did in training.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.tables.cells import plain_numbers
from tui_trainer.tables.numbers import Convention, DateFormat, is_missing
from tui_trainer.tables.table import Column, Kind, Table


class ColumnWriting(Struct, frozen=True, kw_only=True):
    """How the cells of one column are written."""

    name: str
    kind: Kind
    format: str = ""
    """Of dates, for `strptime`; "" for ISO 8601."""
    unit: str = ""
    """What dates are counted in."""
    markers: tuple[str, ...] = ()
    """What stands for a missing value beside the usual words, numbers such as -999 too."""


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
        numbers = map(convention.number, known.markers)
        self._sentinels = [number for number in numbers if number is not None]
        self._date = DateFormat(known.format, known.unit)
        self._values: list[Floats] = []
        self._codes: dict[str, int] = {}
        """The number of each text."""
        self._rows = 0
        self._unread: tuple[int, str] | None = None

    def add_numbers(self, values: Floats) -> None:
        """Numbers (rows,) that have been read already, all finite."""
        if self._known.kind == "number":
            self._keep(values)
        else:
            self.add([f"{value:.15g}" for value in values.tolist()])

    def add(self, cells: Sequence[str]) -> None:
        values = plain_numbers(cells, self._convention) if self._known.kind == "number" else None
        self._keep(
            np.array([self._value(row, cell.strip()) for row, cell in enumerate(cells)]) if values is None else values
        )

    def _keep(self, values: Floats) -> None:
        self._values.append(values)
        self._rows += len(values)

    def _value(self, row: int, text: str) -> float:
        is_text = self._known.kind == "text"
        if is_missing(text) or text in self._known.markers:
            return -1.0 if is_text else np.nan
        if is_text:
            number = self._convention.number(text)
            return self._codes.setdefault(text if number is None else f"{number:.15g}", len(self._codes))
        value = self._date.number(text) if self._known.kind == "date" else self._convention.number(text)
        if value is None:
            self._unread = self._unread or (self._rows + row, text)
            return np.nan
        return value

    def column(self) -> Column:
        """The column, once all cells have been added."""
        known, values = self._known, np.concatenate(self._values)
        if known.kind == "number" and self._sentinels:
            values = np.where(np.isin(values, self._sentinels), np.nan, values)
        return Column(
            name=known.name, kind=known.kind, values=values, texts=tuple(self._codes), unit=known.unit,
            format=known.format, unread=self._unread,
        )  # fmt: skip
