"""Which column is the target, what it is, and which columns help to predict it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_tables import FILES, read_file, written

from tui_trainer.datasets import make
from tui_trainer.datasets.file import File
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
    with pytest.raises(TableError, match=r"no column \"grad\" .*did you mean 'grade'"):
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
    assert made.train_targets * made.target_scale + made.target_mean == pytest.approx(
        np.round(made.train_targets * made.target_scale + made.target_mean - 0.5) + 0.5
    )


def test_classes_keep_their_share_and_seeds_their_rows() -> None:
    data = File(file=str(FILES / "penguins.csv"))
    counts = np.bincount(make(data, 3).validation_targets.astype(int))
    assert np.abs(counts - np.array([152, 68, 124]) * 0.2).max() <= 1
    assert np.array_equal(make(data, 3).train_inputs, make(data, 3).train_inputs)
    assert not np.array_equal(make(data, 3).train_inputs, make(data, 4).train_inputs)
