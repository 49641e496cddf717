"""Tables in NumPy's files: .npy with one array, .npz with X and y. Nothing in them is ever unpickled."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.contents import BOMB_BYTES, BOMB_RATIO, Contents
from tui_trainer.tables.table import Column, Table, TableError

INPUTS = ("X", "x", "X_train", "x_train", "data", "inputs", "features", "images")
TARGETS = ("y", "Y", "y_train", "target", "targets", "labels", "label")
VALIDATION_INPUTS = ("X_val", "x_val", "X_valid", "X_validation", "X_test", "x_test")
VALIDATION_TARGETS = ("y_val", "y_valid", "y_validation", "y_test")
TARGET = "y"


def read_arrays(contents: Contents) -> Table:
    """The table in a .npy or a .npz. Raises `TableError`."""
    try:
        with contents.packed() as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python 2's headers, which are read all the same
            if contents.start.startswith(b"PK"):
                _check_size(contents, file)
                with np.load(file, allow_pickle=False) as archive:
                    arrays = {name: archive[name] for name in archive.files}
            else:
                arrays = {"": np.load(file, allow_pickle=False)}
    except (ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error, MemoryError) as error:
        if "allow_pickle" in str(error) or "Object arrays" in str(error):
            raise TableError(contents.name, "holds pickled objects, which can run any code: refused") from None
        raise TableError(contents.name, f"cannot be read as arrays: {error}") from None
    return table_of(arrays, contents.name, contents.sha256)


def _check_size(contents: Contents, file: Any) -> None:
    size = sum(member.file_size for member in zipfile.ZipFile(file).infolist())
    if size > max(BOMB_BYTES, BOMB_RATIO * contents.size):
        raise TableError(contents.name, f"unpacks to {size:,} bytes: refused as a bomb")
    file.seek(0)


def table_of(arrays: Mapping[str, NDArray[Any]], name: str, sha256: str) -> Table:
    """The table of X and y, of a structured array, or of one array (rows, columns)."""
    inputs, targets = _first(arrays, INPUTS), _first(arrays, TARGETS)
    if inputs is None and len(arrays) == 1:
        inputs = next(iter(arrays.values()))
    if inputs is None or (targets is not None and len(targets) != len(inputs)):
        shown = ", ".join(f"{key} {'×'.join(map(str, array.shape))}" for key, array in list(arrays.items())[:8])
        raise TableError(name, f"has no table: arrays X (rows, columns) and y (rows) are looked for; found {shown}")
    columns = _columns(inputs, name)
    if targets is not None:
        columns.append(_column(TARGET, targets.reshape(len(targets), -1)[:, 0] if targets.ndim > 1 else targets, name))
    held_in, held_out = _first(arrays, VALIDATION_INPUTS), _first(arrays, VALIDATION_TARGETS)
    validation = None
    if held_in is not None and held_out is not None:
        validation = table_of({"X": held_in, "y": held_out}, name, sha256)
    return Table(
        name=name,
        columns=tuple(columns),
        lines=np.arange(len(inputs)),
        sha256=sha256,
        form=f"arrays {', '.join(filter(None, arrays)) or 'without names'}",
        validation=validation,
        target=TARGET if targets is not None else "",
    )


def _first(arrays: Mapping[str, NDArray[Any]], names: Sequence[str]) -> NDArray[Any] | None:
    return next((arrays[name] for name in names if name in arrays and arrays[name].ndim), None)


def _columns(inputs: NDArray[Any], file: str) -> list[Column]:
    if inputs.dtype.names:
        return [_column(name, inputs[name], file) for name in inputs.dtype.names]
    if inputs.ndim == 0 or not len(inputs):
        raise TableError(file, "has no rows")
    matrix = inputs.reshape(len(inputs), -1)
    return [_column(f"x{number + 1}", matrix[:, number], file) for number in range(matrix.shape[1])]


def _column(name: str, values: NDArray[Any], file: str) -> Column:
    if values.ndim == 1 and values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
        return Column(name=name, kind="number", values=np.where(np.isfinite(numbers), numbers, np.nan))
    if values.ndim == 1 and values.dtype.kind == "M":
        days = (values - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
        return Column(name=name, kind="date", values=days.astype(np.float64), unit="days since 1970-01-01")
    if values.ndim == 1 and values.dtype.kind in "USO":
        gone = np.array([each is None or each != each or each == "" for each in values.tolist()])
        texts, codes = np.unique([str(each) for each in values[~gone].tolist()], return_inverse=True)
        numbers = np.full(len(values), -1.0)
        numbers[~gone] = codes
        return Column(name=name, kind="text", values=numbers, texts=tuple(texts.tolist()))
    raise TableError(file, f'column "{name}" is of type {values.dtype}, which is neither numbers nor texts')
