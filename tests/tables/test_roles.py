"""Which column is the target, what it is, and which columns help to predict it."""

from __future__ import annotations

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
