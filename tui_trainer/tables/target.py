"""Which column of a table is learned, and whether as classes or as numbers."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.pixels import image_shape_of
from tui_trainer.tables.table import Column, Table, TableError
from tui_trainer.tables.useless import CONSTANT, EMPTY, NO_NAME, only_column, reasons_in_words

TableTask = Literal["classification", "regression"]

SURE_NAMES = frozenset(
    {"target", "label", "labels", "species", "variety", "diagnosis", "outcome", "response", "survived", "churn",
     "exited", "medv", "charges", "saleprice", "sale_price", "median_house_value", "medhouseval", "attrition"}
)  # fmt: skip
"""Names, in lower case, of columns that are the target wherever they stand."""
LIKELY_NAMES = frozenset(
    {"class", "classes", "output", "quality", "default", "price", "result", "fraud", "is_fraud", "isfraud", "churned",
     "is_churn", "spam", "is_spam", "loan_status", "attrition_flag", "heartdisease", "heart_disease", "cardio",
     "default.payment.next.month", "default payment next month", "klasse", "classe", "clase", "preis", "prix", "precio"}
)  # fmt: skip
"""Names, in lower case, of columns that are the target unless another one has a surer name."""
MOST_CLASSES = 100
FEW_NUMBERS = 10
"""Different whole numbers up to which a target is a class, if each occurs often enough."""
MOST_TRIED = 1_000
"""Values on which it is decided that there are too many different ones for classes."""
NOT_A_TARGET = re.compile(
    r"(^|[\s_])(year|quarter|season|month|week|weekday|day|date|hour|time|id|index|comments?|notes?)s?($|[\s_(])",
    re.IGNORECASE,
)
MOST_MISSING = 0.5
"""Share of rows without a value above which a column is the target only if the person chooses it."""
NO_NAMES = re.compile(r"column \d+|x\d+")
"""How columns are called that have no names."""
FEWEST_MEASURED = 4
"""Columns besides a first one with a name from which it is the classes that they describe, rather than a group."""


def target_of(table: Table, asked: str | int | None, useless: dict[str, str]) -> Column:
    """The column that is asked for, else the one that the names, the kinds and the order of the columns suggest.
    `useless`: name → reason of those that cannot help. Raises `TableError`."""
    if asked is not None:
        return table.column(asked, "target")
    if table.target:
        return table.column(table.target, "target")
    able = [column for column in table.columns if column.name not in useless and not why_no_target(column)]
    if not able:
        raise TableError(
            table.name,
            f"has no column that can be a target{reasons_in_words(list(useless.items()))}{only_column(table)}",
            "target",
        )
    if named := _by_name(table, able):
        return named
    for column in table.columns:
        if _name(column) in SURE_NAMES and useless.get(column.name) in (CONSTANT, EMPTY):
            raise TableError(
                table.name,
                f'"{column.name}" should be the target by its name, but {useless[column.name]}; --target names another '
                "column",
                "target",
            )
    able = [column for column in able if column.missing.mean() <= MOST_MISSING] or able
    plausible = [each for each in able if each.kind != "date" and not _is_time(each)] or able
    first, last = plausible[0], plausible[-1]
    return first if _stands_first(table, plausible) or _stands_before_pixels(table, first) else last


def _by_name(table: Table, able: list[Column]) -> Column | None:
    """The last column with one of the surest names that occur; None without any."""
    names = {_name(column) for column in table.columns}
    # Beside x and z, y is a place.
    for tier in (SURE_NAMES, LIKELY_NAMES, frozenset({"y"} - ({"y"} if "z" in names else set()))):
        if named := [each for each in able if _name(each) in tier and each.kind != "date"]:
            return named[-1]
    return None


def _name(column: Column) -> str:
    return column.name.strip().casefold()


def _stands_first(table: Table, plausible: list[Column]) -> bool:
    """Whether the first column is the classes, as in old tables (wine), and measured numbers come after them."""
    first, last = plausible[0], plausible[-1]
    has_names = any(not NO_NAMES.fullmatch(each.name) for each in table.columns)
    if (has_names and len(plausible) <= FEWEST_MEASURED) or _alone_is_whole(plausible):
        return False
    above = table.columns[: table.columns.index(first)]
    if not all(each.name == NO_NAME for each in above) or last.kind != "number" or _few(_present(last)):
        return False
    # Of several columns that could be classes the first is no more one than the others.
    if first.kind == "text":
        return all(each.kind != "text" for each in plausible[1:])
    return _are_numbered(first) and not any(each.kind == "text" or _few(_present(each)) for each in plausible[1:])


def _alone_is_whole(plausible: list[Column]) -> bool:
    """Whether the last of several columns counts, and all other columns of numbers have decimals."""
    *others, last = [each for each in plausible if each.kind == "number"] or [plausible[-1]]
    decimals = [bool((_present(each) % 1).any()) for each in others]
    return len(others) > 1 and all(decimals) and last is plausible[-1] and not (_present(last) % 1).any()


def _stands_before_pixels(table: Table, first: Column) -> bool:
    """Whether the first column is classes, and all others are the pixels of images."""
    is_first = first is table.columns[0] and _are_numbered(first)
    return is_first and image_shape_of(table.columns[1:], np.arange(table.rows)) is not None


def _are_numbered(column: Column) -> bool:
    """Whether a column holds nothing but 0, 1, 2, … or 1, 2, 3, …, each several times."""
    if column.kind != "number" or not _few(_present(column)):
        return False
    distinct = np.unique(_present(column))
    return bool(distinct[0] in (0, 1) and (np.diff(distinct) == 1).all())


def _present(column: Column) -> NDArray[np.float64]:
    return column.values[~column.missing]


def _is_time(column: Column) -> bool:
    """Whether a column holds years, or its name is that of a time or of a row number."""
    present = _present(column)
    years = (present >= 1800) & (present <= 2100) & (present % 1 == 0)
    return (column.kind == "number" and years.mean() > 0.9) or bool(NOT_A_TARGET.search(column.name))


def _few(values: NDArray[np.float64]) -> bool:
    """Whether numbers look like classes: few whole ones, each at least twice and five times on average."""
    if len(np.unique(values[:MOST_TRIED])) > FEW_NUMBERS:
        return False
    distinct = np.unique(values)
    if len(distinct) == 2:
        return True
    whole = bool((distinct == np.round(distinct)).all())
    return whole and 2 <= len(distinct) <= FEW_NUMBERS and len(values) >= 5 * len(distinct)


def why_no_target(column: Column) -> str:
    """Why a column cannot be learned; "" if it can."""
    present = _present(column)
    if not len(present) or present.min() == present.max():
        return "it is empty" if not len(present) else "it is constant"
    distinct = len(column.texts)
    if column.kind == "text" and (column.distinct_is_bound or distinct > MOST_CLASSES or distinct > len(present) / 2):
        return f"it has {distinct:,} different texts in {len(present):,} rows, so it is free text or an id"
    return ""


def task_of(column: Column, values: NDArray[np.float64], asked: TableTask | None, file: str) -> tuple[TableTask, str]:
    """The task, and the reason if it is not plain."""
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
