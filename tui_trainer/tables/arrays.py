"""Tables in NumPy's files: .npy with one array, .npz with X and y. Nothing in them is ever unpickled."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.cells import CollectedCells
from tui_trainer.tables.contents import BOMB_BYTES, BOMB_RATIO, Contents
from tui_trainer.tables.numbers import Convention
from tui_trainer.tables.table import UNCHOSEN, Chosen, Column, Table, TableError
from tui_trainer.tables.units import unit_of

INPUTS = ("x", "x_train", "train_x", "data", "train_data", "inputs", "features", "images", "train_images")
TARGETS = ("y", "y_train", "train_y", "target", "targets", "labels", "label", "train_labels", "outputs", "output")
PARTS = ("val", "valid", "validation", "dev", "test")
VALIDATION_INPUTS = tuple(name for part in PARTS for name in (f"x_{part}", f"{part}_x", f"{part}_images"))
VALIDATION_TARGETS = tuple(name for part in PARTS for name in (f"y_{part}", f"{part}_y", f"{part}_labels"))
"""Names of arrays in lower case, those first that come before others."""
TARGET = "y"
KINDS = "biufMUSO"
"""NumPy's kinds of types that a column can have: numbers, dates, texts."""
MOST_TRIED = 500
"""Texts in which a unit is looked for."""
HOW = "; --columns names the array of the inputs, --target that of the target"


def read_arrays(contents: Contents, chosen: Chosen = UNCHOSEN) -> Table:
    """The table in a .npy or a .npz. Raises `TableError`."""
    try:
        with contents.packed() as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy warns of headers written by Python 2, but reads them
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
    return table_of(arrays, contents.name, contents.sha256, chosen)


def _check_size(contents: Contents, file: Any) -> None:
    size = sum(member.file_size for member in zipfile.ZipFile(file).infolist())
    if size > max(BOMB_BYTES, BOMB_RATIO * contents.size):
        raise TableError(contents.name, f"unpacks to {size:,} bytes: refused as a bomb")
    file.seek(0)


def table_of(arrays: Mapping[str, NDArray[Any]], name: str, sha256: str, chosen: Chosen = UNCHOSEN) -> Table:
    """The table of X and y, of the chosen arrays, of a structured array, or of one array (rows, columns)."""
    asked = chosen.inputs if _is_wide(arrays.get(chosen.inputs)) else ""
    answer = chosen.target if chosen.target in arrays and chosen.target != asked else ""
    rest = {key: array for key, array in arrays.items() if key != answer}
    inputs = arrays[asked] if asked else _first(rest, INPUTS)
    targets = arrays[answer] if answer else _first(arrays, TARGETS)
    held_in = _first(rest, _held_out(asked) if asked else VALIDATION_INPUTS)
    held_out = _first(rest, _held_out(answer) if answer else VALIDATION_TARGETS)
    remarks: list[str] = []
    if inputs is None:
        inputs, targets, remarks = _by_shape(arrays, targets)
    elif targets is None:
        targets, remarks = _target_beside(arrays, inputs)
    if inputs is None or (targets is not None and len(targets) != len(inputs)):
        shown = ", ".join(f"{key} {'×'.join(map(str, array.shape))}" for key, array in list(arrays.items())[:8])
        raise TableError(
            name, f"has no table: arrays X (rows, columns) and y (rows) are looked for; found {shown}{HOW}"
        )
    columns, left_out = _columns(inputs, name)
    if targets is not None:
        target, said = one_target(targets)
        columns.append(_column(answer or TARGET, target, name))
        remarks += said
    validation = None
    has_validation = held_in is not None and held_out is not None
    used = [inputs, targets, *([held_in, held_out] if has_validation else [])]
    if not inputs.dtype.names:
        left_out += [f'left out: the array "{key}"' for key in arrays if not any(arrays[key] is each for each in used)]
    if held_in is not None and held_out is not None:
        validation = table_of({"X": held_in, answer or TARGET: held_out}, name, sha256, Chosen(target=answer))
    return Table(
        name=name,
        columns=tuple(columns),
        lines=np.arange(len(inputs)),
        sha256=sha256,
        form=f"arrays {', '.join(filter(None, arrays)) or 'without names'}",
        remarks=tuple(remarks),
        left_out=tuple(left_out),
        row_word="row",
        validation=validation,
        target=(answer or TARGET) if targets is not None else "",
        inputs=asked,
    )


def _is_wide(array: NDArray[Any] | None) -> bool:
    """Whether an array has columns of its own."""
    return array is not None and (array.ndim > 1 or bool(array.dtype.names))


def _held_out(name: str) -> tuple[str, ...]:
    """Names, in lower case, of arrays with the rows held out of the array of this name."""
    return tuple(each for part in PARTS for each in (f"{name}_{part}".lower(), f"{part}_{name}".lower()))


