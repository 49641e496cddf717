"""What stands above the rows of a table: titles, comments, the line of names, a line of units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from tui_trainer.tables.numbers import Convention, is_missing
from tui_trainer.tables.table import TableError

NAMED = 3
"""Lines above a table, and repeated names, that are told one by one."""
COMMENT = ("#", "%", "//")
"""How a comment begins."""
MOST_PROSE = 20
"""Rows below the first one of the table's width among which its first numbers are looked for."""
JUDGED = 200
"""Rows by which a column of numbers is known."""
VALUE = re.compile(r"[<>~≈]?\s*\d")
"""How a cell begins that is no unit."""
LONGEST_UNIT = 15
WHOLE = re.compile(r"[+-]?\d+")
LAST_MINUTE = 59
"""Up to here two digits with a zero in front may be a month, a day, an hour, a minute."""
FEWEST_NUMBERED, SURELY_NUMBERED = 3, 10
"""Columns from which 0, 1, 2, … can be their names, and from which they are, above whole numbers too."""
FEWEST_ZEROS = 0.02
"""Of decimals a tenth begin with a zero; a code may, too, but seldom."""

Row = list[str]


class Top(Struct, frozen=True, kw_only=True):
    """The beginning of a table."""

    start: int
    """Rows above the line of names, or above the data."""
    body: list[Row]
    """The rows of the right width from there on."""
    above: list[Row]
    """Titles, and what else is skipped."""
    below: int = 0
    """Rows below the line of names that belong to it: units, or a second line of names. They are not in `body`."""
    remarks: list[str] = []


def top_of(rows: list[Row], width: int, file: str) -> Top:
    """Where the table of this width begins. Raises `TableError`."""
    start = next((i for i, row in enumerate(rows) if _begins(rows, i, width)), 0)
    start += _comments(rows[start:])
    start = next((i for i in range(start, len(rows)) if len(rows[i]) == width), start)
    numbers = _columns_of_numbers(rows, width)
    first = _first_numbers(rows, start, width, numbers)
    between = rows[start + 1 : first]
    if len(between) > 1 and any(len(row) != width for row in between):
        # What seemed to be the line of names was prose too.
        start = first - 1 if len(rows[first - 1]) == width else first
    above = rows[:start]
    body = [row for row in rows[start:] if len(row) == width]
    # An R table names one column less than it has, and a delimiter at every end makes one more.
    short = rows[start - 1] if start else []
    if _comments([short, *body[:2]]):
        short = []
    if len(short) == width + 1 and short[0].strip() in COMMENT:
        return Top(start=start - 1, body=[short[1:], *body], above=above[:-1])
    if numbers and _are_texts(body[0], numbers):
        short = []  # a title, since the names stand below it
    if width > 1 and len(short) == width - 1 and all(map(str.strip, short)) and not shows_number(short[0]):
        ends_empty = all(not row[-1].strip() for row in body)
        if ends_empty or len({row[0] for row in body}) == len(body):
            named = [*short, ""] if ends_empty else ["", *short]
            remarks = (
                [] if ends_empty else ["the line of names is one cell short: the first column is taken to have none"]
            )
            return Top(start=start - 1, body=[named, *body], above=above[:-1], remarks=remarks)
    elif width > 1 and len(short) == width + 1 and not short[-1].strip() and not any(map(shows_number, short)):
        # a delimiter at the end of the line of names alone
        return Top(start=start - 1, body=[short[:-1], *body], above=above[:-1])
    elif width > len(short) > 2 and len(short) >= width // 2 and not any(map(shows_number, short)):
        raise TableError(
            file,
            f"rows of {width} cells stand under {len(short)} names; if decimal commas were split into two cells, "
            "export the table anew with a decimal point or with semicolons",
        )
    more = rows[start + 1 : first]
    if not more or any(len(row) != width for row in more):
        return Top(start=start, body=body, above=above)
    return _with_second_line(Top(start=start, body=body, above=above), more, numbers)


