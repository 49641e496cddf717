"""Which rows of a table are held out to judge what was learned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.tables.table import Column, Table, TableError

Rows = NDArray[np.int64]

TRAINING_WORDS = frozenset(("train", "training", "fit", "learn"))
NAMED = 8
"""The most groups that are named one by one."""
VALIDATION_WORDS = frozenset(("validation", "valid", "val", "test", "dev", "held out", "holdout", "eval"))


def by_column(table: Table, column: Column, rows: Rows, share: float, random: np.random.Generator) -> tuple[Rows, Rows]:
    """The `rows` for training and for validation. Words such as train and validation decide. In any other column equal
    values form a group, and groups are drawn at random until `share` of the rows is held out.

    Raises `TableError` if nothing is left on one side.
    """
    values = column.values[rows]
    if says_split(column):
        said = np.array([word in VALIDATION_WORDS for word in _words(column)])
        held_out = said[values.astype(np.int64)] & ~column.missing[rows]
    else:
        values = np.where(column.missing[rows], -1e300, values)
        groups, counts = np.unique(values, return_counts=True)
        order = random.permutation(len(groups))
        before = np.cumsum(counts[order]) - counts[order]
        held_out = np.isin(values, groups[order[before < share * len(rows)]])
    if held_out.all() or (share and not held_out.any()):
        raise TableError(
            table.name, f'"{column.name}" leaves nothing to {"train on" if held_out.all() else "hold out"}', "split"
        )
    return rows[~held_out], rows[held_out]


def drawn_groups(column: Column, held_out: Rows) -> str:
    """A remark on a column whose words do not say which rows are held out; "" for one whose words do."""
    if says_split(column) or not len(held_out):
        return ""
    values = np.unique(column.values[held_out][~column.missing[held_out]])
    names = [column.texts[int(value)] if column.kind == "text" else f"{value:g}" for value in values[:NAMED].tolist()]
    names += ["those without a value"] * bool(column.missing[held_out].any())
    more = f" … and {len(values) - NAMED} more" if len(values) > NAMED else ""
    return (
        f'"{column.name}" has no words like train and validation: groups of equal values are drawn at random, and held '
        f"out are {', '.join(names)}{more}"
    )


def in_neither(column: Column) -> NDArray[np.bool_]:
    """(rows,): which rows are neither for training nor for validation, in a column with words for both."""
    known = np.array([word in TRAINING_WORDS | VALIDATION_WORDS for word in _words(column)], dtype=np.bool_)
    if not says_split(column):
        return np.zeros(len(column.values), dtype=np.bool_)
    return ~known[column.values.astype(np.int64)] & ~column.missing


def says_split(column: Column) -> bool:
    """Whether the words of a column say which rows are held out."""
    words = set(_words(column))
    both = bool(words & TRAINING_WORDS and words & VALIDATION_WORDS)
    return both or (bool(words) and words <= TRAINING_WORDS | VALIDATION_WORDS)


def _words(column: Column) -> list[str]:
    return [text.strip().casefold() for text in column.texts]


def in_order(rows: Rows, share: float) -> tuple[Rows, Rows]:
    """Hold out the last rows, as is right for a series over time."""
    count = len(rows) - round(share * len(rows))
    return rows[:count], rows[count:]
