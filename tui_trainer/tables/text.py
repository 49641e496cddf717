"""Reads a text file into a table: CSV and its relatives.

The standard library's `csv`, and NumPy's `loadtxt` where there are only numbers, read 100,000 rows of 100 numbers in
3 s of processor time (4 s with texts and gaps) and 150 MB. pandas (84 MB to install) takes 1 s and 350 MB, polars
(180 MB) 0.7 s and 230 MB; neither names the line of a ragged row, skips titles and notes, splits at runs of
blanks, or reads Latin-1 and UTF-16 as they come. The delimiter is found by clevercsv, a small library made for it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.cells import Codes, CollectedCells
from tui_trainer.tables.contents import Contents, Unpacked
from tui_trainer.tables.dialect import DELIMITERS, SAMPLE, CellTooLongError, Dialect, dialect_of, encoding_of
from tui_trainer.tables.notation import KnownCells, Writing
from tui_trainer.tables.numbers import Convention
from tui_trainer.tables.plain import GAPS, are_even, read_plain, read_texts
from tui_trainer.tables.table import Table, TableError
from tui_trainer.wording import counted

PIECE = 1_000_000
"""Characters read at once."""
ROWS = 2_000
"""Rows converted at once."""
MOST_COLUMNS = 20_000
MOST_CELLS = 150_000_000
"""Above it a table takes more than 1.2 GB."""
MOST_NOTES = 5
"""Rows at the end that may be notes."""
TRIES = 4
"""Pieces that are tried as plain numbers before it is given up; each one that can be read so adds one."""
ROOM = 1.1
"""Rows that memory is reserved for, as a multiple of the number expected from the part already read."""
MOST_RAGGED = 0.2
"""Share of rows with another number of cells above which a file is no table."""
ASKED = {"point": Convention(), "comma": Convention(",", ".")}
"""The decimal sign that a person names → how the numbers are written."""
NAMED = 3
"""The most ragged rows that are named one by one."""

OnProgress = Callable[[float], None]
"""Called with the share of a file that has been read, 0 to 1. It may raise to end the reading."""


def read_text(
    contents: Contents,
    delimiter: str | None,
    encoding: str | None,
    header: bool | None,
    decimal: str | None,
    writing: Writing | None,
    progress: OnProgress,
) -> Table:
    """The table in a text file. `writing`: how its cells are written, if it is known. Raises `TableError`."""
    asked, encoding = encoding, encoding or encoding_of(contents)
    try:
        with contents.unpacked() as raw:
            sample = _decoded(raw, contents.name, encoding).read(SAMPLE)
        convention = ASKED.get(decimal or "") if writing is None else writing.convention
        dialect = dialect_of(sample, contents.name, encoding, delimiter, header, convention, whole=len(sample) < SAMPLE)
        if len(dialect.names) > MOST_COLUMNS:
            raise TableError(contents.name, f"has {len(dialect.names):,} columns; at most {MOST_COLUMNS:,} can be read")
        with contents.unpacked() as raw:
            return _Reading(contents, dialect, writing or Writing(), raw, progress).table()
    except UnicodeError as error:
        if asked is None:
            unknown = "is neither UTF-8 nor Latin-1; if it is a text, --encoding says in which one, such as big5"
            raise TableError(contents.name, unknown, "encoding") from None
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

    def __init__(
        self, contents: Contents, dialect: Dialect, writing: Writing, raw: Unpacked, progress: OnProgress
    ) -> None:
        self.contents, self.dialect, self.raw, self.progress = contents, dialect, raw, progress
        known = {each.name: each for each in writing.columns}
        self.cells = [
            CollectedCells(name, dialect.convention, dialect.units.get(name, ""))
            if name not in known
            else KnownCells(known[name], dialect.convention)
            for name in dialect.names
        ]
        self.values = np.empty((len(dialect.names), 0))
        """(columns, room for rows). What no row has filled yet takes no memory."""
        self.codes = np.zeros(self.values.shape, np.int16)
        """(columns, room for rows): the texts of cells that are no numbers."""
        self.lines = np.empty(0, np.int64)
        """(room for rows,): the lines on which the kept rows begin."""
        self.rows = 0
        """Rows kept so far."""
        self.ragged: list[tuple[int, int]] = []
        """Line and number of cells of rows that do not fit."""
        self.repeated: list[int] = []
        """Lines that repeat the names of the columns."""
        self.padded = 0
        """Rows that leave out their last cells."""
        self.passed = 0
        """Lines above the rows that are read next."""
        self.marks = 0
        """Quotation marks so far."""
        self.tries = TRIES
        """How often a piece is still tried as plain numbers."""

    def table(self) -> Table:
        stream, above = _decoded(self.raw, self.contents.name, self.dialect.encoding), 0
        try:
            for _ in islice(self._parsed(self._counted(stream)), self.dialect.first):
                pass
            while piece := stream.readlines(PIECE):
                above = self.passed
                quote = self.dialect.quote
                marks = sum(line.count(quote) for line in piece) if quote else 0
                if marks or not self._read_plainly(piece):
                    # An open quotation mark goes on in the next piece.
                    self._read(chain(piece, stream) if marks % 2 else piece)
                self.passed += len(piece)
        except csv.Error as error:
            raise self._cannot(error, above) from None
        return self._made()

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.passed += 1
            yield line

    def _parsed(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        return self.dialect.rows(lines)

    def _read_plainly(self, lines: list[str]) -> bool:
        """Read lines of plain numbers and known markers, and of texts in other columns; False if it cannot be done."""
        dialect, width = self.dialect, len(self.cells)
        if dialect.cuts or dialect.convention != Convention() or self.tries <= 0:
            return False
        delimiter = dialect.delimiter if dialect.delimiter.strip() or dialect.delimiter == "\t" else None
        found = [cells.markers for cells in self.cells]
        plain = [number for number, markers in enumerate(found) if markers is not None]
        other = [number for number, markers in enumerate(found) if markers is None]
        markers = list(dict.fromkeys(marker for each in found for marker in each or ()))
        self.tries -= 1
        if not plain or len(markers) > len(GAPS) or not are_even(lines, delimiter, width) or "\0" in "".join(lines):
            return False
        numbers = read_plain(lines, delimiter, plain, markers)
        if numbers is None:
            return False
        self.tries += 2
        all_values, all_codes = self._room(len(lines))
        gaps = dict(zip(markers, GAPS, strict=False))
        for number, new in zip(plain, numbers, strict=True):
            self.cells[number].add_numbers(new, gaps, all_values[number], all_codes[number])
        if other:
            for number, texts in zip(other, read_texts(lines, delimiter, other), strict=True):
                self.cells[number].add(texts.tolist(), all_values[number], all_codes[number])
        self._keep(np.arange(self.passed + 1, self.passed + len(lines) + 1))
        return True

    def _read(self, lines: Iterable[str]) -> None:
        """Read rows, whatever they hold."""
        above, width, header = self.passed, len(self.cells), list(self.dialect.header)
        rows: list[list[str]] = []
        kept: list[int] = []
        line, row = 0, list[str]()
        for line, row in self._parsed(self._counting_marks(lines)):
            if len(row) != width:
                if len(row) == width + 1 and not row[-1].strip():
                    del row[-1]  # a delimiter at the end
                elif len(row) < width and self.dialect.ends_early:
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
        if self.marks % 2 and any(len(cell.splitlines()) > 1 for cell in row):
            raise TableError(self.contents.name, f"line {above + line} has a quotation mark that is never closed")
        if rows:
            self._add(rows, kept)

    def _counting_marks(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self.marks += line.count(self.dialect.quote) if self.dialect.quote else 0
            yield line

    def _add(self, rows: list[list[str]], lines: list[int]) -> None:
        columns = zip(*rows, strict=True)
        for cells, values, codes, column in zip(self.cells, *self._room(len(rows)), columns, strict=True):
            if "\0" in "".join(column):
                line = next(line for line, cell in zip(lines, column, strict=True) if "\0" in cell)
                raise TableError(self.contents.name, f"line {line} has a zero byte, so it is no text")
            cells.add(column, values, codes)
        self._keep(np.array(lines))

    def _room(self, count: int) -> tuple[NDArray[np.float64], Codes]:
        """Where the values and the codes (columns, count) of the next rows go."""
        needed, width = self.rows + count, len(self.cells)
        if needed * width > MOST_CELLS:
            raise TableError(self.contents.name, f"has more than {MOST_CELLS:,} cells, which take too much memory")
        if needed > len(self.lines):
            # By the share of the file that has been read, so that the rows are seldom copied to a larger place.
            room = max(2 * needed, int(ROOM * needed / max(self.raw.share, 0.001)))
            room = min(room, MOST_CELLS // width)
            self.values = _enlarged(self.values, np.empty((width, room)), self.rows)
            self.codes = _enlarged(self.codes, np.zeros((width, room), np.int16), self.rows)
            self.lines = _enlarged(self.lines, np.empty(room, np.int64), self.rows)
        return self.values[:, self.rows : needed], self.codes[:, self.rows : needed]

    def _keep(self, lines: NDArray[np.int64]) -> None:
        self.lines[self.rows : self.rows + len(lines)] = lines
        self.rows += len(lines)
        self.progress(self.raw.share)

    def _cannot(self, error: csv.Error, above: int) -> TableError:
        """`above`: lines before those that were read."""
        if isinstance(error, CellTooLongError):
            names, number = self.dialect.names, error.column
            name = f' ("{names[number - 1]}")' if 0 < number <= len(names) else ""
            where = f"line {above + error.line}" + (f", column {number}{name}" if number else "")
            return TableError(self.contents.name, f"cannot be read: {where}: {error}")
        # The line is that of the last row that was whole.
        last = int(self.lines[self.rows - 1]) if self.rows else self.passed
        return TableError(self.contents.name, f"cannot be read below line {last}: {error}")

    def _notes(self, rows: int) -> int:
        """How many of the last rows are notes below the table that happen to have as many cells: they stand below a
        line with another number of cells, and have a text where all rows of the table have numbers."""
        if not self.ragged:
            return 0
        count = rows - int(np.searchsorted(self.lines[:rows], self.ragged[-1][0]))
        if not 0 < count <= MOST_NOTES or count == rows:
            return 0
        odd = [(codes[rows - count : rows] > 0) & ~(codes[: rows - count] > 0).any() for codes in self.codes]
        return count if np.any(odd, axis=0).all() else 0

    def _made(self) -> Table:
        dialect, file, width = self.dialect, self.contents.name, len(self.cells)
        rows = self.rows
        summed = rows > 1 and any(
            cells.sums_up(codes[:rows]) for cells, codes in zip(self.cells, self.codes, strict=True)
        )
        rows -= summed
        if not rows:
            raise TableError(file, "has a line of names and no rows" if dialect.has_header else "has no rows")
        rows -= self._notes(rows)
        last = self.lines[rows - 1]
        below = [line for line, _ in self.ragged if line > last]
        ragged = self.ragged[: len(self.ragged) - len(below)]
        if len(ragged) > MOST_RAGGED * (rows + len(ragged)):
            line, cells = ragged[0]
            raise TableError(
                file, f"is no table: of {rows + len(ragged):,} rows {len(ragged):,} have another number of "
                f"cells than {width}, the first one line {line} with {cells}",
            )  # fmt: skip
        columns = tuple(
            cells.column(values[:rows], codes[:rows])
            for cells, values, codes in zip(self.cells, self.values, self.codes, strict=True)
        )
        remarks = list(dialect.remarks)
        remarks += [
            f'"{each.name}" has leading zeros, such as {code}, so it may be a code; it is taken as a number'
            for each in columns
            if each.kind == "number" and (code := dialect.codes.get(each.name))
        ]
        if self.padded:
            remarks.append(f"{self.padded:,} rows end early: their last cells are taken as empty")
        left_out = [f"left out: line {line} has {counted(n, 'cell')} instead of {width}" for line, n in ragged[:NAMED]]
        if len(ragged) > NAMED:
            left_out.append(f"left out: {len(ragged) - NAMED:,} more lines with another number of cells")
        if summed:
            left_out.append(f"left out: line {self.lines[rows]}, which sums up the rows above")
        if below:
            left_out.append(f"skipped below the table: line {below[0]}" + " and what follows" * (len(below) > 1))
        if self.repeated:
            lines = ", ".join(map(str, self.repeated[:5]))
            left_out.append(f"left out: the line of names stands again on line {lines}")
        names = "a line of names" if dialect.has_header else "no line of names"
        parted = "fixed width" if dialect.cuts else DELIMITERS.get(dialect.delimiter, repr(dialect.delimiter))
        encoding = (
            "Latin-1 (Windows)" if dialect.encoding == "cp1252" else dialect.encoding.removesuffix("-sig").upper()
        )
        return Table(
            name=file,
            columns=columns,
            lines=self.lines[:rows],
            sha256=self.contents.sha256,
            form=f"{parted}, {encoding}, {names}",
            remarks=tuple(remarks),
            left_out=tuple(left_out),
            class_names=dialect.class_names,
            convention=dialect.convention,
        )


def _enlarged(before: NDArray[Any], after: NDArray[Any], rows: int) -> NDArray[Any]:
    """`after`, with the first rows (…, rows) of `before`."""
    after[..., :rows] = before[..., :rows]
    return after
