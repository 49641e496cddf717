"""Arrays in files and from Python: X and y, nothing unpickled."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from own_tables import columns, read_file, written

from tui_trainer.datasets.file import File
from tui_trainer.tables.table import TableError
from tui_trainer.training import Trainer, build
from tui_trainer.training.predictions import predictions_in_units


def packed(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


X, Y = np.arange(60.0).reshape(20, 3), np.arange(20) % 3


def test_x_and_y_and_the_rows_held_out(tmp_path: Path) -> None:
    table = written(tmp_path, packed(X=X, y=Y, X_test=X[:5], y_test=Y[:5]))
    assert (table.target, table.rows, len(table.columns)) == ("y", 20, 4)
    assert columns(table)["x2"][1] == 4
    assert table.validation is not None
    assert table.validation.rows == 5
    path = next(tmp_path.iterdir())
    trainer = Trainer(build({"data": {"file": str(path)}}))
    assert (len(trainer.train_set), len(trainer.validation_set)) == (20, 5)


def test_a_person_chooses_among_arrays_of_other_names(tmp_path: Path) -> None:
    path = tmp_path / "many.npz"
    arrays = {"a": X, "b": X[:, :2], "c": Y, "d": np.arange(20.0), "a_test": X[:5], "c_test": Y[:5]}
    path.write_bytes(packed(**arrays))
    with pytest.raises(TableError, match="--columns names the array of the inputs, --target that of the target"):
        Trainer(build({"data": {"file": str(path)}}))
    named = {"file": str(path), "columns": ["a"], "target": "c"}
    trainer = Trainer(build({"data": named}))
    assert (trainer.data.input_names, trainer.data.class_names) == (("x1", "x2", "x3"), ("0", "1", "2"))
    assert (len(trainer.train_set), len(trainer.validation_set)) == (20, 5)
    other = Trainer(build({"data": named | {"columns": ["b"], "target": "d"}}))
    assert (other.data.input_names, other.data.task) == (("x1", "x2"), "regression")
    path.write_bytes(packed(X=X, labels=Y, weights=np.arange(20.0)))
    of_default = File(file=str(path), target="weights")
    assert of_default.roles.target.name == "weights"
    assert File(file=str(path), target="x2").roles.target.name == "x2"


def test_what_holds_no_table_or_objects_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="found a 3×4, b 7"):
        written(tmp_path, packed(a=np.ones((3, 4)), b=np.ones(7)))
    with pytest.raises(TableError, match="pickled objects, which can run any code: refused"):
        read_file("py3-objarr.npz")
    with pytest.raises(TableError, match="damaged"):
        written(tmp_path, packed(X=X, y=Y)[:-200])
    assert read_file("win64python2.npy").rows == 2
    assert len(read_file("bivariate_normal.npy").columns) == 15


class Frame:
    """As much of a data frame as is asked for."""

    columns = ("size", "town")
    data: ClassVar = {"size": np.arange(30.0), "town": np.array(["here", "there", None] * 10, dtype=object)}

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def to_numpy(self) -> Any:
        raise NotImplementedError


class Repeated(Frame):
    """As pandas gives the columns of a repeated name: all of them at once."""

    columns = ("size", "size")
    data: ClassVar = {"size": np.column_stack((np.arange(30.0), np.arange(30.0) ** 2))}


class Series(list[float]):
    name = "size"


def test_repeated_names_of_a_data_frame_are_told_apart() -> None:
    data = build({}, data=(Repeated(), Series(np.linspace(0, 1, 30)))).data
    assert isinstance(data, File)
    assert data.input_names == ("size", "size (2)")
    assert data.roles.target.name == "size (3)"
    assert sum("occurs again" in remark for remark in data.report(0).remarks) == 2
    assert data.table.columns[1].values[3] == 9


def test_squares_of_whole_numbers_are_images(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    written(tmp_path, packed(X=images, y=np.arange(40) % 2))
    trainer = Trainer(build({"data": {"file": str(next(tmp_path.iterdir()))}}))
    assert trainer.data.image_shape == (8, 8)
    assert trainer.train_set.inputs.max() == 1


def test_python_gives_arrays_and_data_frames() -> None:
    trainer = Trainer(build({"training": {"iterations": 5}}, data=(X, Y)))
    assert trainer.data.class_names == ("0", "1", "2")
    framed = Trainer(build({}, data=(Frame(), np.linspace(0, 1, 30))))
    assert framed.data.input_names == ("size", "town = there", "town missing")
    assert predictions_in_units(framed, framed.data.train_inputs).shape == (24, 1)
    with pytest.raises(TableError, match="inputs of 20 rows and targets of 7"):
        build({}, data=(X, Y[:7]))


def test_a_field_that_is_neither_numbers_nor_texts_is_left_out_and_gaps_are_said(tmp_path: Path) -> None:
    records = np.zeros(20, [("x", float), ("span", "m8[s]"), ("pair", float, 2), ("y", float)])
    records["x"], records["y"] = np.arange(20) % 7, np.arange(20) / 4
    records["x"][3] = np.nan
    np.save(tmp_path / "a.npy", records)
    said = File(file=str(tmp_path / "a.npy")).report(0).sentences
    assert 'left out: "span" is of type timedelta64[s], neither numbers nor texts' in said
    assert any(each.startswith('left out: "pair" is of type') for each in said)
    assert "missing values: x (1)" in said


def test_one_hot_targets_become_their_classes_and_more_columns_are_told(tmp_path: Path) -> None:
    table = written(tmp_path, packed(X=X, y=np.eye(3)[Y]))
    assert columns(table)["y"] == Y.tolist()
    assert table.remarks == ("the target is one-hot: its classes are the numbers 0 … 2",)
    table = written(tmp_path, packed(X=X, y=X[:, ::-1]))
    assert columns(table)["y"] == X[:, 2].tolist()
    assert table.remarks == ("the target has 3 columns: the first is learned, the others are left out",)


def test_arrays_of_other_names_are_taken_by_their_shape_and_told(tmp_path: Path) -> None:
    table = written(tmp_path, packed(measured=X, kind=Y))
    assert (columns(table)["x2"][1], columns(table)["y"]) == (4, Y.tolist())
    assert table.remarks == ('no arrays X and y: "measured" is taken for the inputs, "kind" for the target',)
    assert list(columns(written(tmp_path, packed(height=X[:, 0], weight=X[:, 1])))) == ["height", "weight"]
    with pytest.raises(TableError, match="found a 20×3, b 20, c 20"):
        written(tmp_path, packed(a=X, b=Y, c=Y))


def test_one_hot_targets_from_python_become_classes() -> None:
    trainer = Trainer(build({}, data=(X, np.eye(3)[Y])))
    assert trainer.data.class_names == ("0", "1", "2")
    assert sorted(trainer.data.train_targets.tolist() + trainer.data.validation_targets.tolist()) == sorted(Y.tolist())


def test_the_only_other_column_is_the_target_and_what_is_not_used_is_told(tmp_path: Path) -> None:
    table = written(tmp_path, packed(inputs=X, spend=Y))
    assert (table.target, columns(table)["y"]) == ("y", Y.tolist())
    assert table.remarks == ('no array y: "spend" is taken for the target',)
    assert written(tmp_path, packed(train_X=X, outputs=Y)).target == "y"
    table = written(tmp_path, packed(features=X, ids=np.arange(20), labels=Y))
    assert (columns(table)["y"], table.left_out) == (Y.tolist(), ('left out: the array "ids"',))
    table = written(tmp_path, packed(train_x=X, train_y=Y, valid_x=X[:5], valid_y=Y[:5]))
    assert table.validation is not None
    assert table.left_out == ()


def test_texts_in_arrays_are_read_as_in_a_file(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([["1.5", "2020-01-01", "NA"], ["2 ", "2020-01-02", "x"], ["?", "", "y"]]))
    table = File(file=str(tmp_path / "a.npy")).table
    assert [each.kind for each in table.columns] == ["number", "date", "text"]
    assert columns(table)["x1"] == [1.5, 2, None]
    assert columns(table)["x3"] == [None, "x", "y"]


def test_rows_of_arrays_are_called_rows(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=np.where(X == 9, np.nan, X), y=Y)
    with pytest.raises(TableError, match='row 3 has no "x1"'):
        File(file=str(tmp_path / "a.npz"), missing="refuse").check()


def test_arrays_without_rows_are_told() -> None:
    with pytest.raises(TableError, match="has no rows"):
        build({}, data=(np.zeros((0, 3)), np.zeros(0)))


def test_inputs_held_out_without_targets_are_told_and_a_single_column_needs_a_target_file(tmp_path: Path) -> None:
    table = written(tmp_path, packed(X=np.ones((9, 2)), y=np.arange(9), X_val=np.ones((3, 2))))
    assert table.validation is None
    assert table.left_out == ('left out: the array "X_val"',)
    path = tmp_path / "one.npy"
    np.save(path, np.arange(9.0))
    with pytest.raises(TableError, match='no column is left to learn "x1" from; --target-file says where'):
        File(file=str(path)).report(0)
