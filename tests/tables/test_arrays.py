"""Arrays in files and from Python: X and y, nothing unpickled."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from own_tables import columns, read_file, written

from tui_trainer.tables.table import TableError
from tui_trainer.training import Trainer, build
from tui_trainer.training.answers import answers


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


def test_what_holds_no_table_or_objects_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="found a 3×4, b 7"):
        written(tmp_path, packed(a=np.ones((3, 4)), b=np.ones(7)))
    with pytest.raises(TableError, match="pickled objects, which can run any code: refused"):
        read_file("py3-objarr.npz")
    with pytest.raises(TableError, match="damaged"):
        written(tmp_path, packed(X=X, y=Y)[:-200])
    assert read_file("win64python2.npy").rows == 2
    assert len(read_file("bivariate_normal.npy").columns) == 15


def test_squares_of_whole_numbers_are_images(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    written(tmp_path, packed(X=images, y=np.arange(40) % 2))
    trainer = Trainer(build({"data": {"file": str(next(tmp_path.iterdir()))}}))
    assert trainer.data.image_shape == (8, 8)
    assert trainer.train_set.inputs.max() == 1


class Frame:
    """As much of a data frame as is asked for."""

    columns = ("size", "town")
    data: ClassVar = {"size": np.arange(30.0), "town": np.array(["here", "there", None] * 10, dtype=object)}

    def __getitem__(self, name: str) -> Any:
        return self.data[name]

    def to_numpy(self) -> Any:
        raise NotImplementedError


def test_python_gives_arrays_and_data_frames() -> None:
    trainer = Trainer(build({"training": {"iterations": 5}}, data=(X, Y)))
    assert trainer.data.class_names == ("0", "1", "2")
    framed = Trainer(build({}, data=(Frame(), np.linspace(0, 1, 30))))
    assert framed.data.input_names == ("size", "town = there", "town missing")
    assert answers(framed, framed.data.train_inputs).shape == (24, 1)
    with pytest.raises(TableError, match="inputs of 20 rows and targets of 7"):
        build({}, data=(X, Y[:7]))
