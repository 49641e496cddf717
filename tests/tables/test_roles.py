"""Which column is the target, what it is, and which columns help to predict it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_tables import FILES, read_file, written

from tui_trainer.datasets import make
from tui_trainer.datasets.file import File
from tui_trainer.experiment import build
from tui_trainer.experiment.in_force import available_choices
from tui_trainer.experiment.settings import with_setting
from tui_trainer.setting_error import SettingError
from tui_trainer.tables import recipe
from tui_trainer.tables.roles import Roles, roles_of
from tui_trainer.tables.table import Table, TableError


def roles(table: Table, **how: Any) -> Roles:
    return roles_of(table, **{"target": None, "task": None, "columns": None, "missing": "indicator", **how})


@pytest.mark.parametrize(
    ("file", "target", "task", "classes"),
    [
        ("penguins.csv", "species", "classification", 3),
        ("iris_meta_header.csv", "column 5", "classification", 3),
        ("wb_wine.csv", "Wine", "classification", 3),
        ("autompg.csv.gz", "column 9", "regression", 0),
        ("msft.csv", "Adj. Close*", "regression", 0),
        ("linnerud_exercise.csv", "Jumps", "regression", 0),
        ("data_x_x2_x3.csv", "column 3", "regression", 0),
        ("messy_simple.psv", "Former owner occupiers", "regression", 0),
        ("messy_simple.ssv", "place", "classification", 2),
    ],
)
def test_the_target_of_tables_that_people_have(file: str, target: str, task: str, classes: int) -> None:
    found = roles(read_file(file))
    assert (found.target.name, found.task, len(found.classes)) == (target, task, classes)


def test_what_cannot_help_is_left_out_with_its_reason(tmp_path: Path) -> None:
    rows = "".join(f"{n},k{n},same,text number {n},{n % 7},{'ab'[n % 2]},,{n % 2}\n" for n in range(1, 60))
    found = roles(written(tmp_path, f"id,key,constant,remark,x,kind,void,target\n{rows}"))
    assert [each.column for each in found.inputs] == ["x", "kind"]
    assert dict(found.left_out) == {
        "id": "it numbers the rows",
        "key": "every row has another text: an id, or free text",
        "constant": "it is constant",
        "remark": "every row has another text: an id, or free text",
        "void": "it is empty",
    }
    assert any('"kind" gives "target" away' in remark for remark in found.remarks)


def test_a_person_can_say_it_all(tmp_path: Path) -> None:
    table = written(tmp_path, "grade,x,y\n" + "".join(f"{n % 5},{n * n},{n}\n" for n in range(50)))
    assert roles(table, target="grade").why_task == "5 whole numbers are taken as classes"
    assert roles(table, target=1, task="regression").task == "regression"
    assert [each.column for each in roles(table, target="grade", columns=["-x"]).inputs] == ["y"]
    with pytest.raises(TableError, match=r"no column \"grad\".*did you mean 'grade'"):
        roles(table, target="grad")
    with pytest.raises(TableError, match="it has 50 different texts in 50 rows"):
        roles(written(tmp_path, "x,y\n" + "".join(f"t{n},{n}\n" for n in range(50))), target="x")


def test_missing_values_by_every_rule(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("x,kind,y\n" + "".join(f"{n if n % 4 else ''},{'abc'[n % 3]},{n}.5\n" for n in range(40)))
    data = {rule: File(file=str(path), missing=rule) for rule in ("indicator", "mean", "drop")}
    assert data["indicator"].input_names == ("x", "x missing", "kind = a", "kind = b", "kind = c")
    assert data["mean"].input_names == ("x", "kind = a", "kind = b", "kind = c")
    made = make(data["indicator"], 0)
    gone = made.train_inputs[:, 1] == 1
    assert gone.any()
    # The mean of the training rows alone.
    assert made.train_inputs[gone, 0] == pytest.approx(made.train_inputs[~gone, 0].mean())
    assert len(make(data["drop"], 0).train_inputs) == 24
    with pytest.raises(SettingError, match='line 2 has no "x"'):
        File(file=str(path), missing="refuse").check()
    assert made.train_targets.mean() == pytest.approx(0, abs=1e-12)
    assert made.recipe is not None
    assert made.lines is not None
    assert made.train_targets * made.recipe.target_scale + made.recipe.target_mean == pytest.approx(made.lines[0] - 1.5)


def test_classes_keep_their_share_and_seeds_their_rows() -> None:
    data = File(file=str(FILES / "penguins.csv"))
    counts = np.bincount(make(data, 3).validation_targets.astype(int))
    assert np.abs(counts - np.array([152, 68, 124]) * 0.2).max() <= 1
    assert np.array_equal(make(data, 3).train_inputs, make(data, 3).train_inputs)
    assert not np.array_equal(make(data, 3).train_inputs, make(data, 4).train_inputs)


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_rows_are_held_out_by_column_by_file_and_in_order(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n % 7},{'test' if n > 29 else 'train'},{n}.5\n" for n in range(40))
    path = write(tmp_path / "a.csv", f"x,group,part,y\n{rows}")
    said = make(File(file=path, split="part"), 0)
    assert said.lines is not None
    assert (sorted(said.lines[0]), sorted(said.lines[1])) == ([*range(2, 32)], [*range(32, 42)])
    assert "part" not in " ".join(said.input_names)
    third = write(
        tmp_path / "third.csv",
        f"x,part,y\n{rows.replace('0,0,train', '0,0,later', 1)}".replace("x,part", "x,group,part"),
    )
    left = File(file=third, split="part")
    assert [sorted(each) for each in left.lines(0)] == [[*range(3, 32)], [*range(32, 42)]]
    assert 'left out: 1 row whose "part" says neither training nor validation, the first "later" on line 2' in (
        left.report(0).remarks
    )
    grouped = make(File(file=path, split="group", columns=("x", "group")), 5)
    assert grouped.lines is not None
    assert not {line % 7 for line in grouped.lines[0].tolist()} & {line % 7 for line in grouped.lines[1].tolist()}
    told = [each for each in File(file=path, split="group").report(5).remarks if "no words like train" in each]
    assert len(told) == 1
    assert told[0].endswith(f"held out are {', '.join(sorted({f'{(line - 2) % 7}' for line in grouped.lines[1]}))}")
    ordered = make(File(file=path, ordered=True), 0)
    assert ordered.lines is not None
    assert ordered.lines[1].tolist() == [*range(34, 42)]
    second = write(tmp_path / "b.csv", "y,part,group,x\n7.5,train,1,7\n8.5,test,2,8\n")
    apart = make(File(file=path, validation_file=second), 0)
    assert apart.recipe is not None
    assert apart.validation_inputs[:, 0].tolist() == [7, 8]
    assert apart.validation_targets * apart.recipe.target_scale + apart.recipe.target_mean == pytest.approx([7.5, 8.5])
    with pytest.raises(TableError, match='no column "x"'):
        File(file=path, validation_file=write(tmp_path / "c.csv", "y,z\n1,2\n")).check()


def test_rows_are_held_out_in_one_way(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "x,group,y\n" + "".join(f"{n},{n % 7},{n}.5\n" for n in range(40)))
    with pytest.raises(TableError, match='"group" says which rows are held out, so they are not the last'):
        File(file=path, split="group", ordered=True).check()
    with pytest.raises(TableError, match='by "group" or by a second table, not by both'):
        File(file=path, split="group", validation_file=path).check()


def test_targets_lie_in_a_file_of_their_own(tmp_path: Path) -> None:
    data = File(file=str(FILES / "diabetes_data_raw.csv.gz"), target_file=str(FILES / "diabetes_target.csv.gz"))
    assert (data.task, len(data.input_names), data.recipe.target) == ("regression", 10, "target")
    with pytest.raises(TableError, match="are 442 rows of one"):
        File(file=data.file, target_file=str(FILES / "msft.csv")).check()


def test_a_file_that_has_changed_is_not_trained_on(tmp_path: Path) -> None:
    text = "x,y\n" + "".join(f"{n},{n}.5\n" for n in range(9))
    known = File(file=write(tmp_path / "a.csv", text)).table.sha256
    File(file=write(tmp_path / "b.csv", text), sha256=known).check()
    with pytest.raises(TableError, match="has changed"):
        File(file=write(tmp_path / "c.csv", text + "9,9.5\n"), sha256=known).check()


def test_another_column_on_the_screen_is_another_task() -> None:
    experiment = build({"data": {"file": str(FILES / "penguins.csv")}})
    assert "body_mass_g" in available_choices(experiment)["data.target"]
    changed = with_setting(experiment, "data.target", "body_mass_g")
    assert (changed.data.task, changed.loss.__struct_config__.tag) == ("regression", "mean_squared_error")
    assert with_setting(changed, "data.target", None) == experiment


def test_comments_are_left_out_and_notes_of_one_word_are_not(tmp_path: Path) -> None:
    said = ["the nest was never seen again", "no blood sample was ever taken"]
    rows = "".join(f"{n % 7},{said[n % 2]},{'CDE'[n % 3]},{n}.5\n" for n in range(1, 60))
    found = roles(written(tmp_path, f"x,Comments,note,y\n{rows}"))
    assert [each.column for each in found.inputs] == ["x", "note"]
    assert dict(found.left_out) == {"Comments": "its name and its sentences say that it is comments"}


def test_classes_are_those_of_the_rows_that_are_learned_from(tmp_path: Path) -> None:
    rows = "".join(f"{n},{'abc'[n % 2]}\n" for n in range(1, 30))
    table = written(tmp_path, f"x,kind\n{rows},c\n,c\n3.5,b\n")
    assert roles(table).classes == ("a", "b", "c")
    dropped = roles(table, missing="drop")
    assert dropped.classes == ("a", "b")
    assert set(dropped.targets(dropped.rows).tolist()) == {0, 1}


def test_only_categories_of_the_rows_that_are_learned_from_are_inputs(tmp_path: Path) -> None:
    rows = "".join(f"{'abc'[n % 3]},{n}.5,{n * 7 % 50}.5\n" for n in range(30))
    found = roles(written(tmp_path, f"kind,x,y\nFRUIT,,\n{rows}"))
    assert found.inputs[0].categories == ("a", "b", "c")


def test_none_is_a_class_among_words_and_missing_among_numbers(tmp_path: Path) -> None:
    rows = "".join(f"{n if n % 5 else 'None'},{['None', 'light', 'heavy'][n % 3]}\n" for n in range(1, 61))
    found = roles(written(tmp_path, f"x,drinks\n{rows}"))
    assert found.classes == ("None", "heavy", "light")
    assert len(found.rows) == 60
    assert found.inputs[0].kind == "number"
    assert found.inputs[0].indicator


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ([f"2020-01-{day:02}" for day in range(1, 29)], "the rows follow"),
        ([f"2020-01-{day:02}" for day in range(28, 0, -1)], "back in time"),
        ([f"0{day % 9 + 1}/02/2020" for day in range(28)], "read as day/month/year, though month/day/year fits"),
        ([f"2020-{month % 12 + 1:02}" for month in range(0, 60, 7)], ""),
        ([f"2020-01-{day * 5 % 28 + 1:02}" for day in range(28)], ""),
        ([f"{day:02}/02/2020" for day in range(1, 29)], "the rows follow"),
    ],
)
def test_what_dates_leave_open_is_said(tmp_path: Path, dates: list[str], said: str) -> None:
    rows = "".join(f"{day},{n * 7 % 11}.5\n" for n, day in enumerate(dates))
    remarks = roles(written(tmp_path, f"day,y\n{rows}")).remarks
    assert len(remarks) == bool(said)
    assert said in "".join(remarks)


@pytest.mark.parametrize("brightest", [16, 255])
def test_images_have_corners_that_are_constant(tmp_path: Path, brightest: int) -> None:
    pixels = np.random.default_rng(0).integers(0, brightest + 1, (40, 36))
    pixels[:, [0, 5, 30, 35]] = 0
    lines = ["label," + ",".join(f"p{n}" for n in range(36))]
    lines += [f"{n % 2}," + ",".join(map(str, row)) for n, row in enumerate(pixels)]
    found = roles(written(tmp_path, "\n".join(lines)))
    assert found.image_shape == (6, 6)
    assert {each.scale for each in found.inputs} == {brightest}
    assert roles(written(tmp_path, "\n".join(lines)), columns=("p1", "p2")).image_shape is None


def test_ids_written_as_one_word_or_without_a_name_are_left_out(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n * 7919 + 100_000},{n % 5},{'ab'[n % 2]}\n" for n in range(1, 60))
    found = roles(written(tmp_path, f"PassengerId,userID,x,Survived\n{rows}"))
    assert dict(found.left_out) == {"PassengerId": "it numbers the rows", "userID": "it is an id"}
    rows = "".join(f"{n * 791_900 % 104_729},{'MB'[n % 2]},{n % 7}.25,{n % 5}.75\n" for n in range(1, 60))
    nameless = roles(written(tmp_path, rows, header=False))
    assert dict(nameless.left_out) == {"column 1": "it is an id"}
    assert nameless.target.name == "column 2"


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("Obs", lambda n: n + 1, "it numbers the rows"),
        ("RowNumber", lambda n: n, "it numbers the rows"),
        ("Objekt-Nr", lambda n: 1001 + n, "it numbers the rows"),
        ("Review #", lambda n: 60 - n, "it numbers the rows"),
        ("CLIENTNUM", lambda n: n * 7919 % 1009, "it is an id"),
        ("__index_level_0__", lambda n: n * 37 % 997, "it is the number of the row in a larger table"),
        ("id_client", lambda n: n * 7919 % 1009, "it is an id"),
        ("number of rooms", lambda n: n, ""),
        ("day", lambda n: n + 1, ""),
    ],
)
def test_ids_and_numbers_of_rows_are_known_by_their_names(
    name: str, row: Callable[[int], int], reason: str, tmp_path: Path
) -> None:
    rows = "".join(f"{row(n)},{n % 7}.5,{'ab'[n * n % 3 % 2]}\n" for n in range(60))
    assert dict(roles(written(tmp_path, f"{name},x,y\n{rows}")).left_out).get(name, "") == reason


def test_a_target_that_is_constant_is_told_and_no_other_one_is_learned(tmp_path: Path) -> None:
    table = written(tmp_path, "a,b,label\n" + "".join(f"{n},{n * 7 % 50}.5,spam\n" for n in range(60)))
    with pytest.raises(TableError, match='"label" should be the target by its name, but it is constant; --target'):
        roles(table)
    assert roles(table, target="b").target.name == "b"


def test_the_first_of_several_columns_of_words_is_not_the_target(tmp_path: Path) -> None:
    rows = "".join(f"{'ab'[n % 2]},{n % 7},{'xyz'[n % 3]},{n * 13 % 50}.5\n" for n in range(60))
    assert roles(written(tmp_path, f"school,age,job,G3\n{rows}")).target.name == "G3"


@pytest.mark.parametrize(
    ("cells", "precision"),
    [
        ("{n}.25", np.float32),
        ("{n}", np.float32),
        ("1700000000.{n}", np.float64),  # a time in seconds
        ("2024-01-01 12:{n:02}", np.float64),  # to the minute
        ("2024-01-{n:02}", np.float32),
    ],
)
def test_a_large_table_is_kept_in_single_precision_where_that_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: str, precision: type[np.floating]
) -> None:
    monkeypatch.setattr(recipe, "MOST_DOUBLES", 10)
    lines = ["a,y", *(f"{cells.format(n=n)},{n % 2}" for n in range(1, 31))]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    data = make(File(file=str(path), target="y"), 0)
    assert data.train_inputs.dtype == precision
    monkeypatch.undo()
    exact = make(File(file=str(path), target="y"), 0)
    assert np.allclose(
        data.preparation.prepare(data.train_inputs), exact.preparation.prepare(exact.train_inputs), atol=1e-5
    )
    assert np.allclose(data.preparation.mean, exact.preparation.mean, rtol=1e-7)


def test_numbers_with_some_words_and_words_that_differ_in_capitals_are_told(tmp_path: Path) -> None:
    rows = "".join(
        f"{n}.5,{'<0.1' if n % 6 == 0 else n},{'yes' if n % 2 else 'Yes' if n % 3 else 'no'}\n" for n in range(60)
    )
    found = roles(written(tmp_path, f"x,measured,y\n{rows}"))
    assert dict(found.left_out)["measured"] == 'most of it is numbers, but "<0.1" is none'
    assert '"y": "Yes" and "yes" differ in capitals only' in found.remarks


def test_a_column_with_the_words_of_a_split_is_neither_target_nor_input(tmp_path: Path) -> None:
    rows = "".join(f"{n}.5,{n * 2}.25,{('Train', 'train', 'VAL')[n % 3]}\n" for n in range(30))
    found = roles(written(tmp_path, f"x,z,part\n{rows}"))
    assert found.target.name == "z"
    assert dict(found.left_out)["part"] == "it says which rows are held out, if --split names it"


TABLES: dict[str, tuple[str, str]] = {
    "the last column is empty in most rows": (
        "y",
        "x,y,score\n" + "".join(f"{n}.5,{n * 7 % 50}.25,{'' if n % 5 else f'{n}.5'}\n" for n in range(60)),
    ),
    "of several columns of few numbers the first is no target": (
        "count",
        "site,holiday,weekday,count\n"
        + "".join(f"{n % 4 + 1},{int(n % 9 == 0)},{n % 7},{n * 13}\n" for n in range(60)),
    ),
    "classes from 1 stand first, without a line of names": (
        "column 1",
        "".join(f"{n // 20 + 1},{n * 7 % 50}.5,{n * 13 % 40}.25\n" for n in range(60)),
    ),
    "a number of a class stands before the pixels of an image, without a line of names": (
        "column 1",
        "".join(f"{n % 3},{','.join(str((n * 7 + p * p) % 256) for p in range(24))},0\n" for n in range(60)),
    ),
    "dates are no target, whatever they are called": (
        "Volume",
        "Price,Close,Volume\n" + "".join(f"2020-01-{n % 28 + 1:02},{n * 7}.5,{n * 13 % 50}\n" for n in range(60)),
    ),
    "what is called after a time is no target": (
        "sales",
        "shop,sales,quarter\n" + "".join(f"{n % 11}.5,{n * 7}.5,{n % 4 + 1}\n" for n in range(60)),
    ),
    "a name that is sure comes before one that is likely": (
        "survived",
        "survived,age,class,alone\n" + "".join(f"{n % 2},{n}.5,{'abc'[n % 3]},{n * 5 % 2}\n" for n in range(60)),
    ),
    "y is a place beside x and z": (
        "price",
        "carat,price,x,y,z\n" + "".join(f"{n}.5,{n * 37},{n % 7}.5,{n % 5}.5,{n % 9}.5\n" for n in range(60)),
    ),
    "what may have happened is learned from what was measured": (
        "is_fraud",
        "amount,is_fraud,device\n" + "".join(f"{n * 7}.5,{int(n % 9 == 0)},{'ab'[n * n % 3 % 2]}\n" for n in range(60)),
    ),
    "a group stands before a few numbers": (
        "profit",
        "region,sales,profit\n" + "".join(f"{'NSEW'[n % 4]},{n * 7 % 50}.5,{n * 13 % 40}.25\n" for n in range(60)),
    ),
    "numbers that count stand behind those that measure": (
        "column 5",
        "".join(f"{'MFI'[n % 3]},{n % 7}.5,{n % 11}.5,{n % 13}.25,{n % 29}\n" for n in range(60)),
    ),
    "classes stand before the numbers that describe them": (
        "kind",
        "kind,a,b,c,d\n" + "".join(f"{'uvw'[n % 3]},{n % 7}.5,{n % 11}.5,{n}.25,{n % 29}.5\n" for n in range(60)),
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_the_target_of_a_table_of_this_kind(table: str, tmp_path: Path) -> None:
    name, text = TABLES[table]
    assert roles(written(tmp_path, text)).target.name == name


def test_the_rest_of_a_choice_in_several_columns_gives_it_away(tmp_path: Path) -> None:
    rows = "".join(f"{n}.5,{int(n % 3 == 0)},{int(n % 3 == 1)},{int(n % 3 == 2)}\n" for n in range(60))
    told = roles(written(tmp_path, f"x,red,green,blue\n{rows}")).remarks
    assert told == ('"red", "green" and "blue": one of them is 1 in every row, so the others give it away',)
    apart = "".join(f"{n}.5,{n % 2},{int(n % 3 == 0)},{int(n % 5 == 0)}\n" for n in range(60))
    assert roles(written(tmp_path, f"x,a,b,c\n{apart}")).remarks == ()


def test_row_numbers_of_a_larger_table_are_left_out(tmp_path: Path) -> None:
    rows = "".join(f"{n * 37 % 997},{n % 7}.5,{n % 3}.25,{n % 2}\n" for n in range(60))
    found = roles(written(tmp_path, f"Unnamed: 0,x,price_index,y\n{rows}"))
    assert dict(found.left_out) == {"Unnamed: 0": "it is the number of the row in a larger table"}


def test_a_table_of_one_column_is_told_what_may_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no column is left .*; --delimiter says what .*, --target-file says where"):
        roles(written(tmp_path, "y\n" + "".join(f"{n}.5\n" for n in range(30))))


def test_numbers_of_too_many_digits_are_ids(tmp_path: Path) -> None:
    rows = "".join(f"{1234567890123456000 + n * 7},{n + 1}.5e22,{n % 2}\n" for n in range(60))
    found = roles(written(tmp_path, f"tweet,mass,y\n{rows}"))
    assert dict(found.left_out) == {"tweet": "its numbers have more than 15 digits, which cannot be kept: ids"}
    rows = "".join(f"{10**25 + 12345678901 + n},{n % 7}.5,{n % 2}\n" for n in range(60))
    seemingly_equal = roles(written(tmp_path, f"key,mass,y\n{rows}"))
    assert dict(seemingly_equal.left_out)["key"].startswith("its numbers have more than 15 digits")
    rows = "".join(f"1e25,{n % 7}.5,{n % 2}\n" for n in range(60))
    assert dict(roles(written(tmp_path, f"key,mass,y\n{rows}")).left_out)["key"] == "it is constant"


def test_what_stands_for_a_missing_target_is_said(tmp_path: Path) -> None:
    rows = "".join(f"{n * 7 % 50}.25,{-999 if n % 10 == 0 else n}\n" for n in range(60))
    assert 'left out: 6 rows without "y" ("-999")' in roles(written(tmp_path, f"x,y\n{rows}")).remarks


def test_a_table_of_one_column_of_texts_is_told_what_separates_cells(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"no column that can be a target .*; --delimiter says what"):
        roles(written(tmp_path, "a^b^y\n" + "".join(f"{n}^{n * n}^{n % 2}\n" for n in range(30))))


def test_too_few_rows_name_those_that_are_left_out(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"has 4 rows to learn from \(left out: line 3 has 3 cells instead of 2\)"):
        roles(written(tmp_path, "x,y\n1,2\n1,2,3\n3,5\n5,6\n7,8\n"))
