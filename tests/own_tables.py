"""Tables for the tests: files that people have, and small ones written on the spot."""

from __future__ import annotations

from pathlib import Path

from tui_trainer.tables.library import TableSource, read
from tui_trainer.tables.table import Table

FILES = Path(__file__).parent / "tables" / "files"


def read_file(name: str) -> Table:
    """One of the files that people have."""
    return read(TableSource(str(FILES / name)))


def written(folder: Path, content: str | bytes, **how: object) -> Table:
    """What is read from a new file with this content."""
    path = folder / f"table{len(list(folder.iterdir()))}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(TableSource(str(path), **how))  # type: ignore[arg-type]


def columns(table: Table) -> dict[str, list[object]]:
    """Name → values: numbers or texts, None where missing."""
    return {
        column.name: [
            None if gone else column.texts[int(value)] if column.texts else value
            for value, gone in zip(column.values.tolist(), column.missing, strict=True)
        ]
        for column in table.columns
    }
