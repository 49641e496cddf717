"""A table written in any dialect is read back as the same numbers and texts."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_tables import columns, written

from tui_trainer.tables.table import TableError

NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4)), min_size=6, max_size=12)
WORDS = st.lists(
    st.sampled_from(["red", "green", "dark blue", "a, b", "x;y", 'say "no"', "größer"]), min_size=6, max_size=12
)


@given(
    numbers=st.lists(NUMBERS, min_size=2, max_size=4),
    words=WORDS,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    decimal=st.sampled_from([".", ","]),
    has_header=st.booleans(),
)
@settings(max_examples=60)
def test_any_dialect_is_read_back(
    numbers: list[list[float]], words: list[str], delimiter: str, quoting: int, ending: str, encoding: str,
    decimal: str, has_header: bool,
) -> None:  # fmt: skip
    rows = min(len(words), *map(len, numbers))
    names = [f"c{number}" for number in range(len(numbers))]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=quoting, lineterminator=ending)
    if has_header:
        writer.writerow([*names, "words"])
    for row in range(rows):
        cells = [f"{column[row]:.4f}".replace(".", decimal) for column in numbers]
        writer.writerow([*cells, words[row]])
    with tempfile.TemporaryDirectory() as folder:
        found = list(columns(written(Path(folder), file.getvalue().encode(encoding), header=has_header)).values())
    for column, values in zip(found, numbers, strict=False):
        assert column == [round(value, 4) + 0.0 for value in values[:rows]]
    assert found[-1] == words[:rows]


@given(content=st.binary(max_size=400))
@settings(max_examples=100)
def test_any_bytes_are_a_table_or_one_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            rows = {len(column.values) for column in written(Path(folder), content).columns}
        except TableError as raised:
            rows = {str(raised).count("\n") + 1}
    assert len(rows) == 1


@given(
    numbers=st.lists(st.integers(-10_000_000, 10_000_000).map(lambda n: n / 100), min_size=8, max_size=20),
    gaps=st.lists(st.booleans(), min_size=20, max_size=20),
    marker=st.sampled_from(["", "NA", "n/a", "?", "NaN", "null", "-", "inf"]),
    style=st.sampled_from(["plain", "english", "german", "swiss", "money", "accounts", "percent"]),
    title=st.sampled_from(["", "A table of mine\n", "A table\n\nfrom 2020, by me\n\n"]),
    note=st.sampled_from(["", "\nSource: a book\n"]),
    packed=st.booleans(),
)
@settings(max_examples=60)
def test_any_style_of_numbers_is_read_back(
    numbers: list[float], gaps: list[bool], marker: str, style: str, title: str, note: str, packed: bool
) -> None:
    gaps = [gap and row > 2 for row, gap in enumerate(gaps[: len(numbers)])]
    if sum(gaps) > len(numbers) / 2:
        gaps = [False] * len(numbers)
    cells = [marker if gap else _styled(number, style) for number, gap in zip(numbers, gaps, strict=True)]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\n")
    writer.writerow(["kind", "amount", "rest"])
    # The third column settles which sign is the decimal one.
    writer.writerows([f"k{row % 3}", cell, _styled(1234567.25 + row, style)] for row, cell in enumerate(cells))
    content = (title + file.getvalue() + note).encode()
    with tempfile.TemporaryDirectory() as folder:
        found = columns(written(Path(folder), gzip.compress(content) if packed else content))
    expected = [None if gap else number for number, gap in zip(numbers, gaps, strict=True)]
    assert found["amount"] == expected
    assert found["rest"] == [1234567.25 + row for row in range(len(cells))]
    assert found["kind"] == [f"k{row % 3}" for row in range(len(cells))]


def _styled(number: float, style: str) -> str:
    """The number as people write it in tables."""
    english = f"{abs(number):,.2f}"
    sign = "-" if number < 0 else ""
    return {
        "plain": f"{number:.2f}",
        "english": sign + english,
        "german": sign + english.translate(str.maketrans(",.", ".,")),
        "swiss": sign + english.replace(",", "'"),
        "money": f"{sign}${english}",
        "accounts": f"({english})" if sign else english,
        "percent": f"{number:.2f} %",
    }[style]


@given(
    days=st.lists(st.dates(datetime.date(1850, 1, 1), datetime.date(2099, 12, 31)), min_size=5, max_size=15),
    form=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d-%b-%Y", "%B %d, %Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S"]),
)
@settings(max_examples=40)
def test_any_dates_are_read_back_as_days(days: list[datetime.date], form: str) -> None:
    rows = "".join(f'"{day.strftime(form)}",{number}.5\n' for number, day in enumerate(days))
    with tempfile.TemporaryDirectory() as folder:
        column = written(Path(folder), f"day,y\n{rows}").columns[0]
    if form == "%Y%m%d" and len(set(days)) < 3:
        return
    assert column.kind == "date"
    assert column.values.tolist() == [(day - datetime.date(1970, 1, 1)).days for day in days]


PLAIN = st.sampled_from(["1.5", "-3", " 2 ", "0.1", "7e3", "12", "", "NA", "?"])
ODD = st.sampled_from(["nan", "inf", "x", "1_0", "1.7976931348623157e308", "1,5", '"3"', '"a, b"', "$4"])
ENDING = st.sampled_from(["\n", "\n", "\n", "\r\n", ",\n", "\n\n", ",9\n"])


@given(
    rows=st.lists(
        st.tuples(st.tuples(PLAIN, PLAIN, st.sampled_from("abc"), PLAIN, st.one_of(PLAIN, PLAIN, ODD)), ENDING),
        min_size=10,
        max_size=40,
    )
)
@settings(max_examples=150, deadline=None)
def test_lines_of_plain_numbers_are_read_as_cell_by_cell(rows: list[tuple[tuple[str, ...], str]]) -> None:
    """In pieces of a few lines, so that the reader changes often from one way to the other."""
    text = "k,l,word,m,n\n" + "".join(",".join(cells) + ending for cells, ending in rows)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        found = []
        for tries in (0, 1_000):
            patch.setattr("tui_trainer.tables.text.TRIES", tries)
            patch.setattr("tui_trainer.tables.text.PIECE", 60)
            try:
                table = written(Path(folder), text, delimiter=",", header=True)
            except TableError as error:
                found.append(error.args[0].split(": ", 1)[1])
                continue
            markers = [column.markers for column in table.columns]
            found.append((columns(table), markers, table.lines.tolist(), table.left_out, table.remarks))
    assert found[0] == found[1]


@pytest.mark.parametrize("beginning", [2, 30_000])
@pytest.mark.parametrize("text", ["word " * 120_000, "line\n" * 120_000, "9" * 600_000, 'a ""word"", ' * 50_000])
def test_a_cell_that_is_too_long_is_named(tmp_path: Path, text: str, beginning: int) -> None:
    """Line breaks in it were taken for rows of one column, and nothing else was left to learn from."""
    rows = "".join(f'{n},"note {n % 3}",{n % 2}\n' for n in range(beginning))
    size = len(text.replace('""', '"'))
    where = f'line {beginning + 2}, column 2 \\("note"\\): a cell has {size:,} characters, more than 100,000'
    with pytest.raises(TableError, match=where):
        written(tmp_path, f'a,note,label\n{rows}1,"{text}",0\n1,"a",0\n')
