"""What was understood of a table, as plain data and in sentences. Every guess is mentioned."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.tables.recipe import Recipe
from tui_trainer.tables.roles import Roles
from tui_trainer.tables.table import Column, Table
from tui_trainer.wording import counted

MOST_COMPARED = 2_000_000
"""The most cells in which equal rows on both sides of the split are looked for."""


class ColumnReport(Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    role: Literal["target", "input", "left out"]
    reason: str = ""
    """Why it is left out."""
    unit: str = ""
    missing: int = 0
    markers: dict[str, int] = {}
    """What stands for a missing value → how often it occurs."""
    inputs: tuple[str, ...] = ()
    """The inputs of the network that it becomes."""


class Report(Struct, frozen=True, kw_only=True):
    """A table, and what is made of it."""

    file: str
    form: str
    sha256: str
    rows: int
    usable_rows: int
    columns: tuple[ColumnReport, ...]
    target: str
    task: str
    why_task: str
    classes: dict[str, int]
    """Class → rows; empty for a regression."""
    mean: float | None
    """Of the target of a regression."""
    deviation: float | None
    inputs: int
    image_shape: tuple[int, int] | None
    training_rows: int
    validation_rows: int
    remarks: tuple[str, ...]
    start: dict[str, object]
    """The suggested settings by dotted key."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The report for a person, a line each."""
        used = [each for each in self.columns if each.role == "input"]
        gaps = [f"{each.name} ({each.missing:,})" for each in used if each.missing]
        markers = dict.fromkeys(f'"{marker}"' for each in self.columns for marker in each.markers)
        lines = [
            f"{self.file}: {counted(self.rows, 'row')}, {counted(len(self.columns), 'column')} ({self.form})",
            *self.remarks,
            f"target: {self.target}, {self._target}",
            f"inputs: {self.inputs} from {_list([each.name for each in used])}",
        ]
        if self.image_shape is not None:
            lines.append(f"the inputs are images of {self.image_shape[0]}×{self.image_shape[1]} pixels")
        dates = [f"{each.name} in {each.unit}" for each in used if each.unit and each.kind == "date"]
        lines += [f"dates as numbers: {_list(dates)}"] * bool(dates)
        measured = [f"{each.name} in {each.unit}" for each in self.columns if each.unit and each.kind == "number"]
        lines += [f"units in the cells: {_list(measured)}"] * bool(measured)
        written = f"; written as {_list(list(markers))}" if markers else ""
        lines += [f"missing values: {_list(gaps)}{written}"] * bool(gaps)
        lines += [f'left out: "{each.name}", {each.reason}' for each in self.columns if each.role == "left out"]
        lines.append(f"{self.training_rows:,} rows to train on, {self.validation_rows:,} held out")
        return tuple(lines)

    @property
    def _target(self) -> str:
        if not self.classes:
            return f"a number: mean {self.mean:.4g}, standard deviation {self.deviation:.4g}"
        why = f" ({self.why_task}; --task regression takes them as a number)" if "whole" in self.why_task else ""
        balance = _list([f"{name} {count:,}" for name, count in self.classes.items()])
        return f"{len(self.classes)} classes{why}: {balance}"


def report_of(
    table: Table,
    roles: Roles,
    recipe: Recipe,
    parts: tuple[NDArray[np.int64], NDArray[np.int64]],
    held_out: int,
    start: dict[str, object],
) -> Report:
    """`parts`: the rows of the table for training and validation. `held_out`: rows held out, of another table too."""
    targets = roles.targets(roles.rows)
    reasons = dict(roles.left_out)
    inputs = {each.column: each.names for each in recipe.inputs}

    def described(column: Column) -> ColumnReport:
        is_target = column.name == roles.target.name
        return ColumnReport(
            name=column.name,
            kind=column.kind,
            role="target" if is_target else "input" if column.name in inputs else "left out",
            reason=reasons.get(column.name, ""),
            unit=column.unit,
            missing=int(column.missing.sum()),
            markers=column.markers,
            inputs=inputs.get(column.name, ()),
        )

    counts = np.bincount(targets.astype(np.int64), minlength=len(roles.classes)).tolist() if roles.classes else []
    return Report(
        file=table.name,
        form=table.form,
        sha256=table.sha256,
        rows=table.rows,
        usable_rows=len(roles.rows),
        columns=tuple(map(described, table.columns)),
        target=roles.target.name,
        task=roles.task,
        why_task=roles.why_task,
        classes=dict(zip(roles.classes, counts, strict=True)),
        mean=None if roles.classes else float(targets.mean()),
        deviation=None if roles.classes else float(targets.std()),
        inputs=len(recipe.names),
        image_shape=roles.image_shape,
        training_rows=len(parts[0]),
        validation_rows=held_out,
        remarks=(*table.remarks, *table.left_out, *roles.remarks, *_twins(table, roles, parts)),
        start=start,
    )


def _twins(table: Table, roles: Roles, parts: tuple[NDArray[np.int64], NDArray[np.int64]]) -> list[str]:
    columns = [*(table.column(each.column, "columns") for each in roles.inputs), roles.target]
    return twins(*([column.values[rows] for column in columns] for rows in parts))


def twins(training: list[Floats], validation: list[Floats]) -> list[str]:
    """A remark if rows that are held out are trained on too. `training`, `validation`: the columns (rows,) of either
    side."""
    if not len(validation[0]) or (len(training[0]) + len(validation[0])) * len(training) > MOST_COMPARED:
        return []
    known = {row.tobytes() for row in np.stack(training, axis=1) + 0.0}
    count = sum(row.tobytes() in known for row in np.stack(validation, axis=1) + 0.0)
    if not count:
        return []
    equal = "is equal to a row" if count == 1 else "are equal to rows"
    return [f"{count:,} of the rows held out {equal} that {'is' if count == 1 else 'are'} trained on"]


def _list(names: list[str]) -> str:
    return ", ".join(names[:8]) + (f" … and {len(names) - 8} more" if len(names) > 8 else "")
