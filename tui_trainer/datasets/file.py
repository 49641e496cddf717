"""A person's own table. What it is, which column is the target and how a row becomes inputs is decided in `tables`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_trainer.datasets.dataset import Examples, Task
from tui_trainer.datasets.fixed_size import FixedSizeDataset, stratified_order
from tui_trainer.randomness import Purpose, generator
from tui_trainer.setting import setting
from tui_trainer.tables.library import Source, read
from tui_trainer.tables.recipe import Recipe, recipe_of
from tui_trainer.tables.roles import Missing, Roles, TableTask, roles_of
from tui_trainer.tables.start import start
from tui_trainer.tables.table import Table

FileName = Annotated[str, setting("The table to learn from.", listed=False)]
Target = Annotated[
    str | int | None,
    setting(
        "The column to predict, by its name or its number from 1; by default the last one, unless names or kinds of "
        "columns say otherwise.",
        order=92,
        automatic=True,
    ),
]
AskedTask = Annotated[
    TableTask | None,
    setting("Whether the target is a class or a number.", order=94, automatic=True),
]
MissingRule = Annotated[
    Missing,
    setting(
        "What stands for a missing value: the mean with an input that says so (indicator), the mean, or nothing: the "
        "row is left out (drop) or the table refused.",
        label="missing values",
        short="missing",
        order=96,
    ),
]
Columns = Annotated[
    tuple[str, ...] | None,
    setting("The columns to use as inputs, or with a - before them those to leave out.", listed=False),
]
Delimiter = Annotated[str | None, setting("What separates two cells.", listed=False)]
Encoding = Annotated[str | None, setting("How the text is encoded: utf-8, latin-1, utf-16.", listed=False)]
Header = Annotated[bool | None, setting("Whether a line of names stands above the rows.", listed=False)]
StandardizeNumbers = Annotated[
    bool | None,
    setting(
        "Shift and scale every input to mean 0 and standard deviation 1, as measured on the training set; by default "
        "unless the inputs are pixels.",
        short="standard",
        order=420,
        automatic=True,
    ),
]


class File(FixedSizeDataset, tag="file", frozen=True, kw_only=True):
    """A table in a file. What is not given is found out, and reported."""

    file: FileName
    target: Target = None
    asked_task: AskedTask = msgspec.field(name="task", default=None)
    missing: MissingRule = "indicator"
    columns: Columns = None
    delimiter: Delimiter = None
    encoding: Encoding = None
    header: Header = None
    standardize: StandardizeNumbers = None  # type: ignore[assignment]

    @property
    def table(self) -> Table:
        """Raises `TableError`."""
        return read(self.source)

    @property
    def source(self) -> Source:
        return Source(self.file, self.delimiter, self.encoding, self.header)

    @property
    def roles(self) -> Roles:
        """Raises `TableError`."""
        return _roles(self.table, self.target, self.asked_task, self.columns, self.missing)

    @property
    def title(self) -> str:
        return self.table.name

    @property
    def standardizes(self) -> bool:
        return self.image_shape is None if self.standardize is None else self.standardize

    @property
    def standardizes_targets(self) -> bool:
        return self.task == "regression"

    @property
    def task(self) -> Task:  # type: ignore[override]
        return self.roles.task

    @property
    def recommended(self) -> dict[str, object]:  # type: ignore[override]
        roles = self.roles
        return start(len(roles.rows), len(self.input_names), len(roles.classes))

    @property
    def input_names(self) -> tuple[str, ...]:
        return self.recipe.names

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.roles.classes

    @property
    def image_shape(self) -> tuple[int, int] | None:
        return self.roles.image_shape

    @property
    def recipe(self) -> Recipe:
        """Without the means, which depend on the training rows."""
        roles = self.roles
        return recipe_of(roles.inputs, roles.target.name, roles.classes)

    @property
    def most_samples(self) -> int:
        total = len(self.roles.rows)
        return total - self._validation_count(total)

    def parts(self, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of the table in the training and in the validation set."""
        roles = self.roles
        random = generator(seed, Purpose.SPLIT)
        order = (
            stratified_order(roles.targets(roles.rows), random)
            if roles.classes
            else random.permutation(len(roles.rows))
        )
        held_out = self._validation_count(len(order))
        training = order[held_out:] if self.samples == "all" else order[held_out:][: self.samples]
        return roles.rows[training], roles.rows[order[:held_out]]

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        training, validation = self.parts(seed)
        recipe, roles, table = self.recipe.fitted(self.table, training), self.roles, self.table
        return (
            Examples(recipe.matrix(table, training), roles.targets(training)),
            Examples(recipe.matrix(table, validation), roles.targets(validation)),
        )


@lru_cache(maxsize=8)
def _roles(
    table: Table, target: str | int | None, task: TableTask | None, columns: tuple[str, ...] | None, missing: Missing
) -> Roles:
    return roles_of(table, target, task, columns, missing)
