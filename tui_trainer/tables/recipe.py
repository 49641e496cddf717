"""The recipe from a row of a table to the inputs of a network, as one plain value that goes to JSON and back.

Weights alone are useless without it: it holds the columns, the categories and what stands for a missing value.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from msgspec import Struct, structs

from tui_trainer.arrays import Floats
from tui_trainer.setting_error import shortened
from tui_trainer.tables.notation import Writing, writing_of
from tui_trainer.tables.numbers import Convention
from tui_trainer.tables.table import Column, Kind, Table, TableError, check_size
from tui_trainer.wording import counted, date_in_words, plain_number

OTHER = "other"
MOST_DOUBLES = 4_000_000
"""Number of inputs in all rows above which they are kept in single precision, in which the network computes, where that
is exact enough."""
ROUNDED = 1e-6
"""The largest error of a single-precision input, as a share of the column's standard deviation."""
UNKNOWN = -2
"""The position among the inputs of a text that the training did not know."""


class Input(Struct, frozen=True, kw_only=True):
    """One column of the table, and the inputs that it becomes."""

    column: str
    kind: Kind
    unit: str = ""
    """What dates are counted in."""
    categories: tuple[str, ...] = ()
    """The texts that have an input of their own; of two texts only the second has one."""
    other: bool = False
    """Whether an input stands for all other texts."""
    scale: float = 1.0
    """Divides numbers: 255 for pixels."""
    indicator: bool = False
    """Whether a last input says that the value is missing, 0 or 1."""
    fill: tuple[float, ...] = ()
    """What stands for a missing value in each input: its mean over the training rows."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the inputs."""
        names = [f"{self.column} = {text}" for text in self._own] if self.kind == "text" else [self.column]
        names += [f"{self.column}: {OTHER}"] * self.other + [f"{self.column} missing"] * self.indicator
        return tuple(names)

    @property
    def _own(self) -> tuple[str, ...]:
        return self.categories[1:] if len(self.categories) == 2 and not self.other else self.categories

    def in_words(self, values: Floats) -> str:
        """The raw inputs (inputs,) of this column in words."""
        if self.indicator and values[-1] == 1:
            return "missing"
        if self.kind == "date":
            return date_in_words(float(values[0]), self.unit)
        if self.kind == "number":
            return plain_number(float(values[0]) * self.scale)
        places = values[: len(values) - self.indicator]
        if not np.isin(places, (0, 1)).all():
            return "missing"  # the means of the categories stand for it
        if len(places) == 1 and not self.other:
            return self.categories[int(places[0])]
        return (*self._own, OTHER)[int(places.argmax())]

    def encoded(self, table: Table, rows: np.ndarray) -> Floats:
        """(rows, inputs), NaN where the value is missing or an unknown text, without the indicator.

        Raises `TableError`.
        """
        column = table.column(self.column, "columns")
        _check_kind(table, column, self.kind, "columns")
        values = column.values[rows]
        if self.kind != "text":
            numbers: Floats = values[:, None] if self.scale == 1 else values[:, None] / self.scale
            return numbers
        texts = column.texts if column.kind == "text" else tuple(f"{value:.15g}" for value in np.unique(values))
        codes = values if column.kind == "text" else np.searchsorted(np.unique(values), values).astype(float)
        absent = column.missing[rows]
        own = self._own
        place = {text: number for number, text in enumerate(own)}
        rest = len(own) if self.other else UNKNOWN
        # A text that the training did not know belongs to the other ones, or is as good as missing.
        places = np.array([place.get(text, -1 if text in self.categories else rest) for text in (*texts, "")])
        chosen = places[np.where(absent, len(texts), codes).astype(np.int64)]
        inputs: Floats = (chosen[:, None] == np.arange(len(own) + self.other)).astype(np.float64)
        inputs[absent | (chosen == UNKNOWN)] = np.nan
        return inputs


