"""What deserves a remark in the chosen columns: texts that may mean the same, dates, inputs that give the target
away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui_trainer.setting_error import shortened
from tui_trainer.tables.table import Column
from tui_trainer.wording import DAYS


def alike_texts(columns: Sequence[Column]) -> list[str]:
    """Texts that differ in capitals only, and so may mean the same."""
    remarks = []
    for column in columns:
        known: dict[str, str] = {}
        for text in column.texts:
            if (other := known.setdefault(text.casefold(), text)) != text:
                remarks.append(f'"{column.name}": "{shortened(other)}" and "{shortened(text)}" differ in capitals only')
                break
    return remarks


def about_dates(inputs: Sequence[Column], rows: NDArray[np.int64]) -> list[str]:
    """Remarks on dates: how they were read, if that is not certain, and that the rows follow a date."""
    remarks = [f'"{each.name}": {each.remark}' for each in inputs if each.remark]
    for each in inputs:
        values = each.values[rows]
        steps = np.diff(values[~np.isnan(values)])
        if each.kind == "date" and each.unit == DAYS and len(steps) and (steps != 0).mean() > 0.5:
            if (steps >= 0).all():
                remarks.append(f'the rows follow "{each.name}": --ordered holds the latest out instead of any')
            elif (steps <= 0).all():
                remarks.append(f'the rows go back in time by "{each.name}": --ordered holds the earliest out')
    return remarks


def leaks(target: Column, inputs: Sequence[Column], rows: NDArray[np.int64]) -> list[str]:
    """Remarks on inputs that give the target away."""
    remarks = []
    for column in inputs:
        values, truth = column.values[rows], target.values[rows]
        both = ~(column.missing[rows] | target.missing[rows])
        if both.sum() > 2 and _same(values[both], truth[both], "text" in (column.kind, target.kind)):
            remarks.append(f'"{column.name}" gives "{target.name}" away: each value of one goes with one of the other')
    if siblings := _siblings(target, inputs, rows):
        names = ", ".join(f'"{each.name}"' for each in siblings[:3])
        more = f" and {len(siblings) - 3} more" if len(siblings) > 3 else ""
        remarks.append(f'{names}{more} and "{target.name}": one of them is 1 in every row, so the others give it away')
    return remarks


def _same(a: NDArray[np.float64], b: NDArray[np.float64], are_texts: bool) -> bool:
    """Whether each value determines the other: for texts in any way, for numbers by a straight line."""
    if not are_texts:
        return bool(np.ptp(a) > 0 < np.ptp(b) and abs(np.corrcoef(a, b)[0, 1]) > 1 - 1e-9)
    kinds = len(np.unique(a))
    return 1 < kinds < len(a) / 2 and kinds == len(np.unique(b)) == len(np.unique(np.stack((a, b)), axis=1).T)


def _siblings(target: Column, inputs: Sequence[Column], rows: NDArray[np.int64]) -> list[Column]:
    """The last inputs that with the target are 0 but for one 1 in every row: a category in several columns."""
    total = target.values[rows]
    if not np.isin(total, (0, 1)).all():
        return []
    for count, column in enumerate(reversed(inputs), 1):
        values = column.values[rows]
        if column.kind != "number" or not np.isin(values, (0, 1)).all():
            return []
        total = total + values
        if (total == 1).all():
            return list(inputs[len(inputs) - count :]) if count > 1 else []
    return []