def _with_second_line(top: Top, more: list[Row], numbers: list[int]) -> Top:
    """With what the rows between the line of names and the first numbers are, if they are units or names too."""
    names, rows = top.body[0], top.body[len(more) + 1 :]
    if len(more) == 1 and _are_groups(names) and _are_texts(more[0], numbers):
        names = _joined(names, more[0])
        remark = "the names stand on two lines, which are joined"
    elif all(_are_units(row, numbers, rows) or (i and not any(row[1:])) for i, row in enumerate(more)):
        units = ", ".join(filter(None, map(str.strip, more[0])))
        remark = f'skipped below the line of names: "{_brief(units)}"'
    else:
        return top
    return Top(start=top.start, body=[names, *rows], above=top.above, below=len(more), remarks=[remark])


def _columns_of_numbers(rows: list[Row], width: int) -> list[int]:
    """The columns in which most cells of the lower half of these rows are numbers."""
    full = [row for row in rows if len(row) == width]
    judged = full[len(full) // 2 :][:JUDGED]
    return [number for number, column in enumerate(zip(*judged, strict=True)) if _mostly(shows_number, column)]


def _first_numbers(rows: list[Row], start: int, width: int, numbers: list[int]) -> int:
    """The first row below `start` with a number where numbers belong; the next one if there is none close by."""
    for i in range(start + 1, min(start + MOST_PROSE, len(rows))):
        if len(rows[i]) == width and any(shows_number(rows[i][j]) for j in numbers):
            return i
    return start + 1


def _are_texts(row: Row, numbers: list[int]) -> bool:
    """Whether texts stand over at least half of the columns of numbers."""
    return sum(not (is_missing(row[j]) or shows_number(row[j])) for j in numbers) >= len(numbers) / 2


def _are_units(row: Row, numbers: list[int], rows: list[Row]) -> bool:
    """Whether units, or other words that stand nowhere else, stand over the columns of numbers."""
    elsewhere = {cell.strip() for below in rows for cell in below}
    cells = [cell.strip() for cell in row]
    over = [cells[j] for j in numbers]
    if any(cell and (cell in elsewhere or VALUE.match(cell)) for cell in cells) or not any(over):
        return False
    # Long words are sure only where they stand over all of several columns.
    return (len(over) > 1 and all(over)) or all(len(cell) <= LONGEST_UNIT for cell in cells)


def _are_groups(names: Row) -> bool:
    """Whether names stand over several columns each: they are repeated, or followed by empty cells."""
    named = [name.strip() for name in names[1:]]
    return not all(named) or len(set(named)) < len(named)


def _joined(groups: Row, names: Row) -> Row:
    """The names below their groups, each group up to the next one."""
    joined, group = [], ""
    for number, (over, name) in enumerate(zip(groups, names, strict=True)):
        group = over.strip() or (group if number > 1 else "")
        joined.append(f"{group} {name.strip()}".strip())
    return joined


def has_names(body: list[Row], convention: Convention) -> bool:
    """Whether the first row names the columns: texts over numbers, or years over other numbers, or else names that
    are all different and occur nowhere below (an empty column may have none)."""
    first, rest = [cell.strip() for cell in body[0]], body[1:200]
    if not rest:
        return not any(map(shows_number, first))
    columns = list(zip(*rest, strict=True))
    if _are_numbered(first, columns):
        return True

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
    names = list(filter(None, first))
    return 0 < len(names) == len(set(names)) and all(
        cell not in map(str.strip, column) if cell else not any(map(str.strip, column))
        for cell, column in zip(first, columns, strict=True)
    )


def _are_numbered(first: Row, columns: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is 0, 1, 2, … as pandas names columns without names, and not one row among its like."""
    numbers = first[1:] if not first[0] else first
    if len(numbers) < FEWEST_NUMBERED or numbers != list(map(str, range(len(numbers)))):
        return False
    has_index = len(numbers) < len(first)
    return has_index or len(numbers) >= SURELY_NUMBERED or not all(_mostly(_is_whole, column) for column in columns)


def _is_whole(cell: str) -> bool:
    return WHOLE.fullmatch(cell.strip()) is not None


def _mostly(is_number: Callable[[str], bool], column: Iterable[str]) -> bool:
    filled = [cell for cell in column if not is_missing(cell)]
    return sum(map(is_number, filled)) > 0.7 * len(filled) > 0


def split_decimals(rows: list[Row], above: list[Row]) -> list[str]:
    """A remark if columns without names look like numbers that were split at their decimal commas: digits after whole
    numbers, with zeros in front or under what seems to be a line of fewer names. `above`: what is skipped."""
    names = [cell for cell in above[-1] if cell.strip()] if above else []
    is_short = len(names) > 1 and not any(map(shows_number, names))
    for pair in pairwise(zip(*rows, strict=True)):
        cells = [(whole.strip(), digits.strip()) for whole, digits in zip(*pair, strict=True)]
        cells = [both for both in cells if not any(map(is_missing, both))]
        if not cells or not all(WHOLE.fullmatch(whole) and digits.isdecimal() for whole, digits in cells):
            continue
        zeros = [both for both in cells if len(both[1]) > 1 and both[1].startswith("0")]
        if all(len(digits) <= 2 and int(digits) <= LAST_MINUTE for _, digits in cells):
            zeros = []
        if len(zeros) > FEWEST_ZEROS * len(cells) or is_short:
            whole, digits = (zeros or cells)[0]
            return [
                f'decimal commas may have been split: "{whole}" and "{digits}" may be {whole},{digits}; if so, export '
                "the table anew with a decimal point or with semicolons"
            ]
    return []


def skipped(above: list[Row]) -> list[str]:
    """Remarks on the rows above the table."""
    titles = [title for row in above if (title := " ".join(" ".join(row).split()))]
    more = [f"skipped above the table: {len(titles) - NAMED} more lines"] if len(titles) > NAMED + 1 else []
    named = titles[:NAMED] if more else titles
    return [f'skipped above the table: "{_brief(title)}"' for title in named] + more


def _begins(rows: list[list[str]], i: int, width: int) -> bool:
    """Whether the table begins in row `i`, rather than a title in its first cell."""
    row, below = rows[i], rows[i + 1 : i + 20]
    if len(row) != width or not below:
        return len(row) == width
    only_first = row[0].strip() and not any(map(str.strip, row[1:])) and not shows_number(row[0])
    return not (only_first and sum(sum(map(bool, map(str.strip, each))) > 1 for each in below) > len(below) / 2)


def _comments(rows: list[list[str]]) -> int:
    """The number of first rows that are comments above a line of names: "# made by, on"."""
    count = 0
    while len(rows) > count + 2 and rows[count] and rows[count][0].lstrip().startswith(COMMENT):
        if any(map(shows_number, rows[count + 1])) and not rows[count + 1][0].lstrip().startswith(COMMENT):
            break  # over numbers it is the line of names, as NumPy writes it
        count += 1
    return count


def shows_number(cell: str) -> bool:
    """Whether a cell is a number in one of the ways to write it."""
    ways = (Convention(), Convention(".", ","), Convention(",", "."))
    return any(way.number(cell) is not None for way in ways)


def class_names(row: list[str], width: int) -> tuple[str, ...]:
    """The names in a first line "150,4,setosa,versicolor,virginica": rows, inputs, classes (scikit-learn's tables)."""
    rows, inputs, *named = [*map(str.strip, row), "", ""]
    if len(named) < 4 or not (rows.isdecimal() and inputs.isdecimal()) or any(map(shows_number, named)):
        return ()
    return tuple(filter(None, named)) if int(inputs) == width - 1 else ()


def unique_names(header: list[str], width: int, remarks: list[str]) -> tuple[str, ...]:
    """Names of all columns, all different: "column 3" for an empty one, "x (2)" for a repeated one."""
    names: dict[str, None] = {}
    again: list[str] = []
    copies = Counter[str]()
    for number in range(width):
        name = " ".join(header[number].split()) if number < len(header) else ""
        name = name.removeprefix("#").lstrip() if number == 0 else name  # a comment, as NumPy writes it
        name = name or f"column {number + 1}"
        if name in names:
            new = name
            while new in names:
                copies[name] += 1
                new = f"{name} ({copies[name] + 1})"
            again.append(f'the name "{name}" occurs again: column {number + 1} is called "{new}"')
            name = new
        names[name] = None
    remarks += again[:NAMED]
    if len(again) > NAMED:
        remarks.append(f"{len(again) - NAMED:,} more names occur again, and have a number behind them")
    return tuple(names)


def _brief(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
