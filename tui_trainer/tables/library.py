"""The tables that have been read, each once. A table stays as it was read, however its file changes afterwards."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.tables.contents import Contents
from tui_trainer.tables.table import Table
from tui_trainer.tables.text import Progress, read_text

KEPT = 4
"""Tables that are kept in memory."""


class Source(Struct, frozen=True):
    """Which file, and how to read it; None for what is to be found out."""

    file: str
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None


_KNOWN: dict[Source, Table] = {}


def read(source: Source, progress: Progress = lambda share: None) -> Table:
    """The table of a file, read at most once. Raises `TableError`."""
    table = _KNOWN.pop(source, None)
    if table is None:
        table = _read(source, progress)
        while len(_KNOWN) >= KEPT:
            del _KNOWN[next(iter(_KNOWN))]
    _KNOWN[source] = table
    return table


def _read(source: Source, progress: Progress) -> Table:
    contents = Contents(source.file)
    return read_text(contents, source.delimiter, source.encoding, source.header, progress)
