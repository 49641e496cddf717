"""Reads a text file into a table: CSV and its relatives.

The standard library's `csv`, and NumPy's `loadtxt` where there are only numbers, read 100,000 rows of 100 numbers in
2 to 5 s of processor time and some 180 MB. That is the time of pandas (84 MB to install) and twice that of polars on
two cores (180 MB to install), and neither names the line of a ragged row, skips titles and notes, splits at runs of
blanks, or reads Latin-1 and UTF-16 as they come. The delimiter is found by clevercsv, a small library made for it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.cells import Cells
from tui_trainer.tables.contents import Contents, Unpacked
from tui_trainer.tables.layout import DELIMITERS, SAMPLE, Layout, encoding_of, layout_of, parsed
from tui_trainer.tables.numbers import Convention
from tui_trainer.tables.table import Table, TableError
from tui_trainer.tables.writing import KnownCells, Writing

PIECE = 1_000_000
"""Characters read at once."""
ROWS = 5_000
"""Rows converted at once."""
MOST_COLUMNS = 20_000
MOST_CELLS = 150_000_000
"""Above it a table takes more than 1.2 GB."""
MOST_RAGGED = 0.2
"""Share of rows with another number of cells above which a file is no table."""
NAMED = 3
"""Ragged rows that are named one by one."""

Progress = Callable[[float], None]
"""Is told how much of a file has been read, 0 to 1. May raise to end the reading."""


def read_text(
    contents: Contents,
    delimiter: str | None,
    encoding: str | None,
    header: bool | None,
    writing: Writing | None,
    progress: Progress,
) -> Table:
    """The table in a text file. `writing`: how its cells are written, if it is known. Raises `TableError`."""
    encoding = encoding or encoding_of(contents)
    try:
        with contents.unpacked() as raw:
            sample = _decoded(raw, contents.name, encoding).read(SAMPLE)
        convention = None if writing is None else writing.convention
        layout = layout_of(sample, contents.name, encoding, delimiter, header, convention, whole=len(sample) < SAMPLE)
        if len(layout.names) > MOST_COLUMNS:
            raise TableError(contents.name, f"has {len(layout.names):,} columns; at most {MOST_COLUMNS:,} can be read")
        with contents.unpacked() as raw:
            return _Reading(contents, layout, writing or Writing(), raw, progress).table()
    except UnicodeError as error:
        reason = getattr(error, "reason", str(error))
        raise TableError(contents.name, f"is not {encoding} throughout ({reason})", "encoding") from None


def _decoded(raw: Unpacked, file: str, encoding: str) -> io.TextIOWrapper:
    try:
        return io.TextIOWrapper(io.BufferedReader(raw, 1 << 18), encoding=encoding, newline="")
    except LookupError:
        allowed = "common ones are utf-8, utf-16, latin-1, cp1252"
        raise TableError(file, f'unknown encoding "{encoding}"; {allowed}', "encoding") from None


class _Reading:
    """One pass over a file."""

    def __init__(self, contents: Contents, layout: Layout, writing: Writing, raw: Unpacked, progress: Progress) -> None:
        self.contents, self.layout, self.raw, self.progress = contents, layout, raw, progress
        known = {each.name: each for each in writing.columns}
        self.cells = [
            KnownCells(known[name], layout.convention) if name in known else Cells(name, layout.convention)
            for name in layout.names
        ]
        self.lines: list[NDArray[np.int64]] = []
        """The lines on which the kept rows begin."""
        self.ragged: list[tuple[int, int]] = []
        """Line and number of cells of rows that do not fit."""
        self.repeated: list[int] = []
        """Lines that repeat the names of the columns."""
        self.padded = 0
        """Rows that leave out their last cells."""
        self.passed = 0
        """Lines above the rows that are read next."""

    def table(self) -> Table:
        stream = _decoded(self.raw, self.contents.name, self.layout.encoding)
        try:
            for _ in islice(self._parsed(self._counted(stream)), self.layout.first):
                pass
            while piece := stream.readlines(PIECE):
                numbers = self._all_numbers(piece)
                if numbers is None:
                    self._read(chain(piece, stream))
                    break
                for cells, values in zip(self.cells, numbers, strict=True):
                    cells.add_numbers(values)
                self._keep(list(range(self.passed + 1, self.passed + len(piece) + 1)))
                self.passed += len(piece)
        except csv.Error as error:
            raise self._cannot(error) from None
        return self._made()

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.passed += 1
            yield line

    def _parsed(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        return parsed(lines, self.layout.delimiter, self.layout.quote)

    def _all_numbers(self, lines: list[str]) -> NDArray[np.float64] | None:
        """(columns, rows) if the lines hold nothing but finite numbers, written plainly."""
        if self.layout.quote or self.layout.convention != Convention():
            return None
        delimiter = None if self.layout.delimiter in ("", " ") else self.layout.delimiter
        try:
            table = np.loadtxt(lines, delimiter=delimiter, comments=None, ndmin=2)
        except ValueError:
            return None
        # Blank lines are skipped, and the word nan is read.
        fits = table.shape == (len(lines), len(self.cells)) and np.isfinite(table).all()
        return table.T if fits else None

    def _read(self, lines: Iterable[str]) -> None:
        """Read the rest of the rows, whatever they hold."""
        above, width, header = self.passed, len(self.cells), list(self.layout.header)
        rows: list[list[str]] = []
        kept: list[int] = []
        for line, row in self._parsed(lines):
            if len(row) != width:
                if len(row) == width + 1 and not row[-1].strip():
                    del row[-1]  # a delimiter at the end
                elif len(row) < width and self.layout.ends_early:
                    row += [""] * (width - len(row))
                    self.padded += 1
                else:
                    self.ragged.append((above + line, len(row)))
                    continue
            elif row == header:
                self.repeated.append(above + line)
                continue
            rows.append(row)
            kept.append(above + line)
            if len(rows) == ROWS:
                self._add(rows, kept)
                rows, kept = [], []
        if rows:
            self._add(rows, kept)

    def _add(self, rows: list[list[str]], lines: list[int]) -> None:
        for cells, column in zip(self.cells, zip(*rows, strict=True), strict=True):
            if "\0" in "".join(column):
                line = next(line for line, cell in zip(lines, column, strict=True) if "\0" in cell)
                raise TableError(self.contents.name, f"line {line} has a zero byte, so it is no text")
            cells.add(column)
        self._keep(lines)

    def _keep(self, lines: list[int]) -> None:
        self.lines.append(np.array(lines))
        if sum(map(len, self.lines)) * len(self.cells) > MOST_CELLS:
            raise TableError(self.contents.name, f"has more than {MOST_CELLS:,} cells, which take too much memory")
        self.progress(self.raw.share)

    def _cannot(self, error: csv.Error) -> TableError:
        # The line is that of the last row that was whole.
        last = int(self.lines[-1][-1]) if self.lines else self.passed
        what = "a cell is too long; a quotation mark may be missing" if "field larger" in str(error) else str(error)
        return TableError(self.contents.name, f"cannot be read below line {last}: {what}")

    def _made(self) -> Table:
        layout, file, width = self.layout, self.contents.name, len(self.cells)
        rows = sum(map(len, self.lines))
        if not rows:
            raise TableError(file, "has a line of names and no rows" if layout.has_header else "has no rows")
        last = self.lines[-1][-1]
        below = [line for line, _ in self.ragged if line > last]
        ragged = self.ragged[: len(self.ragged) - len(below)]
        if len(ragged) > MOST_RAGGED * (rows + len(ragged)):
            line, cells = ragged[0]
            raise TableError(
                file, f"is no table: of {rows + len(ragged):,} rows {len(ragged):,} have another number of "
                f"cells than {width}, the first one line {line} with {cells}",
            )  # fmt: skip
        remarks = list(layout.remarks)
        remarks += [
            f"left out: line {line} has {n} cell{'s' * (n != 1)} instead of {width}" for line, n in ragged[:NAMED]
        ]
        if len(ragged) > NAMED:
            remarks.append(f"left out: {len(ragged) - NAMED:,} more lines with another number of cells")
        if self.padded:
            remarks.append(f"{self.padded:,} rows end early: their last cells are taken as empty")
        if below:
            remarks.append(f"skipped below the table: line {below[0]}" + " and what follows" * (len(below) > 1))
        if self.repeated:
            remarks.append(f"left out: the line of names stands again on line {', '.join(map(str, self.repeated[:5]))}")
        names = "a line of names" if layout.has_header else "no line of names"
        encoding = "Latin-1 (Windows)" if layout.encoding == "cp1252" else layout.encoding.removesuffix("-sig").upper()
        return Table(
            name=file,
            columns=tuple(cells.column() for cells in self.cells),
            lines=np.concatenate(self.lines),
            sha256=self.contents.sha256,
            form=f"{DELIMITERS.get(layout.delimiter, repr(layout.delimiter))}, {encoding}, {names}",
            remarks=tuple(remarks),
            class_names=layout.class_names,
            convention=layout.convention,
        )