def _by_shape(
    arrays: Mapping[str, NDArray[Any]], targets: NDArray[Any] | None
) -> tuple[NDArray[Any] | None, NDArray[Any] | None, list[str]]:
    """The inputs and targets among arrays of other names, and remarks on the choice. The inputs are the only array; or
    the only array of several columns, with `targets` or the only one of one column as targets; or arrays of one column
    each. None for any other arrays."""
    if len(arrays) == 1:
        return next(iter(arrays.values())), None, []
    wide = [name for name, array in arrays.items() if array.ndim > 1 and array is not targets]
    if targets is not None and len(wide) == 1:
        return arrays[wide[0]], targets, [f'no array X: "{wide[0]}" is taken for the inputs']
    flat = [name for name, array in arrays.items() if array.ndim == 1]
    if len({len(arrays[name]) for name in (*wide, *flat)}) != 1 or len(wide) > 1 or len(wide) + len(flat) < len(arrays):
        return None, targets, []
    if not wide:
        records = np.empty(len(arrays[flat[0]]), [(name, arrays[name].dtype) for name in flat])
        for name in flat:
            records[name] = arrays[name]
        return records, None, []
    if len(flat) > 1:
        return None, targets, []
    remark = f'no arrays X and y: "{wide[0]}" is taken for the inputs, "{flat[0]}" for the target'
    return arrays[wide[0]], arrays[flat[0]], [remark]


def _target_beside(arrays: Mapping[str, NDArray[Any]], inputs: NDArray[Any]) -> tuple[NDArray[Any] | None, list[str]]:
    """The only array of one column with as many rows as the inputs, and a remark; None if there is none or several."""
    able = [name for name, array in arrays.items() if array.ndim == 1 and len(array) == len(inputs)]
    if len(able) != 1 or arrays[able[0]] is inputs:
        return None, []
    return arrays[able[0]], [f'no array y: "{able[0]}" is taken for the target']


def one_target(targets: NDArray[Any]) -> tuple[NDArray[Any], list[str]]:
    """(rows,): the targets as one column, and a remark if they were more."""
    matrix = targets.reshape(len(targets), -1) if len(targets) else targets[:, None]
    if targets.ndim == 1 or matrix.shape[1] == 1:
        return matrix[:, 0], []
    if matrix.dtype.kind in "biuf" and np.isin(matrix, (0, 1)).all() and (matrix.sum(axis=1) == 1).all():
        return matrix.argmax(axis=1), [f"the target is one-hot: its classes are the numbers 0 … {matrix.shape[1] - 1}"]
    return matrix[:, 0], [f"the target has {matrix.shape[1]} columns: the first is learned, the others are left out"]


def _first(arrays: Mapping[str, NDArray[Any]], names: Sequence[str]) -> NDArray[Any] | None:
    able = {name.lower(): array for name, array in arrays.items() if array.ndim}
    return next((able[name] for name in names if name in able), None)


def _columns(inputs: NDArray[Any], file: str) -> tuple[list[Column], list[str]]:
    """The columns, and a sentence for each of a structured array that cannot be learned from."""
    if inputs.dtype.names:
        able = [name for name in inputs.dtype.names if inputs[name].ndim == 1 and inputs.dtype[name].kind in KINDS]
        types = {name: str(inputs.dtype[name]) for name in inputs.dtype.names if name not in able}
        if not able:
            raise TableError(file, f"has no column of numbers, texts or dates; found {', '.join(types.values())}")
        left_out = [f'left out: "{name}" is of type {kind}, neither numbers nor texts' for name, kind in types.items()]
        return [_column(name, inputs[name], file) for name in able], left_out
    if inputs.ndim == 0 or not len(inputs):
        raise TableError(file, "has no rows")
    matrix = inputs.reshape(len(inputs), -1)
    return [_column(f"x{number + 1}", matrix[:, number], file) for number in range(matrix.shape[1])], []


def _column(name: str, values: NDArray[Any], file: str) -> Column:
    if values.ndim == 1 and values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
        return Column(name=name, kind="number", values=np.where(np.isfinite(numbers), numbers, np.nan))
    if values.ndim == 1 and values.dtype.kind == "M":
        days = (values - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
        return Column(name=name, kind="date", values=days.astype(np.float64), unit="days since 1970-01-01")
    if values.ndim == 1 and values.dtype.kind in "USO":
        return _read_as_cells(name, list(map(_shown, values.tolist())))
    raise TableError(file, f'column "{name}" is of type {values.dtype}, which is neither numbers nor texts')


def _shown(value: Any) -> str:
    """A value as a cell; "" for None, NaN, and what pandas writes for a missing value."""
    text = "" if value is None else str(value)
    return "" if text in ("nan", "NaT", "<NA>") else text


def _read_as_cells(name: str, texts: list[str]) -> Column:
    """What texts are, numbers and dates among them, as in a file of text."""
    cells = CollectedCells(name, Convention(), unit_of(texts[:MOST_TRIED], Convention()))
    values, codes = np.empty(len(texts)), np.zeros(len(texts), np.int16)
    cells.add(texts, values, codes)
    return cells.column(values, codes)
