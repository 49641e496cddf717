"""A table as it was read: columns of numbers or of texts, remarks on how it was read, and what was left out."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.setting_error import SettingError
from tui_trainer.tables.numbers import Convention

Kind = Literal["number", "date", "text"]

RowWord = Literal["line", "row"]

STANDARD_INPUT = "-"
"""Stands for standard input instead of a path."""

LARGEST = 1e100
"""The largest number that can be learned from, or its negative."""


class TableError(SettingError):
    """A table that cannot be read or learned from. The text names the file, the line and the column where it can."""

    def __init__(self, file: str, what: str, key: str = "file") -> None:
        super().__init__(f"data.{key}", file, what)
        self.args = (f"{file}: {what}",)


class Column(Struct, frozen=True, kw_only=True, eq=False):
    """One column, with a value for every row of the table."""

    name: str
    kind: Kind
    values: Floats
    """(rows,): numbers, or days or hours of dates, NaN where missing; of a text the number of the text, −1 where
    missing."""
    texts: tuple[str, ...] = ()
    """The different texts of a text column, in the order of their numbers."""
    unit: str = ""
    """What a date is measured in, "days since 1970-01-01", or what stands behind numbers: "kg"."""
    format: str = ""
    """How a date is written, for `strptime`; "" for ISO 8601."""
    markers: dict[str, int] = {}
    """What stands for a missing value in the file, and how often."""
    remark: str = ""
    """How the cells were read, if it was not as plain numbers or texts."""
    distinct_is_bound: bool = False
    """Whether there are more different texts than `texts` keeps."""
    unread: tuple[int, str] | None = None
    """Row and text of the first cell that is not written as those of the training are."""

    @property
    def missing(self) -> NDArray[np.bool_]:
        """(rows,)"""
        return self.values < 0 if self.kind == "text" else np.isnan(self.values)


class Chosen(Struct, frozen=True):
    """The arrays of a .npz that a person chose by name; "" for one that is to be found out. What names no array is
    taken for a column."""

    inputs: str = ""
    target: str = ""


UNCHOSEN = Chosen()


class Table(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """The columns of a file, and the line of the file in which each row stands."""

    name: str
    """The name of the file, without folders."""
    columns: tuple[Column, ...]
    lines: NDArray[np.int64]
    """(rows,): the line of the file on which the row begins, from 1; of arrays the number of the row, from 0."""
    sha256: str
    form: str
    """How the file was read: "CSV, ';' between the cells, UTF-8, a line of names"."""
    remarks: tuple[str, ...] = ()
    """How it was read, and what is suspicious, a sentence each."""
    left_out: tuple[str, ...] = ()
    """Which of its lines and columns were not read, a sentence each."""
    class_names: tuple[str, ...] = ()
    """Names that the file gives to the classes 0, 1, … of its target."""
    validation: Table | None = None
    """The rows that the file itself holds apart for validation."""
    target: str = ""
    """The column that the file itself names as the target."""
    inputs: str = ""
    """The array that a person chose for the inputs: its name stands for all of its columns."""
    convention: Convention = Convention()
    """How its numbers are written."""

    row_word: RowWord = "line"
    """What `lines` are."""

    @property
    def rows(self) -> int:
        return len(self.lines)

    def where(self, row: int | np.integer) -> str:
        """Where a row stands: "line 7" of a file, "row 7" of arrays."""
        return f"{self.row_word} {self.lines[row]}"

    def column(self, name: str | int, key: str) -> Column:
        """The column of this name, or of this number counted from 1. `key`: the setting that asks. Raises
        `TableError`."""
        if isinstance(name, str) and name in self._by_name:
            return self._by_name[name]
        number = int(name) if isinstance(name, int) or name.isdecimal() else 0
        if 1 <= number <= len(self.columns):
            return self.columns[number - 1]
        raise no_column(self.name, name, list(self._by_name), key)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


def check_size(table: Table, column: Column, key: str) -> None:
    """Raises `TableError` if a number is so large that no mean or square of its like can be computed."""
    rows = np.flatnonzero(np.abs(column.values) > LARGEST)
    if len(rows):
        value = column.values[rows[0]]
        raise TableError(
            table.name,
            f'{table.where(rows[0])} has {value:g} in "{column.name}", which is too large to compute with; '
            f"numbers go from {-LARGEST:g} to {LARGEST:g}",
            key,
        )


def no_column(file: str, name: str | int, names: list[str], key: str) -> TableError:
    """The error about a column that a table does not have."""
    from tui_trainer.setting_error import nearest, shortened

    shown = ", ".join(names[:12]) + (f" … and {len(names) - 12} more" if len(names) > 12 else "")
    hint = nearest(str(name), names)
    return TableError(file, f'{key}: no column "{shortened(str(name))}"; columns: {shown}{hint}', key)
