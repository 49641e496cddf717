"""A table written in any dialect is read back as the same numbers and texts."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

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
