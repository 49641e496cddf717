"""The layout of a table in a text, decided on its beginning: encoding, delimiter, lines above the table, the line of
names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from msgspec import Struct

from tui_trainer.tables.contents import INSIDE, TAR, Contents
from tui_trainer.tables.fixed_width import cells_of, columns_of
from tui_trainer.tables.header import (
    COMMENT,
    class_names,
    has_names,
    shows_number,
    skipped,
    split_decimals,
    top_of,
    unique_names,
)
from tui_trainer.tables.numbers import Convention, convention_of
from tui_trainer.tables.table import TableError
from tui_trainer.tables.units import is_partly_percent, unit_of

SAMPLE = 200_000
"""Characters on which the layout is decided."""
SNIFFED = 20_000
"""Characters on which the delimiter is decided: fewer, since that takes longer."""
DELIMITERS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    " ": "blanks",
    "  ": "two blanks or more",
    "": "one column",
}
DETECTED = [",", ";", "\t", "|", " "]
"""Those that clevercsv looks for."""
RULER = re.compile(r"[-=+:_|~ ]{3,}")
"""A cell of a line that is drawn between the names and the rows: ---+---, :--:."""
RULED = ("-", "=", "+", ":", "_", "~")
"""How a ruler begins."""
BLANKS = re.compile(r"\t+|  +")
BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
LONGEST_CELL, MOST_MEASURED = 100_000, 10_000_000
"""Characters of a cell that is read, and up to which a longer one is measured for the complaint about it."""
LONG_QUOTED = re.compile(r'(^|[,;\t|])"[^"]{20000,}("|\Z)', re.MULTILINE)
"""A cell that would be most of what the layout is decided on, perhaps to its end."""
OTHER_TEXTS = {
    re.compile(r"^@relation\b.*^@attribute\b", re.I | re.M | re.S): "an ARFF file of Weka",
    re.compile(r'^\s*([{[]\s*[{["]|\[\s*-?\d[\d.eE+-]*\s*,)'): "JSON",
    re.compile(r"^(---\s*\n)?- \w[\w ]*: "): "YAML",
    re.compile(r"^\s*<[!?a-z][^>]*>", re.I): "a web page or XML",
    re.compile(
        r"^(((--|/\*|SET|USE|DROP|BEGIN|SELECT)[^\n]*|[ \t]*)\n)*(CREATE TABLE|INSERT INTO)\s", re.I
    ): "a dump in SQL",
    re.compile(r"^(\S+( \d+:[-\d]+\.\S+){2,}\s*\n){2}"): "in the sparse format of LIBSVM",
}
"""How texts begin that people take for tables, and what they are."""
ROW_OF_NUMBERS = re.compile(r"^[ \d.]*\d +[\d.]+ +[\d.]+ *\t", re.MULTILINE)
"""A row of numbers separated by blanks, before a tab."""
CODE = re.compile(r"0\d{3,}")
"""A number with leading zeros, which is rather a code: a postcode, an account."""
EVEN, MOSTLY_EVEN = 0.95, 0.9
"""Share of rows with as many cells as most from which a delimiter parts a table."""


class CellTooLongError(csv.Error):
    """A cell has more than `LONGEST_CELL` characters: the line on which its row begins, its column, both from 1, and
    its characters; column 0 and `MOST_MEASURED` where it has more than these."""

    def __init__(self, line: int, column: int, size: int) -> None:
        self.line, self.column, self.size = line, column, size
        many = f"{size:,}" if column else f"more than {size:,}"
        super().__init__(f"a cell has {many} characters, more than {LONGEST_CELL:,}; a quotation mark may be missing")


class Dialect(Struct, frozen=True, kw_only=True):
    """How to read the rest of a file."""

    encoding: str
    delimiter: str
    """One character, " " for runs of blanks, "  " for runs of two and more, "" for a single column."""
    cuts: tuple[int, ...]
    """The characters at which the cells of a row begin, if they stand in columns of fixed width; else empty."""
    quote: str
    first: int
    """Rows before the first row of data, blank ones not counted: titles, and the line of names."""
    names: tuple[str, ...]
    has_header: bool
    header: tuple[str, ...]
    """The cells of the line of names as they stand; empty without one."""
    convention: Convention
    ends_early: bool
    """Whether rows leave out their last cells where these are empty."""
    class_names: tuple[str, ...] = ()
    codes: dict[str, str] = {}
    """Names of columns that have numbers as codes are written, and such a number: 01234."""
    units: dict[str, str] = {}
    """Names of columns that have a unit behind their numbers, and the unit."""
    remarks: tuple[str, ...] = ()

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row that is not blank; the line on which it begins, from 1 at the first of `lines`.

        Raises `csv.Error`.
        """
        return parsed(lines, self.delimiter, self.quote, self.cuts)