class Recipe(Struct, frozen=True, kw_only=True, dict=True):
    """From a table to the inputs of a network, in raw units, and from its outputs to answers."""

    inputs: tuple[Input, ...]
    target: str
    classes: tuple[str, ...] = ()
    """In the order of their numbers; empty for a regression."""
    target_mean: float = 0.0
    target_scale: float = 1.0
    """The prediction of a regression, times the scale, plus the mean, is the number in the units of the table."""
    writing: Writing = Writing()
    """How the cells of the table are written; those of any other table are read so."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(name for each in self.inputs for name in each.names)

    def fitted(self, table: Table, targets: Floats, rows: np.ndarray) -> Recipe:
        """The recipe with the means over these training rows, and with mean and scale of their targets (rows,) if they
        are numbers."""
        inputs = tuple(_fitted(each, table, rows) for each in self.inputs)
        if self.classes:
            return structs.replace(self, inputs=inputs)
        mean, scale = float(targets.mean()), float(targets.std()) or 1.0
        return structs.replace(self, inputs=inputs, target_mean=mean, target_scale=scale)

    def precision(self, table: Table) -> type[np.float64] | type[np.float32]:
        """The precision in which the inputs of all rows are kept. Single precision takes half the memory. It is used
        only for a large table whose dates it holds exactly and whose numbers it changes by no more than `ROUNDED`."""
        if table.rows * len(self.names) <= MOST_DOUBLES:
            return np.float64
        for each in self.inputs:
            if each.kind == "text":
                continue  # its inputs are 0, 1, or a share that stands for a missing text
            values = table.column(each.column, "columns").values
            with np.errstate(over="ignore"):
                error = float(np.nanmax(np.abs(values - values.astype(np.float32)), initial=0.0))
            if error > (0.0 if each.kind == "date" else ROUNDED * float(np.nanstd(values))):
                return np.float64
        return np.float32

    def matrix(self, table: Table, rows: np.ndarray, dtype: type[np.floating[Any]] = np.float64) -> Floats:
        """(rows, inputs), without missing values. Raises `TableError` for a column that the table lacks."""
        matrix: Floats = np.empty((len(rows), len(self.names)), dtype)
        place = 0
        for each in self.inputs:
            encoded = each.encoded(table, rows)
            gaps = np.isnan(encoded[:, :1])
            width = encoded.shape[1]
            np.copyto(
                matrix[:, place : place + width],
                np.where(gaps, np.array(each.fill), encoded) if gaps.any() else encoded,
            )
            place += width
            if each.indicator:
                matrix[:, place] = gaps[:, 0]
                place += 1
        return matrix

    def in_words(self, values: Floats) -> list[str]:
        """The raw inputs (inputs,) of a row in words, column by column: "size 120", "town Bern"."""
        ends = np.cumsum([len(each.names) for each in self.inputs])
        parts = np.split(values, ends[:-1])
        return [f"{each.column} {each.in_words(part)}" for each, part in zip(self.inputs, parts, strict=True)]

    def unknown(self, table: Table, rows: np.ndarray) -> tuple[str, ...]:
        """A sentence for every column with words that the training did not know and that no input stands for.

        Raises `TableError`.
        """
        sentences = []
        for each in self.inputs:
            column = table.column(each.column, "columns")
            if each.kind != "text" or each.other:
                continue
            strange = rows[np.isnan(each.encoded(table, rows)[:, 0]) & ~column.missing[rows]]
            if len(strange):
                first = strange[0]
                text = column.texts[int(column.values[first])] if column.texts else f"{column.values[first]:.15g}"
                sentences.append(
                    f'{table.name}: {counted(len(strange), "cell")} of "{each.column}" '
                    f"{'have words' if len(strange) > 1 else 'has a word'} that the training did not know, the first "
                    f'"{shortened(text)}" on {table.where(first)}; the mean stands for them, as for missing values'
                )
        return tuple(sentences)

    def answers(self, table: Table) -> Floats:
        """(rows,): the numbers of the classes, or the values, in the target column; NaN where there is none.

        Raises `TableError` for a class that the training does not know.
        """
        column = table.column(self.target, "target")
        _check_kind(table, column, "text" if self.classes else "number", "target")
        if not self.classes:
            return column.values
        numbers = np.unique(column.values[~column.missing])
        texts = column.texts or tuple(class_name(value, table.class_names) for value in numbers.tolist())
        unknown = [text for text in texts if text not in self.classes]
        if unknown:
            raise TableError(
                table.name,
                f'"{self.target}" has "{unknown[0]}", which is not among {", ".join(self.classes)}',
                "target",
            )
        place = np.array([*(self.classes.index(text) for text in texts), np.nan])
        codes = column.values if column.kind == "text" else np.searchsorted(numbers, column.values)
        answers: Floats = place[np.where(column.missing, len(texts), codes).astype(np.int64)]
        return answers


def recipe_of(table: Table, inputs: Sequence[Input], target: str, classes: tuple[str, ...]) -> Recipe:
    """The recipe for the table that is learned from, still without means."""
    writing = writing_of(table, {target, *(each.column for each in inputs)})
    return Recipe(inputs=tuple(inputs), target=target, classes=classes, writing=writing)


def class_name(number: float, names: Sequence[str]) -> str:
    """The name that a file gives to the class of this number, or else the number."""
    return names[int(number)] if number in range(len(names)) else f"{number:.12g}"


def _check_kind(table: Table, column: Column, kind: Kind, key: str) -> None:
    """Raises `TableError`, which names the first cell that is not of the kind."""
    found = column.unread
    if found is None and kind != "text" and column.kind == "text" and column.texts:
        is_number = np.array([Convention().number(text) is not None for text in column.texts])
        codes = np.where(column.missing, 0, column.values).astype(np.int64)
        rows = np.flatnonzero(~column.missing & ~is_number[codes])
        row = int(rows[0]) if len(rows) else int(np.argmin(column.missing))
        found = row, column.texts[codes[row]]
    if found is None:
        check_size(table, column, key)
    else:
        row, text = found
        signs = f" ({table.convention.remark})" * bool(table.convention.remark)
        date = f"date written as {column.format or 'YYYY-MM-DD'}"
        unit = f" with the unit {column.unit}" if column.unit else ""
        what = date if column.kind == "date" else f"number{unit}{signs}"
        raise TableError(
            table.name, f'{table.where(row)} has "{shortened(text)}" in "{column.name}", which is no {what}', key
        )


def _fitted(each: Input, table: Table, rows: np.ndarray) -> Input:
    encoded = each.encoded(table, rows)
    known = encoded[~np.isnan(encoded[:, 0])]
    means = known.mean(axis=0) if len(known) else np.zeros(encoded.shape[1])
    return structs.replace(each, fill=tuple(means.tolist()))
