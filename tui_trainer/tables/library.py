"""The tables that have been read, each once. A table stays as it was read, however its file changes afterwards.

What reads them is imported with the first of them: a program without tables starts 4 ms earlier.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.tables.notation import Writing
from tui_trainer.tables.table import STANDARD_INPUT, UNCHOSEN, Chosen, Table, TableError

if TYPE_CHECKING:
    from tui_trainer.tables.text import OnProgress

KEPT = 4
"""The most tables of files that are kept in memory."""
IN_MEMORY = "arrays:"
"""Prefix of the name of a table that was given as arrays."""


class TableSource(Struct, frozen=True):
    """A file and how to read it; None for what is to be found out."""

    file: str
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    decimal: str | None = None
    """The decimal sign: point or comma."""
    writing: Writing | None = None
    """How the cells are written."""
    chosen: Chosen = UNCHOSEN
    """Arrays, in a .npz."""

    def like(self, file: str, writing: Writing) -> TableSource:
        """Another file, read in the same way."""
        return structs.replace(self, file=file, writing=writing)


_KNOWN: dict[TableSource, Table] = {}
_READ_FROM: dict[TableSource, tuple[int, int]] = {}
"""Size and time of change, in nanoseconds, of the files that were read."""
_GIVEN: dict[str, Table] = {}
"""Tables that Python has given, by name."""


def read(source: TableSource, progress: OnProgress = lambda share: None) -> Table:
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
    """The absolute path of a file; a pipe or arrays keep their name."""
    is_file = file != STANDARD_INPUT and not file.startswith(IN_MEMORY)
    return os.path.abspath(os.path.expanduser(file)) if is_file else file


def forget_changed(source: TableSource) -> None:
    """Read the table of a file anew, when a person opens it again and the file has changed."""
    if not is_read(source):
        _KNOWN.pop(source, None)


def is_read(source: TableSource) -> bool:
    """Whether the table is known as the file is now."""
    return source in _KNOWN and _READ_FROM[source] == _state(source)


def _state(source: TableSource) -> tuple[int, int]:
    try:
        state = os.stat(os.path.expanduser(source.file))
    except OSError:
        return (0, 0)
    return (state.st_size, state.st_mtime_ns)


def _read(source: TableSource, progress: OnProgress) -> Table:
    from tui_trainer.tables.contents import Contents

    _READ_FROM[source] = _state(source)
    contents = Contents(source.file)
    if contents.holds_arrays:
        from tui_trainer.tables.arrays import read_arrays

        return read_arrays(contents, source.chosen)
    if contents.start.startswith(b"PAR1"):
        from tui_trainer.tables.parquet import read_parquet

        return read_parquet(contents)
    from tui_trainer.tables.text import read_text

    return read_text(
        contents, source.delimiter, source.encoding, source.header, source.decimal, source.writing, progress
    )


def give(inputs: Any, targets: Any) -> str:
    """Keep inputs (rows, columns) and targets (rows,) or one-hot (rows, classes), arrays or data frames, and return the
    name of their table.

    A data frame's columns keep their names. Raises `TableError`.
    """
    import hashlib

    from tui_trainer.tables.arrays import one_target
    from tui_trainer.tables.header import unique_names

    target, said = one_target(np.atleast_1d(np.asarray(targets)))
    if not len(target):
        raise TableError("data", "has no rows")
    if hasattr(inputs, "columns") and hasattr(inputs, "to_numpy"):
        columns = list(_columns(inputs))
    else:
        matrix = np.asarray(inputs)
        matrix = matrix.reshape(len(matrix), -1)
        columns = [(f"x{number + 1}", column) for number, column in enumerate(matrix.T)]
    if any(len(column) != len(target) for _, column in columns):
        raise TableError("data", f"inputs of {len(columns[0][1])} rows and targets of {len(target)}")
    columns.append((str(getattr(targets, "name", None) or "y"), target))
    names = unique_names([name for name, _ in columns], len(columns), said)
    columns = [(name, column) for name, (_, column) in zip(names, columns, strict=True)]
    digest = hashlib.sha256()
    for name, column in columns:
        digest.update(name.encode() + (repr(column.tolist()).encode() if column.dtype == object else column.tobytes()))
    table = table_of_columns(columns, digest.hexdigest())
    table = structs.replace(table, remarks=(*table.remarks, *said))
    _GIVEN[table.name] = table
    return table.name


def _columns(frame: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Name and values of each column of a data frame, which gives all columns of a repeated name at once."""
    names = list(frame.columns)
    for number, name in enumerate(names):
        values = np.asarray(frame[name])
        yield str(name), values if values.ndim == 1 else values[:, names[:number].count(name)]


def table_of_columns(columns: list[tuple[str, Any]], sha256: str) -> Table:
    """The table of named arrays (rows,), the target last."""
    from tui_trainer.tables.arrays import table_of

    name = f"{IN_MEMORY}{sha256[:12]}"
    records = np.empty(len(columns[0][1]), [(each, column.dtype) for each, column in columns])
    for each, column in columns:
        records[each] = column
    return structs.replace(table_of({"": records}, name, sha256), target=columns[-1][0], form="arrays of a program")