def parsed(
    lines: Iterable[str], delimiter: str, quote: str, cuts: tuple[int, ...] = ()
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that is neither blank nor a ruler. Raises `csv.Error`."""
    for line, cells in _all_parsed(lines, delimiter, quote, cuts):
        if any(map(str.strip, cells)) and not _is_ruler(cells):
            yield line, cells


def _is_ruler(cells: list[str]) -> bool:
    first = cells[0].lstrip() or (cells[1].lstrip() if len(cells) > 1 else "")
    return first[:1] in RULED and all(not cell.strip() or RULER.fullmatch(cell.strip()) for cell in cells)


def _all_parsed(
    lines: Iterable[str], delimiter: str, quote: str, cuts: tuple[int, ...]
) -> Iterator[tuple[int, list[str]]]:
    if cuts:
        for number, line in enumerate(lines, 1):
            yield number, cells_of(line, cuts)
        return
    if delimiter in ("", " ", "  ") and not quote:
        for number, line in enumerate(lines, 1):
            yield (
                number,
                BLANKS.split(line.strip()) if delimiter == "  " else line.split() if delimiter else [line.strip()],
            )
        return
    if delimiter.isspace() and delimiter != "\t":
        lines = (" ".join(line.split()) for line in lines)
    form: dict[str, Any] = {
        "delimiter": delimiter[:1] or ",",
        "quotechar": quote or None,
        "skipinitialspace": True,
        "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    }
    row = list[str]()
    """The lines of the row that is read."""

    def remembered(lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            row.append(line)
            yield line

    source = remembered(lines)
    csv.field_size_limit(LONGEST_CELL)
    reader, before = csv.reader(source, **form), 0
    try:
        for cells in reader:
            row.clear()
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        if "field larger" not in str(error):
            raise
        raise _too_long(before + 1, chain(list(row), source), form) from None


def _too_long(line: int, lines: Iterable[str], form: dict[str, Any]) -> CellTooLongError:
    """The error about the row with which `lines` begin."""
    csv.field_size_limit(MOST_MEASURED)
    try:
        sizes = list(map(len, next(csv.reader(lines, **form))))
    except csv.Error:
        return CellTooLongError(line, 0, MOST_MEASURED)
    return CellTooLongError(line, sizes.index(max(sizes)) + 1, max(sizes))


def encoding_of(contents: Contents) -> str:
    """The encoding of a text: by its byte-order mark; else UTF-8 if all of it is valid; else Latin-1 as Windows writes
    it, in which any bytes are a text."""
    with contents.unpacked() as stream:
        start = stream.read(4096) or b""
        contents.check_kind(start)
        if start.startswith(INSIDE):
            raise TableError(contents.name, "holds a packed file, arrays or a Parquet file: unpack it, and give that")
        place, mark = TAR
        if start[place] == mark:
            raise TableError(contents.name, "is a tar archive: unpack it, and give the table in it")
        for mark, encoding in BOMS:
            if start.startswith(mark):
                return encoding
        if encoding := _by_zeros(start):
            return encoding
        import codecs

        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while start:
                decoder.decode(start)
                start = stream.read(1 << 20) or b""
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _by_zeros(start: bytes) -> str:
    """The encoding without a mark in which most characters have zero bytes, always at the same places; else ""."""
    for size, name in ((4, "utf-32"), (2, "utf-16")):
        zeros = [start[place::size].count(0) / (len(start[place::size]) or 1) for place in range(size)]
        if min(zeros) < 0.05 and max(zeros) > 0.3 and (size == 2 or sorted(zeros)[1] > 0.9):
            return f"{name}-{'le' if zeros[-1] > zeros[0] else 'be'}"
    return ""


def dialect_of(
    text: str,
    file: str,
    encoding: str,
    delimiter: str | None,
    has_header: bool | None,
    convention: Convention | None = None,
    *,
    whole: bool,
) -> Dialect:
    """The layout of the table whose beginning is `text`; `whole`: it is all of it. What is None is found out.

    Raises `TableError`.
    """
    if delimiter is not None and len(delimiter) > 1 and delimiter.strip():
        allowed = "one character separates two cells, or any number of blanks"
        raise TableError(file, f'the delimiter "{delimiter}" has {len(delimiter)} characters; {allowed}', "delimiter")
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TableError(file, f"line {line} has a zero byte, so it is no text")
    for beginning, kind in OTHER_TEXTS.items():
        if beginning.search(text[:SNIFFED]):
            raise TableError(file, f"is {kind}, not a table of lines: export it as CSV")
    text = LONG_QUOTED.sub(r'\1"…"', text)
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    quote, is_found = "", delimiter is None
    if delimiter is None:
        from clevercsv import Detector  # importing it takes 0.3 s

        # A known decimal comma parts no cells, unless it stands between quotation marks.
        is_decimal = convention is not None and convention.decimal == "," and '"' not in text[:SNIFFED]
        able = [each for each in DETECTED if not (is_decimal and each == ",")]
        found = Detector().detect(text[:SNIFFED], delimiters=able)
        delimiter, quote = ("", "") if is_decimal else (",", "")
        if found is not None:
            delimiter, quote = found.delimiter or "", found.quotechar or ""
        if delimiter == "," and _evenness(text, ",") < 1:
            # Decimal commas part the cells of all rows but not of the line of names.
            least = max(MOSTLY_EVEN, _evenness(text, ","))
            delimiter = next((each for each in ";\t|" if _evenness(text, each) > least), delimiter)
    is_uneven = _evenness(text, "\t") < EVEN or ROW_OF_NUMBERS.search(text) is not None
    if delimiter == "\t" and is_uneven and _evenness(text, " ") >= EVEN:
        delimiter = " "  # some cells are parted by blanks, or by several tabs
    if not quote and re.search(rf'(^|{re.escape(delimiter) or "^"}\s*)"', text, re.MULTILINE):
        quote = '"'
    try:
        lines = text.splitlines(keepends=True)
        cuts: tuple[int, ...] = ()
        if is_found and not quote and (delimiter == " " or delimiter not in text):
            evenness, wide = _evenness(text, delimiter), _evenness(text, "  ")
            if wide == 1 > evenness or wide >= EVEN > evenness:
                delimiter = "  "  # blanks within the cells, or the names
            elif evenness < EVEN:
                cuts = columns_of(lines)
        rows = [cells for _, cells in parsed(lines, delimiter, quote, cuts)]
    except csv.Error as error:
        raise TableError(file, f"cannot be read as a table: {error}") from None
    if not whole and len(rows) > 1:
        del rows[-1]  # cut in the middle of a quoted text
    if not rows:
        raise TableError(file, "has no rows")
    width = _width(rows)
    if ends_early := _ends_early(rows, delimiter):
        width = len(rows[0])
        rows = [row + [""] * (width - len(row)) for row in rows]
    top = top_of(rows, width, file)
    start, body, above = top.start, top.body, top.above
    names = class_names(body[0], width)
    if not names and start and (names := class_names(rows[start - 1], width)):
        start, above = start - 1, []
    remarks = skipped(above) + top.remarks
    doubtful = ""
    if convention is None:
        convention, doubtful = convention_of(zip(*body[1:500], strict=True), delimiter)
    if has_header is None:
        has_header = not names and has_names(body, convention)
    if names:
        remarks.append(f"the first line gives the number of rows and of inputs, and the classes {', '.join(names)}")
    if encoding == "cp1252":
        remarks.append("not UTF-8, so read as Latin-1 of Windows; if letters look wrong, --encoding says another")
    if convention.remark:
        remarks.append(f"numbers: {convention.remark}")
    if doubtful:
        decimal, thousands = "be the decimal sign", "separate thousands"
        could, taken = (decimal, thousands) if convention.thousands else (thousands, decimal)
        remarks.append(
            f"the sign in numbers such as {doubtful} could {could}; it is taken to {taken}; --decimal says which"
        )
    header = body[0] if has_header else []
    if delimiter == "," and not all(map(str.strip, header or [""])):
        remarks += split_decimals(body[1:500], above)
    unique = unique_names(header, width, remarks)
    columns = list(zip(unique, zip(*body[1:500], strict=True), strict=False))
    remarks += [
        f'"{name}" has numbers with and without a percent sign; both are read as they stand'
        for name, column in columns
        if is_partly_percent(column, convention)
    ]
    codes = {
        name: code for name, column in columns if (code := next(filter(CODE.fullmatch, map(str.strip, column)), ""))
    }
    return Dialect(
        encoding=encoding,
        delimiter=delimiter,
        cuts=cuts,
        quote=quote or ('"' if delimiter in DETECTED[:-1] else ""),  # further down some cells may stand between them
        first=start + (1 + top.below if has_header or names else 0),
        names=unique,
        has_header=has_header,
        header=tuple(header),
        convention=convention,
        ends_early=ends_early,
        class_names=names,
        codes=codes,
        units={name: unit for name, column in columns if (unit := unit_of(column, convention))},
        remarks=tuple(remarks),
    )


def _evenness(text: str, delimiter: str) -> float:
    """The share of rows with as many cells as most; 0 if these have one, or if a cell is too long."""
    try:
        counts = Counter(len(cells) for _, cells in parsed(text.splitlines(), delimiter, '"' if '"' in text else ""))
    except csv.Error:
        return 0.0
    most, count = max(counts.items(), key=lambda pair: pair[1], default=(1, 0))
    return count / counts.total() if most > 1 else 0.0


def _width(rows: list[list[str]]) -> int:
    """The number of cells that most rows have; of two that are equally frequent the larger one."""
    return max(Counter(map(len, rows)).items(), key=lambda pair: (pair[1], pair[0]))[0]


def _ends_early(rows: list[list[str]], delimiter: str) -> bool:
    """Whether many rows are shorter than the line of names, and none is longer."""
    if rows[0][0].strip() in COMMENT:
        return False  # a line of names, with a sign of its own before them
    if delimiter.isspace() and len({len(row) for row in rows[1:]}) == 1:
        return False  # blanks within the names
    longest = len(rows[0])
    short = sum(len(row) < longest for row in rows)
    return short > 0.2 * len(rows) and max(map(len, rows)) == longest > 2 and not any(map(shows_number, rows[0]))
