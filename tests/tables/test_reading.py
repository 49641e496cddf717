"""Text files become tables, whatever stands around the table, between the cells and in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
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
    "gzip": gzip.compress(b"a,b\n1,0.5\n2,-1.5\n3,2000\n", mtime=0),
    "titles and notes": "A fine table,\nmeasured in May,\na,b\n1,0.5\n2,-1.5\n3,2000\n\nSource: a book\n",
    "a second header": "a,b\n1,0.5\na,b\n2,-1.5\n3,2000\n",
    "comments above": "# by us, in May\n# mm, kg, no notes\na,b\n1,0.5\n2,-1.5\n3,2000\n",
    "a comment of two cells": "# mm, kg\na,b\n1,0.5\n2,-1.5\n3,2000\n",
    "a comment as line of names": "# a,b\n1,0.5\n2,-1.5\n3,2000\n",
    "a sum below": "a,b\n1,0.5\n2,-1.5\n3,2000\nTotal:,1999\n",
    "a delimiter at every end": "a,b,\n1,0.5,\n2,-1.5,\n3,2000,\n",
    "utf-32": "a,b\n1,0.5\n2,-1.5\n3,2000\n".encode("utf-32"),
    "utf-32 without a mark": "a,b\n1,0.5\n2,-1.5\n3,2000\n".encode("utf-32-be"),
    "a line of units": "a,b\n(s),kg/m3\n1,0.5\n2,-1.5\n3,2000\n",
    "a line of units and an empty one": "a,b\n[s],[kg]\n\n1,0.5\n2,-1.5\n3,2000\n",
    "markdown": "| a | b |\n|---|--:|\n| 1 | 0.5 |\n| 2 | -1.5 |\n| 3 | 2000 |\n",
    "a ruler of a database": " a | b\n---+-----\n 1 | 0.5\n 2 | -1.5\n 3 | 2000\n(3 rows)\n",
    "comments of MATLAB": "% by us\n% a b\n1 0.5\n2 -1.5\n3 2000\n",
    "NumPy's line of names": "# a b\n1 0.5\n2 -1.5\n3 2000\n",
    "a logger's four lines": "TOA5\na,b\nTS,kg\n,Avg\n1,0.5\n2,-1.5\n3,2000\n",
    "what was asked, in words": "a,b\nHow long did it take you?,How much is it?\n1,0.5\n2,-1.5\n3,2000\n",
    "titles of several cells": "Data,by us,\n\nOf,2021-01-20,\n\na,b,,\n1,0.5,,\n2,-1.5,,\n3,2000,,\n",
    "notes of several cells": "a;b\n1;0.5\n2;-1.5\n3;2000\n\nMade in May\nSource: us;2020\n",
    "signs of notes": "a,b\n1*,0.5\n2**,-1.5[1]\n3,2000 †\n",
    "prose above": "Our data\nof last May and June\nby us\na b\n1 0.5\n2 -1.5\n3 2000\n",
    "signs": "a,b\n1,$0.5\n2,−1.5\n3,$2000\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_table_written_in_many_ways(way: str, tmp_path: Path) -> None:
    found = columns(written(tmp_path, WAYS[way]))
    assert {name: found[name] for name in PLAIN} == PLAIN
    # A delimiter at every end, or at both, makes a column that is empty.
    assert all(value is None for name in found.keys() - PLAIN.keys() for value in found[name])


def test_a_zip_with_one_member_is_read_and_another_is_told(tmp_path: Path) -> None:
    def zipped(*names: str) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name in names:
                archive.writestr(name, "a,b\n1,0.5\n2,-1.5\n3,2000\n")
        return packed.getvalue()

    assert columns(written(tmp_path, zipped("mine.csv"))) == PLAIN
    assert columns(written(tmp_path, zipped("a/mine.csv", "a/.DS_Store", "__MACOSX/a/._mine.csv"))) == PLAIN
    with pytest.raises(TableError, match=r"holds 2 files \(one\.csv, two\.csv\); unpack it"):
        written(tmp_path, zipped("one.csv", "two.csv"))


def test_latin_1_is_told(tmp_path: Path) -> None:
    table = written(tmp_path, "größe,b\n1,2\n3,4\n".encode("latin-1"))
    assert list(columns(table)) == ["größe", "b"]
    assert "Latin-1" in table.form


def test_rows_that_do_not_fit_are_named_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(20))
    table = written(tmp_path, f'title,\n\na,b\n{rows}1,2,3,4\n7,"two\nlines"\n8,y\n')
    assert "left out: line 24 has 4 cells instead of 2" in table.left_out
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
        (["1950:1", "1950:2"], 31),
        (["Q1 1990", "Q2 1990"], 90),
        (["1990-Q1", "1990-Q2"], 90),
        (["Friday, January 3, 2020", "Saturday, January 4, 2020"], 1),
        (["2:40:30.5", "26:10:30.5"], 23.5),
        (["1 days 01:00:00", "2 days 02:00:00"], 25),
        (["1:20.25", "75:35.25"], 74.25),
    ],
)
def test_dates_are_numbers_in_a_unit_that_is_said(cells: list[str], days: float, tmp_path: Path) -> None:
    column = written(tmp_path, f"when;x\n{cells[0]};1\n{cells[1]};2\n").columns[0]
    assert column.kind == "date"
    assert np.diff(column.values) == pytest.approx([days])
    assert column.unit in ("days since 1970-01-01", "hours", "minutes")


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
        ('[\n{"a": 1},\n{"a": 2}\n]\n', "is JSON"),
        ("<?xml version='1.0'?>\n<row>1</row>\n", "a web page or XML"),
        ("@relation x\n\n@attribute a numeric\n@data\n1\n", "ARFF"),
        ('[0.5, 1, "u"]\n[1.5, 2, "v"]\n' * 9, "is JSON"),
        ("-- made by hand\n\nCREATE TABLE t (a int);\n" + "INSERT INTO t VALUES (1,2);\n" * 9, "a dump in SQL"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "is an HDF5 file"),
        (b"\x80\x04\x95" + bytes(99), "is a pickle"),
        (gzip.compress(b"RDX3\nX\n" + bytes(99), mtime=0), "is a file of R"),
        ("- a: 1\n  b: 2\n" * 9, "is YAML"),
        ("1 1:0.5 3:1.5\n0 2:0.25 3:1.0\n" * 9, "LIBSVM"),
        (
            gzip.compress(b"my.csv".ljust(257, b"\0") + b"ustar".ljust(255, b"\0") + b"a,b\n1,2\n", mtime=0),
            "a tar archive",
        ),
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
    with pytest.raises(TableError, match='the delimiter ";;" has 2 characters; one character separates'):
        written(tmp_path, "a;;b\n1;;2\n3;;4\n", delimiter=";;")
    assert columns(written(tmp_path, "a   b\n1   2\n3   4\n", delimiter="  "))["b"] == [2, 4]


def test_tables_that_people_have() -> None:
    german = read_file("messy_weird_head_padding.csv")
    assert np.nanmax(german.column("2010", "").values) > 1000, "1.613 is sixteen hundred there"
    assert "a point separates thousands" in " ".join(german.remarks)
    assert read_file("iris_meta_header.csv").class_names == ("setosa", "versicolor", "virginica")
    excel = columns(read_file("messy_excel_pasting.csv"))
    assert list(excel) == ["Year", *map(str, range(2000, 2008))]
    assert excel["2000"][0] == 2666
    assert read_file("data_x_x2_x3.csv").columns[2].values.tolist() == [n**3 for n in range(11)]


@pytest.mark.parametrize(
    "form",
    ["({0},234)", "-{0},234", "$({0},234)", "($ {0},234)", "-${0},234", "\u2212$ {0},234", "({0}234)", "({0},234.0)"],
)
def test_parentheses_make_numbers_negative(tmp_path: Path, form: str) -> None:
    rows = "".join(f'"{form.format(n)}";{n}.5\n' for n in range(1, 9))
    found = columns(written(tmp_path, f"profit;y\n{rows}"))
    assert found["profit"] == [-(1000 * n + 234) for n in range(1, 9)]


ROWS = "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an Excel workbook"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", '"git lfs pull" fetches'),
        (b'{"a": 1}\n{"a": 2}\n', "is JSON"),
        (b"%PDF-1.4\n", "is a PDF"),
        (b"% made by Weka\n@RELATION a\n@ATTRIBUTE x NUMERIC\n@DATA\n1\n2\n", "is an ARFF file"),
        (
            "日本語,b\n".encode("big5") + b"\x81\xa7,1\n" * 9,
            "is neither UTF-8 nor Latin-1; if it is a text, --encoding",
        ),
        (f'a,b,c\n1,"2,3\n{ROWS}', "line 2 has a quotation mark that is never closed"),
        (f'a,b,c\n{ROWS}1,"2\n3",1\n5,"6,1\n7,8,0\n', "line 44 has a quotation mark that is never closed"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(tmp_path: Path, content: str | bytes, said: str) -> None:
    with pytest.raises(TableError) as raised:
        written(tmp_path, content)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), "is an Excel workbook"),
        (("mimetype", "content.xml"), "is a spreadsheet of LibreOffice"),
    ],
)
def test_a_workbook_is_told_from_a_zip_with_several_files(tmp_path: Path, members: tuple[str, ...], said: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            archive.writestr(member, "<x/>")
    with pytest.raises(TableError, match=said):
        written(tmp_path, file.getvalue())


def test_numbers_without_end_are_missing(tmp_path: Path) -> None:
    rows = "".join(f"{'inf' if n % 4 == 0 else n},{'-Infinity' if n % 3 == 0 else n % 5},{n}.5\n" for n in range(40))
    table = written(tmp_path, f"a,b,y\n{rows}")
    assert [column.kind for column in table.columns] == ["number"] * 3
    assert table.columns[0].markers == {"inf": 10}


@pytest.mark.parametrize(
    ("dates", "first", "second"),
    [
        (["1974Q1", "1974Q2", "1975Q4"], "1974-01-01", "1974-04-01"),
        (["Jan-1-1995", "Feb-1-1995", "Mar-15-1995"], "1995-01-01", "1995-02-01"),
        (["19740131", "19740228", "19991231"], "1974-01-31", "1974-02-28"),
        (["2001-11", "2001-12", "2002-01"], "2001-11-01", "2001-12-01"),
        (["Jan-95", "Feb-95", "Mar-95"], "1995-01-01", "1995-02-01"),
    ],
)
def test_dates_are_days(tmp_path: Path, dates: list[str], first: str, second: str) -> None:
    column = written(tmp_path, "day,y\n" + "".join(f"{day},{n}.5\n" for n, day in enumerate(dates))).columns[0]
    days = (np.array([first, second], "M8[D]") - np.datetime64("1970-01-01")).astype(float)
    assert column.kind == "date"
    assert column.values[:2].tolist() == days.tolist()


def test_numbers_of_eight_digits_are_dates_only_if_all_of_them_can_be(tmp_path: Path) -> None:
    column = written(tmp_path, "code,y\n19740131,1\n19741331,2\n19990101,3\n").columns[0]
    assert column.kind == "number"


@pytest.mark.parametrize(
    "content",
    [
        "Series: x\nAge: 16 years and over\na,b,\n1,0.5\n2,-1.5\n3,2000\n",
        "a\tb\n1\t0.5\n2   -1.5\n3\t\t2000\n",
    ],
)
def test_uneven_lines_keep_all_rows(tmp_path: Path, content: str) -> None:
    assert columns(written(tmp_path, content)) == PLAIN


def test_many_lines_above_are_not_all_repeated(tmp_path: Path) -> None:
    notes = "".join(f"note {n} of nine\n" for n in range(9))
    table = written(tmp_path, f"{notes}a,b,c\n{ROWS}")
    assert table.rows == 40
    assert table.remarks == (
        *(f'skipped above the table: "note {n} of nine"' for n in range(3)),
        "skipped above the table: 6 more lines",
    )


def test_numbers_parted_by_blanks_before_a_tab_are_columns(tmp_path: Path) -> None:
    rows = "".join(f'{n}.5   {n % 4}   {n * 2}.0  ?\t"car {n}"\n' for n in range(20))
    found = list(columns(written(tmp_path, rows)).values())
    assert found[0] == [n + 0.5 for n in range(20)]
    assert found[4] == [f"car {n}" for n in range(20)]


def test_an_encoding_that_was_guessed_is_said(tmp_path: Path) -> None:
    table = written(tmp_path, f"größe,b,c\n{ROWS}".encode("cp1252"))
    assert table.columns[0].name == "größe"
    assert any("read as Latin-1" in remark for remark in table.remarks)


def test_a_comment_sign_before_the_names_is_no_part_of_them(tmp_path: Path) -> None:
    assert [*columns(written(tmp_path, f"# a,b,c\n{ROWS}"))] == ["a", "b", "c"]


def test_a_row_that_sums_up_is_told_and_makes_no_category(tmp_path: Path) -> None:
    rows = "".join(f"{'xyz'[n % 3]},{n}\n" for n in range(12))
    table = written(tmp_path, f"place,count\n{rows}Total,66\n")
    assert table.rows == 12
    assert table.columns[0].texts == ("x", "y", "z")
    assert "left out: line 14, which sums up the rows above" in table.left_out


def test_a_column_that_may_be_codes_is_told(tmp_path: Path) -> None:
    table = written(tmp_path, "zip,hour,y\n90210,08,1\n01234,09,2\n00501,10,3\n")
    told = [remark for remark in table.remarks if "leading zeros" in remark]
    assert told == ['"zip" has leading zeros, such as 01234, so it may be a code; it is taken as a number']
    table = written(tmp_path, "part,y\n0123,1\nB77,2\n0456,3\nB77,4\n")
    assert (table.columns[0].kind, table.remarks) == ("text", ())


def test_what_is_packed_otherwise_or_twice_is_told(tmp_path: Path) -> None:
    plain = b"a,b\n1,0.5\n2,-1.5\n3,2000\n"
    with pytest.raises(TableError, match="is packed with bzip2: unpack it"):
        written(tmp_path, bz2.compress(plain))
    with pytest.raises(TableError, match="is packed with xz: unpack it"):
        written(tmp_path, lzma.compress(plain))
    with pytest.raises(TableError, match="holds a packed file, arrays or a Parquet file: unpack it"):
        written(tmp_path, gzip.compress(gzip.compress(plain)))


@pytest.mark.parametrize(
    ("cells", "numbers", "unit"),
    [
        (["2.64 kg", "1,003.5 kg", "", "7 kg"], [2.64, 1003.5, None, 7], "kg"),
        (["-2.5°C", "25.3°C", "n/a", "7°C"], [-2.5, 25.3, None, 7], "°C"),
        (["36 months", "60 months", "12 months", "12"], [36, 60, 12, 12], "months"),
        (["8.7M", "201k", "19M", "3"], [8.7e6, 201e3, 19e6, 3], "k, M, B"),
        (["€110.5M", "€565K", "€0", "€1.2B"], [110.5e6, 565e3, 0, 1.2e9], "k, M, B"),
        (["40 m2", "55.5 m2", "60 m2", "71 m2"], [40, 55.5, 60, 71], "m2"),
        (["USD 12.50", "USD 13", "USD 1,400", "USD -3"], [12.5, 13, 1400, -3], ""),
        (["1.5D+02", "-2.D-01", ".5d+00", "3.0D+00"], [150, -0.2, 0.5, 3], ""),
        (["12 %", "13 %", "14.5 %", "-"], [12, 13, 14.5, None], ""),
        (["12,34,567", "9,876", "1,00,000", "45"], [1234567, 9876, 100000, 45], ""),
    ],
)
def test_numbers_with_something_around_them(
    cells: list[str], numbers: list[float | None], unit: str, tmp_path: Path
) -> None:
    column = written(tmp_path, "x;n\n" + "".join(f"{cell};{n}.5\n" for n, cell in enumerate(cells))).columns[0]
    assert [None if np.isnan(value) else round(value, 9) for value in column.values.tolist()] == numbers
    assert (column.kind, column.unit) == ("number", unit)


@pytest.mark.parametrize(
    "cells",
    [
        ["1st", "2nd", "3rd", "4th"],
        ["12-15 years", "< 12 years", "16+ years", "12-15 years"],
        ["A1", "A2", "A3", "A4"],
        ["5 kg", "300 g", "2 kg", "7 lb"],
        ["2", "3", "4", "5more"],
        ["10am", "3pm", "4pm", "5am"],
        ["1D2", "2D5", "3D7", "4D1"],
    ],
)
def test_words_with_digits_are_no_numbers(cells: list[str], tmp_path: Path) -> None:
    table = written(tmp_path, "x;n\n" + "".join(f"{cell};{n}.5\n" for n, cell in enumerate(cells)))
    assert table.columns[0].texts == tuple(sorted(set(cells)))


@pytest.mark.parametrize("marker", ["-99.9", "9999", "-9999", "99999"])
def test_numbers_far_beside_all_others_stand_for_missing_values(marker: str, tmp_path: Path) -> None:
    rows = "".join(f"{marker if n % 5 == 0 else n},{n}\n" for n in range(30))
    column = written(tmp_path, f"x,y\n{rows}").columns[0]
    assert column.markers == {marker: 6}
    among = "".join(f"{marker if n % 5 == 0 else (n - 15) * 9000},{n}\n" for n in range(30))
    assert written(tmp_path, f"x,y\n{among}").columns[0].markers == {}


def test_the_first_row_of_words_is_no_line_of_units(tmp_path: Path) -> None:
    found = columns(written(tmp_path, "town,rain\nBern,<0.5\nBasel,1.5\n" + "Chur,2.5\n" * 20))
    assert found["town"][:2] == ["Bern", "Basel"]
    found = columns(written(tmp_path, "town,rain\nBern,NA\nBasel,NA\nBern,1.5\n" + "Chur,2.5\n" * 20))
    assert found["rain"][:3] == [None, None, 1.5]


def test_units_are_said(tmp_path: Path) -> None:
    assert written(tmp_path, "a,b\ns,kg\n1,0.5\n2,-1.5\n3,2000\n").remarks == (
        'skipped below the line of names: "s, kg"',
    )


def test_names_on_two_lines_are_joined(tmp_path: Path) -> None:
    rows = "".join(f"R{n},{n},{n * 2},{n * 3},{n * 4}\n" for n in range(9))
    found = columns(written(tmp_path, f",2019,,2020,\nregion,men,women,men,women\n{rows}"))
    assert list(found) == ["region", "2019 men", "2019 women", "2020 men", "2020 women"]
    assert found["2020 men"] == [n * 3 for n in range(9)]


def test_blanks_within_cells_and_empty_cells_of_fixed_width(tmp_path: Path) -> None:
    towns = ["New York", "Bern", "Los Angeles"]
    rows = [(f"P{n} Q", None if n % 4 == 0 else n + 20.0, towns[n % 3], n + 0.5) for n in range(60)]
    apart = "name   age  town  y\n" + "".join(f"{a}   {b or 7}  {c}   {d}\n" for a, b, c, d in rows)
    found = columns(written(tmp_path, apart))
    assert found["town"] == [town for _, _, town, _ in rows]
    fixed = "Name   Age  Town           Y\n" + "".join(
        f"{a:<7}{'' if b is None else round(b):>3}  {c:<12}{d:5.1f}\n" for a, b, c, d in rows
    )
    table = written(tmp_path, fixed + "P61 Q      a town that is too long for its place  1.5\n")
    assert table.form.startswith("fixed width")
    found = columns(table)
    assert list(zip(*(found[name] for name in ("Name", "Age", "Town", "Y")), strict=True)) == rows
    assert "skipped below the table: line 62" in table.left_out


def test_blanks_in_the_names_above_numbers_part_no_cells(tmp_path: Path) -> None:
    table = written(tmp_path, "Time (s)   Speed (m/s)   Y\n" + "".join(f"{n}   {n}.5   {n * 2}\n" for n in range(30)))
    assert list(columns(table)) == ["Time (s)", "Speed (m/s)", "Y"]
    assert columns(table)["Y"] == [n * 2 for n in range(30)]


def test_decimal_commas_are_not_taken_for_the_delimiter(tmp_path: Path) -> None:
    rows = "".join(f"{n},25 kg;{n},5 °C;{n}00,75 €\n" for n in range(30))
    found = columns(written(tmp_path, f"weight;temp;price\n{rows}"))
    assert found == {
        "weight": [n + 0.25 for n in range(30)],
        "temp": [n + 0.5 for n in range(30)],
        "price": [n * 100 + 0.75 for n in range(30)],
    }


def test_names_that_do_not_fit_are_not_shifted(tmp_path: Path) -> None:
    rows = "".join(f"MLO {580329 + n} {n % 7} {n}.5\n" for n in range(30))
    table = written(tmp_path, f"Station Sample Weight\n{rows}")
    assert [each.name for each in table.columns] == ["column 1", "column 2", "column 3", "column 4"]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1\u00a0234,5", "2\u202f345,25 €", "1 111 222,75", "3 456,5"], [1234.5, 2345.25, 1111222.75, 3456.5]),
        (["1,5E-03", "2,25E-03", "-1,5E+03", "0,5"], [0.0015, 0.00225, -1500, 0.5]),
    ],
)
def test_decimal_commas_are_known_by_any_number_that_has_one(
    cells: list[str], numbers: list[float], tmp_path: Path
) -> None:
    text = "a;kind\n" + "".join(f"{cell};{'uv'[n % 2]}\n" for n, cell in enumerate(cells))
    assert columns(written(tmp_path, text))["a"] == pytest.approx(numbers)


def test_lists_of_numbers_in_a_cell_are_no_decimal_commas(tmp_path: Path) -> None:
    found = columns(written(tmp_path, "x,tags\n" + "".join(f'{n}.125,"{n % 3},5,4,21,{n % 4}"\n' for n in range(20))))
    assert found["x"] == [n + 0.125 for n in range(20)]
    assert found["tags"][1] == "1,5,4,21,1"


def test_lines_longer_than_a_cell_may_be_are_read(tmp_path: Path) -> None:
    """They are a single cell by any other delimiter, which ended the program."""
    names = ",".join(f"f{number}" for number in range(6_000))
    rows = "".join(",".join([f"{row}.0123456789012345"] * 6_000) + "\n" for row in range(3))
    table = written(tmp_path, f"{names}\n{rows}")
    assert (len(table.columns), table.rows) == (6_000, 3)
    assert table.columns[-1].values.tolist() == [row + 0.0123456789012345 for row in range(3)]


def test_names_stand_above_texts_and_above_empty_columns_without_one(tmp_path: Path) -> None:
    table = written(tmp_path, "v1,v2,,\n" + "".join(f"{'hs'[n % 2]},text {n},,\n" for n in range(20)))
    assert [column.name for column in table.columns] == ["v1", "v2", "column 3", "column 4"]


@pytest.mark.parametrize(
    ("last", "other", "number", "said"),
    [
        ("379", "12", 379_000, "could be the decimal sign; it is taken to separate thousands"),
        ("0.379", "12", 0.379, ""),
        ("9.379", "12", 9.379, "could separate thousands; it is taken to be the decimal sign"),
        ("9,379", "12", 9.379, "could separate thousands; it is taken to be the decimal sign"),
        ("379", "12,5", 379_000, ""),
        ("3.379", "12,23456", 3379, ""),
        ("9,379", "1.5", 9379, ""),
    ],
)
@pytest.mark.parametrize("delimiter", [";", "|"])
def test_a_sign_before_three_digits_separates_thousands_where_smaller_numbers_have_none(
    last: str, other: str, number: float, said: str, delimiter: str, tmp_path: Path
) -> None:
    if delimiter == "|" and last == "9,379" and said:
        number, said = 9379, "could be the decimal sign; it is taken to separate thousands"
    sign = "," if "," in last else "."
    cells = [*(f"{n}{sign}{n}13" for n in range(1, 7)), last]
    table = written(tmp_path, "\n".join(f"{cell}{delimiter}{other}" for cell in ["a", *cells]).replace(other, "b", 1))
    found = table.columns[0].values
    assert found[-1] * (1000 if last == "379" else 1) == number
    assert found[0] == (1.113 if number < 10 else 1113)
    assert [remark for remark in table.remarks if "in numbers such as" in remark] == (
        [f"the sign in numbers such as 1{sign}113 {said}; --decimal says which"] if said else []
    )


@pytest.mark.parametrize("index", [False, True])
def test_numbers_in_their_order_are_the_names_that_pandas_writes(index: bool, tmp_path: Path) -> None:
    rows = "".join(f"{f'{n},' if index else ''}{n}.5,{n % 7}.25,{n % 3}\n" for n in range(20))
    table = written(tmp_path, f"{',' if index else ''}0,1,2\n{rows}")
    assert [column.name for column in table.columns][-3:] == ["0", "1", "2"]
    assert table.rows == 20
    whole = written(tmp_path, "".join(f"{n},{n + 1},{n + 2}\n" for n in range(20)))
    assert whole.rows == 20


def test_versions_are_no_times_of_day_and_a_few_percent_signs_are_said(tmp_path: Path) -> None:
    rows = "".join(f"3.{n % 12}.{n % 10},{n}.5{'%' * (n % 2)},{n}%\n" for n in range(20))
    table = written(tmp_path, f"version,rate,share\n{rows}")
    assert [column.kind for column in table.columns] == ["text", "number", "number"]
    assert table.remarks == ('"rate" has numbers with and without a percent sign; both are read as they stand',)


@pytest.mark.parametrize("marker", ["\\N", "#NUM!", "1.#QNAN", "-1.#IND", "#NV"])
def test_what_programs_write_for_no_value_is_missing(marker: str, tmp_path: Path) -> None:
    table = written(tmp_path, "a,b\n" + "".join(f"{marker if n % 3 else n},{n}.5\n" for n in range(12)))
    assert table.columns[0].markers == {marker: 8}


def test_titles_do_not_let_decimal_commas_part_the_cells(tmp_path: Path) -> None:
    rows = "".join(f"{n % 9},5\t1 {n:03},25\t{'ja' if n % 3 else 'nein'}\n" for n in range(80))
    table = written(tmp_path, f"A table of mine\n\na\tb\tc\n{rows}")
    assert [column.name for column in table.columns] == ["a", "b", "c"]
    assert columns(table)["b"][:2] == [1000.25, 1001.25]


def test_many_repeated_names_are_not_all_told(tmp_path: Path) -> None:
    table = written(tmp_path, ",".join(["x", "x (2)", *["x"] * 9]) + "\n" + ",".join(["1.5"] * 11) + "\n")
    assert [column.name for column in table.columns] == ["x", "x (2)", *(f"x ({n})" for n in range(3, 12))]
    assert table.remarks[0] == 'the name "x" occurs again: column 3 is called "x (3)"'
    assert table.remarks[-1] == "6 more names occur again, and have a number behind them"


def test_a_person_says_which_sign_is_that_of_decimals(tmp_path: Path) -> None:
    doubtful = "a;b\n" + "1,113;4\n" * 9
    for decimal, number in ((None, 1.113), ("comma", 1.113), ("point", 1113)):
        table = written(tmp_path, doubtful, decimal=decimal)
        assert table.columns[0].values.tolist() == [number] * 9
        assert any("--decimal" in remark for remark in table.remarks) == (decimal is None)
    assert columns(written(tmp_path, "a|b\n" + "1,113|4\n" * 9, decimal="comma"))["a"] == [1.113] * 9
    assert columns(written(tmp_path, "a|b\n" + "1.113|4\n" * 9, decimal="comma"))["a"] == [1113] * 9
