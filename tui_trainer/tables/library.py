"""The tables that have been read, each once. A table stays as it was read, however its file changes afterwards."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import numpy as np
from msgspec import Struct

from tui_trainer.tables.arrays import read_arrays, table_of
from tui_trainer.tables.contents import STANDARD_INPUT, Contents
from tui_trainer.tables.table import Table, TableError
from tui_trainer.tables.text import Progress, read_text
from tui_trainer.tables.writing import Writing

KEPT = 4
"""Tables of files that are kept in memory."""
IN_MEMORY = "arrays:"
"""Begins the name of a table that was given as arrays."""


class Source(Struct, frozen=True):
    """Which file, and how to read it; None for what is to be found out."""

    file: str
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    writing: Writing | None = None
    """How the cells are written."""


_KNOWN: dict[Source, Table] = {}
_READ_FROM: dict[Source, tuple[int, int]] = {}
"""Size and time of change, in nanoseconds, of the files that were read."""
_GIVEN: dict[str, Table] = {}
"""Tables that Python has given, by name."""


def read(source: Source, progress: Progress = lambda share: None) -> Table:
    """The table of a file, read at most once. Raises `TableError`."""
    if source.file.startswith(IN_MEMORY):
        if source.file not in _GIVEN:
            raise TableError(source.file, "was given as arrays to a program that has ended; save them with numpy.savez")
        return _GIVEN[source.file]
    table = _KNOWN.pop(source, None)
    if table is None:
        table = _read(source, progress)
        while len(_KNOWN) >= KEPT:
            del _KNOWN[next(iter(_KNOWN))]
    _KNOWN[source] = table
    return table


def absolute(file: str) -> str:
    """The file by its absolute path; what is no file, a pipe or arrays, by the name that it has."""
    is_file = file != STANDARD_INPUT and not file.startswith(IN_MEMORY)
    return os.path.abspath(os.path.expanduser(file)) if is_file else file


def forget_changed(source: Source) -> None:
    """Read the table of a file anew, when a person opens it again and the file has changed."""
    if _READ_FROM.get(source) != _state(source):
        _KNOWN.pop(source, None)


def _state(source: Source) -> tuple[int, int]:
    try:
        state = os.stat(os.path.expanduser(source.file))
    except OSError:
        return (0, 0)
    return (state.st_size, state.st_mtime_ns)


def _read(source: Source, progress: Progress) -> Table:
    _READ_FROM[source] = _state(source)
    contents = Contents(source.file)
    if contents.holds_arrays:
        return read_arrays(contents)
    if contents.start.startswith(b"PAR1"):
        from tui_trainer.tables.parquet import read_parquet

        return read_parquet(contents)
    return read_text(contents, source.delimiter, source.encoding, source.header, source.writing, progress)


def give(inputs: Any, targets: Any) -> str:
    """Keep inputs (rows, columns) and targets (rows,), arrays or data frames, and return the name of their table.

    A data frame's columns keep their names. Raises `TableError`.
    """
    target = np.asarray(targets).reshape(-1)
    if hasattr(inputs, "columns") and hasattr(inputs, "to_numpy"):
        columns = [(str(name), np.asarray(inputs[name])) for name in inputs.columns]
    else:
        matrix = np.asarray(inputs)
        matrix = matrix.reshape(len(matrix), -1)
        columns = [(f"x{number + 1}", column) for number, column in enumerate(matrix.T)]
    if any(len(column) != len(target) for _, column in columns):
        raise TableError("data", f"inputs of {len(columns[0][1])} rows and targets of {len(target)}")
    name = str(getattr(targets, "name", None) or "y")
    digest = hashlib.sha256()
    for each, column in (*columns, (name, target)):
        digest.update(each.encode() + (repr(column.tolist()).encode() if column.dtype == object else column.tobytes()))
    table = table_of_columns([*columns, (name, target)], digest.hexdigest())
    _GIVEN[table.name] = table
    return table.name


def table_of_columns(columns: list[tuple[str, Any]], sha256: str) -> Table:
    """The table of named arrays (rows,), the target last."""
    name = f"{IN_MEMORY}{sha256[:12]}"
    records = np.empty(len(columns[0][1]), [(each, column.dtype) for each, column in columns])
    for each, column in columns:
        records[each] = column
    from msgspec import structs

    return structs.replace(table_of({"": records}, name, sha256), target=columns[-1][0], form="arrays of a program")
