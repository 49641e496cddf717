"""What each column is for: the target, the inputs, and what is left out and why.

Everything guessed here can be said by the person instead, and is part of the report.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.tables.recipe import Input
from tui_trainer.tables.split import in_neither
from tui_trainer.tables.table import Column, Table, TableError, check_size

Missing = Literal["indicator", "mean", "drop", "refuse"]
TableTask = Literal["classification", "regression"]

TARGET_NAMES = frozenset(
    [
        *("target", "label", "labels", "class", "classes", "y", "species", "variety", "diagnosis", "outcome", "output"),
        *("response", "quality", "survived", "churn", "exited", "default", "price", "medv", "charges", "result"),
    ]
)
"""Names, in lower case, of columns that are the target wherever they stand."""
MOST_CLASSES = 100
FEW_NUMBERS = 10
"""Different whole numbers up to which a target is a class, if each occurs often enough."""
MOST_CATEGORIES = 20
"""Categories with an input of their own; above it the rarest share one."""
FEWEST_ROWS = 5
BRIGHTEST = 255.0
"""The highest value of a pixel."""
A_NUMBER = re.compile(r"(^|[\s_])(id|index|row|no|nr|number)\.?$|^unnamed|^column 1$", re.IGNORECASE)
AN_ID = re.compile(r"(^|[\s_])(id|uuid|guid)$", re.IGNORECASE)
NOT_A_TARGET = re.compile(
    r"(^|[\s_])(year|date|time|day|month|hour|id|index|comments?|notes?)s?($|[\s_(])", re.IGNORECASE
)


class Roles(Struct, frozen=True, kw_only=True, eq=False):
    """The decision for a table."""

    target: Column
    task: TableTask
    why_task: str
    """In words, if it could be seen otherwise."""
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
        if not self.classes or self.target.kind == "text":
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
    kept = np.ones(table.rows, dtype=np.bool_)
    if table.rows < FEWEST_ROWS:
        raise _too_few(table, table.rows)
    remarks = []
    for name in apart:
        column = table.column(name, "split")
        strange = in_neither(column)
        if count := int(strange.sum()):
            kept &= ~strange
            row = int(np.flatnonzero(strange)[0])
            word = column.texts[int(column.values[row])]
            remarks.append(
                f'left out: {count:,} row{"s" * (count > 1)} whose "{name}" says neither training nor validation, the '
                f'first "{word}" on line {table.lines[row]}'
            )
    reasons = {column.name: reason for column in table.columns if (reason := _useless(column, table))}
    reasons |= dict.fromkeys(apart, "it says which rows are held out")
    wanted = _wanted(table, columns)
    chosen = _target(table, target, reasons, wanted)
    if reason := _no_target(chosen):
        raise TableError(table.name, f'"{chosen.name}" cannot be the target: {reason}', "target")
    check_size(table, chosen, "target")
    without = int((kept & chosen.missing).sum())
    kept &= ~chosen.missing
    kind, why = _task(chosen, chosen.values[kept], task, table.name)
    if without:
        remarks.append(f'left out: {without:,} rows without "{chosen.name}"')
    left_out, inputs = [], []
    for column in table.columns:
        if column is chosen:
            continue
        reason = reasons.get(column.name, "")
        if wanted is not None:
            reason = (
                "" if column.name in wanted and not column.distinct_is_bound else "it is not among the chosen columns"
            )
        if reason:
            left_out.append((column.name, reason))
        else:
            check_size(table, column, "columns")
            inputs.append(column)
    rows = np.flatnonzero(kept)
    gaps = np.zeros(table.rows, dtype=np.bool_)
    for column in inputs:
        gaps |= column.missing
    gaps &= kept
    if gaps.any() and missing == "refuse":
        row = int(np.flatnonzero(gaps)[0])
        name = next(column.name for column in inputs if column.missing[row])
        raise TableError(
            table.name, f'line {table.lines[row]} has no "{name}", and missing values are refused', "missing"
        )
    if missing == "drop" and gaps.any():
        remarks.append(f"left out: {int(gaps.sum()):,} rows with missing values")
        rows = np.flatnonzero(kept & ~gaps)
    if not inputs:
        raise TableError(table.name, f'no column is left to learn "{chosen.name}" from{_reasons(left_out)}')
    if len(rows) < FEWEST_ROWS:
        raise _too_few(table, len(rows))
    image_shape = _image_shape(inputs, rows)
    made = tuple(_input(column, rows, missing, 1.0 if image_shape is None else BRIGHTEST) for column in inputs)
    return Roles(
        target=chosen,
        task=kind,
        why_task=why,
        classes=_classes(chosen, chosen.values[rows], table) if kind == "classification" else (),
        inputs=made,
        left_out=tuple(left_out),
        rows=rows,
        remarks=(*remarks, *_leaks(chosen, inputs, rows)),
        image_shape=image_shape,
    )


def _too_few(table: Table, rows: int) -> TableError:
    return TableError(table.name, f"has {rows} row{'s' * (rows != 1)} to learn from; at least {FEWEST_ROWS} are needed")


def _wanted(table: Table, columns: Sequence[str] | None) -> set[str] | None:
    if columns is None:
        return None
    named = {table.column(each.removeprefix("-"), "columns").name: each.startswith("-") for each in columns}
    if any(named.values()):
        return {column.name for column in table.columns} - {name for name, out in named.items() if out}
    return set(named)


def _useless(column: Column, table: Table) -> str:
    """Why a column cannot help to predict; "" if it can."""
    present = column.values[~column.missing]
    if not len(present):
        return "it is empty"
    distinct = len(np.unique(present)) if column.kind != "text" else len(column.texts)
    if column.distinct_is_bound:
        return "it is free text, or an id"
    if distinct == 1:
        return "it is constant"
    if column.kind == "text":
        if distinct == len(present) > 2:
            return "every row has another text: an id, or free text"
        if distinct > MOST_CATEGORIES and distinct > len(present) / 4:
            return f"it has {distinct:,} different texts: ids, or free text"
        return ""
    if A_NUMBER.search(column.name) and len(present) == table.rows > 4 and column.values[0] in (0, 1):
        first = column.values[0]
        if (column.values == np.arange(first, first + table.rows)).all():
            return "it numbers the rows"
    if AN_ID.search(column.name) and distinct == len(present):
        return "it is an id"
    return ""


def _target(table: Table, asked: str | int | None, useless: dict[str, str], wanted: set[str] | None) -> Column:
    if asked is not None:
        return table.column(asked, "target")
    if table.target:
        return table.column(table.target, "target")
    able = [column for column in table.columns if column.name not in useless and not _no_target(column)]
    if not able:
        raise TableError(table.name, f"has no column that can be a target{_reasons(list(useless.items()))}", "target")
    named = [column for column in able if column.name.strip().casefold() in TARGET_NAMES]
    if named:
        return named[-1]
    plausible = [each for each in able if each.kind != "date" and not _is_time(each)] or able
    first, last = plausible[0], plausible[-1]
    # Classes stand first in old tables (wine), and numbers after them.
    numbered_from_one = np.unique(first.values[~first.missing])
    is_class = first.kind == "text" or (
        _few(first.values) and (numbered_from_one == np.arange(len(numbered_from_one)) + numbered_from_one[0]).all()
        and numbered_from_one[0] in (0, 1) and first.name != "column 1"
    )  # fmt: skip
    is_class = is_class and first is table.columns[0]
    return first if is_class and last.kind == "number" and not _few(last.values[~last.missing]) else last


def _is_time(column: Column) -> bool:
    """Whether a column is years, or called after a time or a number of the row."""
    present = column.values[~column.missing]
    years = (present >= 1800) & (present <= 2100) & (present % 1 == 0)
    return (column.kind == "number" and years.mean() > 0.9) or bool(NOT_A_TARGET.search(column.name))


def _few(values: NDArray[np.float64]) -> bool:
    """Whether numbers look like classes: few whole ones, each at least twice and five times on average."""
    distinct = np.unique(values)
    if len(distinct) == 2:
        return True
    whole = bool((distinct == np.round(distinct)).all())
    return whole and 2 <= len(distinct) <= FEW_NUMBERS and len(values) >= 5 * len(distinct)


def _no_target(column: Column) -> str:
    """Why a column cannot be learned; "" if it can."""
    present = column.values[~column.missing]
    distinct = len(np.unique(present))
    if distinct < 2:
        return "it is empty" if not len(present) else "it is constant"
    if column.kind == "text" and (column.distinct_is_bound or distinct > MOST_CLASSES or distinct > len(present) / 2):
        return f"it has {distinct:,} different texts in {len(present):,} rows, so it is free text or an id"
    return ""


def _task(column: Column, values: NDArray[np.float64], asked: TableTask | None, file: str) -> tuple[TableTask, str]:
    """The task, and why if it is not plain."""
    if column.kind == "text":
        if asked == "regression":
            raise TableError(file, f'"{column.name}" has texts, so it cannot be a regression', "task")
        return "classification", ""
    distinct = len(np.unique(values))
    if asked is not None:
        if asked == "classification" and distinct > MOST_CLASSES:
            raise TableError(
                file,
                f'"{column.name}" has {distinct:,} different values; at most {MOST_CLASSES} can be classes',
                "task",
            )
        return asked, "as you said"
    if not _few(values):
        return "regression", ""
    return "classification", "" if distinct == 2 else f"{distinct} whole numbers are taken as classes"


def _classes(column: Column, values: NDArray[np.float64], table: Table) -> tuple[str, ...]:
    if column.kind == "text":
        return column.texts
    distinct = np.unique(values)
    if len(table.class_names) == len(distinct) and (distinct == np.arange(len(distinct))).all():
        return table.class_names
    return tuple(f"{value:.12g}" for value in distinct)


def _input(column: Column, rows: NDArray[np.int64], missing: Missing, scale: float) -> Input:
    gaps = bool(column.missing[rows].any())
    categories: tuple[str, ...] = ()
    rest = False
    if column.kind == "text":
        codes = column.values[rows]
        counts = np.bincount(codes[codes >= 0].astype(np.int64), minlength=len(column.texts))
        if rest := len(column.texts) > MOST_CATEGORIES:
            often = np.sort(np.argsort(-counts, kind="stable")[: MOST_CATEGORIES - 1])
            categories = tuple(column.texts[code] for code in often)
        else:
            categories = column.texts
    return Input(
        column=column.name, kind=column.kind, categories=categories, other=rest, unit=column.unit, scale=scale,
        indicator=gaps and missing == "indicator",
    )  # fmt: skip


def _leaks(target: Column, inputs: Sequence[Column], rows: NDArray[np.int64]) -> list[str]:
    """Inputs that give the target away."""
    told = []
    for column in inputs:
        values, truth = column.values[rows], target.values[rows]
        both = ~(column.missing[rows] | target.missing[rows])
        if both.sum() > 2 and _same(values[both], truth[both], "text" in (column.kind, target.kind)):
            told.append(f'"{column.name}" gives "{target.name}" away: each value of one goes with one of the other')
    return told


def _same(a: NDArray[np.float64], b: NDArray[np.float64], are_texts: bool) -> bool:
    """Whether each number follows from the other, for texts in any way, for numbers by a straight line."""
    if not are_texts:
        return bool(np.ptp(a) > 0 < np.ptp(b) and abs(np.corrcoef(a, b)[0, 1]) > 1 - 1e-9)
    kinds = len(np.unique(a))
    return 1 < kinds < len(a) / 2 and kinds == len(np.unique(b)) == len(np.unique(np.stack((a, b)), axis=1).T)


def _image_shape(inputs: Sequence[Column], rows: NDArray[np.int64]) -> tuple[int, int] | None:
    """(height, width) if the inputs are a square of whole numbers from 0 to 255: the pixels of an image."""
    side = round(len(inputs) ** 0.5)
    if side < 5 or side * side != len(inputs) or any(each.kind != "number" for each in inputs):
        return None
    highest = 0.0
    for column in inputs:
        values = column.values[rows[:1000]]
        if not ((values >= 0) & (values <= BRIGHTEST) & (values == np.round(values))).all():
            return None
        highest = max(highest, float(values.max()))
    return (side, side) if highest > 3 else None


def _reasons(left_out: Sequence[tuple[str, str]]) -> str:
    told = "; ".join(f'"{name}": {reason}' for name, reason in left_out[:4])
    return f" ({told}{'; …' if len(left_out) > 4 else ''})" if told else ""
