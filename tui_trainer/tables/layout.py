"""Where in a text the table is: encoding, delimiter, lines above it, the line of names. Decided on its beginning."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from tui_trainer.tables.contents import Contents
from tui_trainer.tables.numbers import Convention, convention_of, is_missing
from tui_trainer.tables.table import TableError

SAMPLE = 200_000
"""Characters on which the layout is decided."""
SNIFFED = 20_000
"""Characters on which the delimiter is decided, which takes longer."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks", "": "one column"}
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
LONGEST_CELL = 100_000


class Layout(Struct, frozen=True, kw_only=True):
    """How to read the rest of a file."""

    encoding: str
    delimiter: str
    """One character, " " for runs of blanks, "" for a single column."""
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
    remarks: tuple[str, ...] = ()

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
        """(line, cells) of every row that is not blank; the line on which it begins, from 1 at the first of `lines`.

        Raises `csv.Error`.
        """
        return parsed(lines, self.delimiter, self.quote)


def parsed(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[tuple[int, list[str]]]:
    if delimiter in ("", " ") and not quote:
        for number, line in enumerate(lines, 1):
            cells = line.split() if delimiter else [line.strip()]
            if any(cells):
                yield number, cells
        return
    if delimiter == " ":
        lines = (" ".join(line.split()) for line in lines)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(
        lines, delimiter=delimiter or ",", quotechar=quote or None, skipinitialspace=True,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )  # fmt: skip
    before = 0
    for cells in reader:
        if any(map(str.strip, cells)):
            yield before + 1, cells
        before = reader.line_num


def encoding_of(contents: Contents) -> str:
    """By its mark; else UTF-8 if all of it is, else Latin-1 (as Windows writes it), which every text can be."""
    with contents.unpacked() as stream:
        start = stream.read(4096) or b""
        for mark, encoding in BOMS:
            if start.startswith(mark):
                return encoding
        zeros = start[1::2].count(0), start[::2].count(0)
        if max(zeros) > 0.3 * len(start) / 2 and min(zeros) < 0.05 * len(start):
            return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
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


def layout_of(
    text: str,
    file: str,
    encoding: str,
    delimiter: str | None,
    has_header: bool | None,
    convention: Convention | None = None,
    *,
    whole: bool,
) -> Layout:
    """The layout of the table whose beginning is `text`; `whole`: it is all of it. What is None is found out.

    Raises `TableError`.
    """
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TableError(file, f"line {line} has a zero byte, so it is no text")
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    quote = ""
    if delimiter is None:
        from clevercsv import Detector  # its import takes 0.3 s

        # A known decimal comma parts no cells, unless it stands between quotation marks.
        is_decimal = convention is not None and convention.decimal == "," and '"' not in text[:SNIFFED]
        able = [each for each in DELIMITERS if each and not (is_decimal and each == ",")]
        found = Detector().detect(text[:SNIFFED], delimiters=able)
        delimiter, quote = ("", "") if is_decimal else (",", "")
        if found is not None:
            delimiter, quote = found.delimiter or "", found.quotechar or ""
    if not quote and re.search(rf'(^|{re.escape(delimiter) or "^"}\s*)"', text, re.MULTILINE):
        quote = '"'
    try:
        rows = [cells for _, cells in parsed(text.splitlines(keepends=True), delimiter, quote)]
    except csv.Error as error:
        raise TableError(file, f"cannot be read as a table: {error}") from None
    if not whole and len(rows) > 1:
        del rows[-1]  # cut in the middle of a quoted text
    if not rows:
        raise TableError(file, "has no rows")
    width = _width(rows)
    if ends_early := _ends_early(rows):
        width = len(rows[0])
        rows = [row + [""] * (width - len(row)) for row in rows]
    start = next((i for i, row in enumerate(rows) if _begins(rows, i, width)), 0)
    above = [" ".join(filter(None, map(str.strip, row))) for row in rows[:start]]
    remarks = [f'skipped above the table: "{_brief(title)}"' for title in above if title]
    body = [row for row in rows[start:] if len(row) == width]
    # An R table names one column less than it has, and a delimiter at every end makes one more.
    short = rows[start - 1] if start else []
    if width > 1 and len(short) == width - 1 and all(map(str.strip, short)) and not _numeric(short[0]):
        ends_empty = all(not row[-1].strip() for row in body)
        body.insert(0, [*short, ""] if ends_empty else ["", *short])
        start, remarks = start - 1, remarks[:-1]
    elif width > len(short) > 2 and len(short) >= width // 2 and not any(map(_numeric, short)):
        raise TableError(
            file,
            f"rows of {width} cells stand under {len(short)} names; if decimal commas were split into two cells, "
            "export the table anew with a decimal point or with semicolons",
        )
    names = _class_names(body[0], width)
    if not names and (names := _class_names(short, width)):
        start, remarks = start - 1, []
    if convention is None:
        convention = convention_of((cell for row in body[1:500] for cell in row), delimiter)
    if has_header is None:
        has_header = not names and _is_header(body, convention)
    if names:
        remarks.append(f"the first line gives the number of rows and of inputs, and the classes {', '.join(names)}")
    if convention.remark:
        remarks.append(f"numbers: {convention.remark}")
    header = body[0] if has_header else []
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        quote=quote,
        first=start + (1 if has_header or names else 0),
        names=_unique(header, width, remarks),
        has_header=has_header,
        header=tuple(header),
        convention=convention,
        ends_early=ends_early,
        class_names=names,
        remarks=tuple(remarks),
    )


