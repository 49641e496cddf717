"""Text files become tables, whatever stands around the table, between the cells and in them."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from own_tables import columns, read_file, written

from tui_trainer.tables.table import TableError

PLAIN = {"a": [1.0, 2.0, 3.0], "b": [0.5, -1.5, 2000.0]}

WAYS: dict[str, str | bytes] = {
    "comma": "a,b\n1,0.5\n2,-1.5\n3,2000\n",
    "semicolon and decimal comma": "a;b\n1;0,5\n2;-1,5\n3;2000\n",
    "semicolon, decimal comma, thousands": "a;b\n1;0,5\n2;-1,5\n3;2.000,0\n",
    "tab": "a\tb\n1\t0.5\n2\t-1.5\n3\t2e3\n",
    "bar": "a|b\n1|0.5\n2|-1.5\n3|2000\n",
    "aligned by blanks": " a     b\n 1   0.5\n 2  -1.5\n 3  2000\n",
    "quotes": '"a","b"\n"1","0.5"\n"2","-1.5"\n"3","2,000.0"\n',
    "single quotes": "'a','b'\n'1','0.5'\n'2','-1.5'\n'3','2000'\n",
    "blanks after commas": "a, b\n1, 0.5\n2, -1.5\n3, 2000\n",
    "windows": "a,b\r\n1,0.5\r\n2,-1.5\r\n3,2000\r\n",
    "old mac": "a,b\r1,0.5\r2,-1.5\r3,2000\r",
    "byte order mark": b"\xef\xbb\xbf" + b"a,b\n1,0.5\n2,-1.5\n3,2000\n",
    "utf-16": "a,b\n1,0.5\n2,-1.5\n3,2000\n".encode("utf-16"),
    "utf-16 without a mark": "a,b\n1,0.5\n2,-1.5\n3,2000\n".encode("utf-16-le"),
    "gzip": gzip.compress(b"a,b\n1,0.5\n2,-1.5\n3,2000\n"),
    "titles and notes": "A fine table,\nmeasured in May,\na,b\n1,0.5\n2,-1.5\n3,2000\n\nSource: a book\n",
    "a second header": "a,b\n1,0.5\na,b\n2,-1.5\n3,2000\n",
    "a delimiter at every end": "a,b,\n1,0.5,\n2,-1.5,\n3,2000,\n",
    "signs": "a,b\n1,$0.5\n2,−1.5\n3,$2000\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_table_written_in_many_ways(way: str, tmp_path: Path) -> None:
    found = columns(written(tmp_path, WAYS[way]))
    assert {name: found[name] for name in PLAIN} == PLAIN
    # A delimiter at every end makes a column that is empty.
    assert all(value is None for name in found.keys() - PLAIN.keys() for value in found[name])


def test_a_zip_with_one_member_is_read_and_another_is_told(tmp_path: Path) -> None:
    def zipped(*names: str) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, "a,b\n1,0.5\n2,-1.5\n3,2000\n")
        return packed.getvalue()

    assert columns(written(tmp_path, zipped("mine.csv"))) == PLAIN
    with pytest.raises(TableError, match=r"holds 2 files \(one\.csv, two\.csv\); unpack it"):
        written(tmp_path, zipped("one.csv", "two.csv"))


def test_latin_1_is_told(tmp_path: Path) -> None:
    table = written(tmp_path, "größe,b\n1,2\n3,4\n".encode("latin-1"))
    assert list(columns(table)) == ["größe", "b"]
    assert "Latin-1" in table.form


def test_rows_that_do_not_fit_are_named_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(20))
    table = written(tmp_path, f'title,\n\na,b\n{rows}1,2,3,4\n7,"two\nlines"\n8,y\n')
    assert "left out: line 24 has 4 cells instead of 2" in table.remarks
    assert table.lines.tolist() == [*range(4, 24), 25, 27]
    with pytest.raises(TableError, match="line 3 with 3"):
        written(tmp_path, "a,b\n1,2\n1,2,3\n1,2,3,4\n3,4\n5,6\n")


def test_rows_that_end_early_under_a_longer_line_of_names(tmp_path: Path) -> None:
    table = written(tmp_path, "name,a,b,c\nw,1,2\nx,3,4\ny,5\nz,6,7,8\n")
    assert columns(table)["b"] == [2, 4, None, 7]
    assert columns(table)["c"] == [None, None, None, 8]
    assert table.remarks == ("3 rows end early: their last cells are taken as empty",)


def test_missing_values_stand_for_nothing_else(tmp_path: Path) -> None:
    table = written(tmp_path, "a,b,c\n" + "1,NA,x\n?,2,y\n3,-200,n/a\n4,7,x\n5,-200,\n6,3,y\n")
    found = columns(table)
    assert found["a"] == [1, None, 3, 4, 5, 6]
    assert found["b"] == [None, 2, None, 7, None, 3]
    assert found["c"] == ["x", "y", None, "x", None, "y"]
    assert [column.markers for column in table.columns] == [{"?": 1}, {"NA": 1, "-200": 2}, {"n/a": 1, "empty": 1}]
    cold = columns(written(tmp_path, "t,u\n" + "".join(f"{t},1\n" for t in range(-200, 100, 50)) + "-200,1\n"))
    assert cold["t"][0] == -200, "a number among its like is no marker"


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["2011-01-01", "2011-01-03"], 2),
        (["01.03.2011", "02.03.2011"], 1),
        (["13/02/2011", "14/02/2011"], 1),
        (["02/13/2011", "02/14/2011"], 1),
        (["19-Sep-03", "18-Sep-03"], -1),
        (["24 October 2011", "25 October 2011"], 1),
        (["2012-06-22 00:00:00", "2012-06-22 12:00:00"], 0.5),
        (["18.00.00", "19.00.00"], 1),
    ],
)
def test_dates_are_numbers_in_a_unit_that_is_said(cells: list[str], days: float, tmp_path: Path) -> None:
    column = written(tmp_path, f"when;x\n{cells[0]};1\n{cells[1]};2\n").columns[0]
    assert column.kind == "date"
    assert np.diff(column.values) == pytest.approx([days])
    assert column.unit in ("days since 1970-01-01", "hours")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("\n\n\n", "has no rows"),
        ("a,b\n", "a line of names and no rows"),
        ("a,b\n1,2\n3,\x00\n", "line 3 has a zero byte"),
        ('a,b\n1,"2\n' + "x" * 200_000, "quotation mark may be missing"),
        ("x" * 5_000_000, "a line of more than 4,000,000 bytes"),
        (gzip.compress(b"1,2\n" * 100, mtime=0)[:-20], "damaged"),
        (gzip.compress(b"0,0\n" * 40_000_000, 9, mtime=0), "refused as a bomb"),
        ("Date,Time,CO,NO,O3\n" + "1,2,3,4,5,6,7,8\n" * 9, "decimal commas"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_table_is_one_sentence(content: str | bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=message) as raised:
        written(tmp_path, content)
    assert "\n" not in str(raised.value)


def test_overrides_are_obeyed(tmp_path: Path) -> None:
    assert list(columns(written(tmp_path, "1,2\n3,4\n", header=True))) == ["1", "2"]
    assert list(columns(written(tmp_path, "a,b\nc,d\n", header=False))) == ["column 1", "column 2"]
    assert columns(written(tmp_path, "a b,c\n1 2,3\n4 5,6\n", delimiter=","))["c"] == [3, 6]
    assert "Ã" in next(iter(columns(written(tmp_path, "é,b\n1,2\n3,4\n", encoding="latin-1"))))
    with pytest.raises(TableError, match='unknown encoding "klingon"'):
        written(tmp_path, "a,b\n1,2\n", encoding="klingon")


def test_tables_that_people_have() -> None:
    german = read_file("messy_weird_head_padding.csv")
    assert np.nanmax(german.column("2010", "").values) > 1000, "1.613 is sixteen hundred there"
    assert "a point separates thousands" in " ".join(german.remarks)
    assert read_file("iris_meta_header.csv").class_names == ("setosa", "versicolor", "virginica")
    excel = columns(read_file("messy_excel_pasting.csv"))
    assert list(excel) == ["Year", *map(str, range(2000, 2008))]
    assert excel["2000"][0] == 2666
    assert read_file("data_x_x2_x3.csv").columns[2].values.tolist() == [n**3 for n in range(11)]
