"""The role of each column: the target, the inputs, and the columns that are left out, with the reason.

The person can decide everything that is guessed here, and the report mentions it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.tables.pixels import image_shape_of, white_of, without_pixels
from tui_trainer.tables.recipe import Input, class_name
from tui_trainer.tables.remarks import about_dates, alike_texts, leaks
from tui_trainer.tables.split import in_neither
from tui_trainer.tables.table import Column, Table, TableError, check_size
from tui_trainer.tables.target import TableTask, target_of, task_of, why_no_target
from tui_trainer.tables.useless import MOST_CATEGORIES, only_column, reasons_in_words, why_useless
from tui_trainer.wording import counted

Missing = Literal["indicator", "mean", "drop", "refuse"]

FEWEST_ROWS = 5


class Roles(Struct, frozen=True, kw_only=True, eq=False):
    """The roles of a table's columns."""

    target: Column
    task: TableTask
    why_task: str
    """Why it is that task, in words, if another one could be meant; "" if not."""
    classes: tuple[str, ...]
    """In the order of their numbers; empty for a regression."""
    inputs: tuple[Input, ...]
    left_out: tuple[tuple[str, str], ...]
    """Column and reason."""
    rows: NDArray[np.int64]
    """The rows of the table that can be learned from."""
    remarks: tuple[str, ...]
    image_shape: tuple[int, int] | None

    def targets(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Class numbers from 0, or values, of these rows."""
        values = self.target.values[rows]
        if not self.classes:
            return values
        return np.searchsorted(np.unique(self.target.values[self.rows]), values).astype(np.float64)


def roles_of(
    table: Table,
    target: str | int | None,
    task: TableTask | None,
    columns: Sequence[str] | None,
    missing: Missing,
    apart: Sequence[str] = (),
) -> Roles:
    """Decide. `columns`: those to use as inputs, or those with a − before them to leave out; None for all that help.
    `apart`: columns that have another use. Raises `TableError`."""
    if table.rows < FEWEST_ROWS:
        raise _too_few(table, table.rows)
    kept, remarks = _on_a_side(table, apart)
    reasons = {column.name: reason for column in table.columns if (reason := why_useless(column, table))}
    reasons |= dict.fromkeys(apart, "it says which rows are held out")
    wanted = _wanted(table, columns)
    chosen = target_of(table, target, reasons)
    if reason := why_no_target(chosen):
        raise TableError(table.name, f'"{chosen.name}" cannot be the target: {reason}', "target")
    check_size(table, chosen, "target")
    without = int((kept & chosen.missing).sum())
    kept &= ~chosen.missing
    kind, why = task_of(chosen, chosen.values[kept], task, table.name)
    if without:
        remarks.append(f'left out: {counted(without, "row")} without "{chosen.name}"{_written(chosen)}')
    if wanted is None:
        reasons = without_pixels(reasons, table, chosen)
    inputs, left_out = _parted(table, chosen, reasons, wanted)
    rows = np.flatnonzero(kept)
    remarks += [*about_dates(inputs, rows), *alike_texts([chosen, *inputs])]
    if (gaps := _gaps(inputs, kept)).any() and missing == "refuse":
        row = int(np.flatnonzero(gaps)[0])
        name = next(column.name for column in inputs if column.missing[row])
        raise TableError(table.name, f'{table.where(row)} has no "{name}", and missing values are refused', "missing")
    if missing == "drop" and gaps.any():
        remarks.append(f"left out: {counted(int(gaps.sum()), 'row')} with missing values")
        rows = np.flatnonzero(kept & ~gaps)
    if not inputs:
        reasons_given = f"{reasons_in_words(left_out)}{only_column(table)}"
        raise TableError(table.name, f'no column is left to learn "{chosen.name}" from{reasons_given}')
    if len(rows) < FEWEST_ROWS:
        raise _too_few(table, len(rows))
    image_shape = image_shape_of(inputs, rows)
    scale = 1.0 if image_shape is None else white_of(inputs)
    made = tuple(_input(column, rows, missing, scale) for column in inputs)
    return Roles(
        target=chosen,
        task=kind,
        why_task=why,
        classes=_classes(chosen, chosen.values[rows], table) if kind == "classification" else (),
        inputs=made,
        left_out=tuple(left_out),
        rows=rows,
        remarks=(*remarks, *leaks(chosen, inputs, rows)),
        image_shape=image_shape,
    )


def _on_a_side(table: Table, apart: Sequence[str]) -> tuple[NDArray[np.bool_], list[str]]:
    """(rows,): which rows are for training or for validation as far as the columns `apart` say so; and remarks on the
    others."""
    kept, remarks = np.ones(table.rows, dtype=np.bool_), []
    for name in apart:
        column = table.column(name, "split")
        strange = in_neither(column)
        if count := int(strange.sum()):
            kept &= ~strange
            row = int(np.flatnonzero(strange)[0])
            word = column.texts[int(column.values[row])]
            remarks.append(
                f'left out: {counted(count, "row")} whose "{name}" says neither training nor validation, the '
                f'first "{word}" on {table.where(row)}'
            )
    return kept, remarks


def _parted(
    table: Table, target: Column, reasons: dict[str, str], wanted: set[str] | None
) -> tuple[list[Column], list[tuple[str, str]]]:
    """The columns to use as inputs, and the name of every other one with the reason to leave it out."""
    inputs, left_out = [], []
    for column in table.columns:
        if column is target:
            continue
        reason = reasons.get(column.name, "")
        if wanted is not None:
            is_chosen = column.name in wanted and not column.distinct_is_bound
            reason = "" if is_chosen else "it is not among the chosen columns"
        if reason:
            left_out.append((column.name, reason))
        else:
            check_size(table, column, "columns")
            inputs.append(column)
    return inputs, left_out


def _gaps(inputs: Sequence[Column], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows,): which of the rows that are kept lack the value of an input."""
    gaps = np.zeros(len(kept), dtype=np.bool_)
    for column in inputs:
        gaps |= column.missing
    return gaps & kept


def _written(column: Column) -> str:
    """What stands for a missing value, in parentheses; "" for an empty cell alone."""
    shown = ", ".join(f'"{marker}"' for marker in list(column.markers)[:4])
    return f" ({shown})" if column.markers.keys() - {"empty"} else ""


def _too_few(table: Table, rows: int) -> TableError:
    gone = f" ({'; '.join(table.left_out)})" if table.left_out else ""
    return TableError(table.name, f"has {counted(rows, 'row')} to learn from{gone}; at least {FEWEST_ROWS} are needed")


def _wanted(table: Table, columns: Sequence[str] | None) -> set[str] | None:
    if columns is None or tuple(columns) == (table.inputs,):
        return None
    named = {table.column(each.removeprefix("-"), "columns").name: each.startswith("-") for each in columns}
    if any(named.values()):
        return {column.name for column in table.columns} - {name for name, out in named.items() if out}
    return set(named)


def _classes(column: Column, values: NDArray[np.float64], table: Table) -> tuple[str, ...]:
    """Those that occur among the values (rows,) to learn from."""
    distinct = np.unique(values)
    if column.kind == "text":
        return tuple(column.texts[int(code)] for code in distinct)
    return tuple(class_name(value, table.class_names) for value in distinct.tolist())


def _input(column: Column, rows: NDArray[np.int64], missing: Missing, scale: float) -> Input:
    gaps = bool(column.missing[rows].any())
    categories: tuple[str, ...] = ()
    rest = False
    if column.kind == "text":
        codes = column.values[rows]
        counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(column.texts))
        present = np.flatnonzero(counts) if counts.any() else np.arange(len(column.texts))
        if rest := len(present) > MOST_CATEGORIES:
            present = np.sort(np.argsort(-counts, kind="stable")[: MOST_CATEGORIES - 1])
        categories = tuple(column.texts[code] for code in present)
    return Input(
        column=column.name, kind=column.kind, categories=categories, other=rest, unit=column.unit, scale=scale,
        indicator=gaps and missing == "indicator",
    )  # fmt: skip