def _width(rows: list[list[str]]) -> int:
    """Cells of most rows; of two numbers that are equally frequent the larger one."""
    return max(Counter(map(len, rows)).items(), key=lambda pair: (pair[1], pair[0]))[0]


def _ends_early(rows: list[list[str]]) -> bool:
    """Whether many rows are shorter than the line of names, and none is longer."""
    longest = len(rows[0])
    short = sum(len(row) < longest for row in rows)
    return short > 0.2 * len(rows) and max(map(len, rows)) == longest > 2 and not any(map(_numeric, rows[0]))


def _begins(rows: list[list[str]], i: int, width: int) -> bool:
    """Whether the table begins in row `i`, rather than a title in its first cell."""
    row, below = rows[i], rows[i + 1 : i + 20]
    if len(row) != width or not below:
        return len(row) == width
    only_first = row[0].strip() and not any(map(str.strip, row[1:])) and not _numeric(row[0])
    return not (only_first and sum(sum(map(bool, map(str.strip, each))) > 1 for each in below) > len(below) / 2)


def _numeric(cell: str) -> bool:
    return Convention().number(cell) is not None or Convention(".", ",").number(cell) is not None


def _class_names(row: list[str], width: int) -> tuple[str, ...]:
    """The names in a first line "150,4,setosa,versicolor,virginica": rows, inputs, classes (scikit-learn's tables)."""
    rows, inputs, *named = [*map(str.strip, row), "", ""]
    if len(named) < 4 or not (rows.isdecimal() and inputs.isdecimal()) or any(map(_numeric, named)):
        return ()
    return tuple(filter(None, named)) if int(inputs) == width - 1 else ()


def _is_header(body: list[list[str]], convention: Convention) -> bool:
    """Whether the first row names the columns: texts over numbers, or years over other numbers, or else names that
    are all different and occur nowhere below."""
    first, rest = [cell.strip() for cell in body[0]], body[1:200]
    if not rest:
        return not any(map(_numeric, first))
    columns = list(zip(*rest, strict=True))

    def is_number(cell: str) -> bool:
        return convention.number(cell) is not None

    over = [
        (cell, is_number(cell))
        for cell, column in zip(first, columns, strict=True)
        if cell and _mostly(is_number, column)
    ]
    texts = sum(not number and not is_missing(cell) for cell, number in over)
    if texts:
        return texts >= len(over) / 2
    if over:
        years = [cell for cell, _ in over if re.fullmatch(r"1[89]\d\d|20\d\d", cell)]
        return len(years) == len(over) > 1 and not is_number(first[0]) and len(set(years)) == len(years)
    return len(set(first)) == len(first) and all(
        cell and cell not in map(str.strip, column) for cell, column in zip(first, columns, strict=True)
    )


def _mostly(is_number: Callable[[str], bool], column: Iterable[str]) -> bool:
    filled = [cell for cell in column if not is_missing(cell)]
    return sum(map(is_number, filled)) > 0.7 * len(filled) > 0


def _unique(header: list[str], width: int, remarks: list[str]) -> tuple[str, ...]:
    """Names of all columns, all different: "column 3" for an empty one, "x (2)" for a repeated one."""
    names: list[str] = []
    for number in range(width):
        name = " ".join(header[number].split()) if number < len(header) else ""
        name = name or f"column {number + 1}"
        if name in names:
            new = next(f"{name} ({copy})" for copy in range(2, width + 2) if f"{name} ({copy})" not in names)
            remarks.append(f'the name "{name}" occurs again: column {number + 1} is called "{new}"')
            name = new
        names.append(name)
    return tuple(names)


def _brief(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
