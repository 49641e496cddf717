"""A person's own table. What it is, which column is the target and how a row becomes inputs is decided in `tables`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Examples, Task
from tui_trainer.datasets.fixed_size import FixedSizeDataset, stratified_order
from tui_trainer.randomness import Purpose, generator
from tui_trainer.setting import setting
from tui_trainer.tables.library import TableSource, absolute, read
from tui_trainer.tables.recipe import Recipe, recipe_of
from tui_trainer.tables.recommended import start
from tui_trainer.tables.report import Report, report_of, twins
from tui_trainer.tables.roles import Missing, Roles, roles_of
from tui_trainer.tables.split import by_column, drawn_groups, in_order
from tui_trainer.tables.table import UNCHOSEN, Chosen, RowWord, Table, TableError
from tui_trainer.tables.target import TableTask

FILE_KEYS = ("file", "target_file", "validation_file")
SHA256_DIGITS = 64

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
Split = Annotated[
    str | None,
    setting(
        "A column that says which rows are held out: train and validation as they say, of any other column equal "
        "values stay together.",
        listed=False,
    ),
]
Ordered = Annotated[
    bool, setting("Whether the last rows are held out, and not any ones, as for a series over time.", order=98)
]
TargetFile = Annotated[str | None, setting("A table of one column with the target of each row.", listed=False)]
ValidationFile = Annotated[str | None, setting("A second table, whose rows are held out.", listed=False)]
Sha256 = Annotated[
    str | None, setting("The SHA-256 of the file; a file that has changed is told and not trained on.", listed=False)
]
Delimiter = Annotated[str | None, setting("What separates two cells.", listed=False)]
Decimal = Annotated[Literal["point", "comma"] | None, setting("The decimal sign of its numbers.", listed=False)]
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
    split: Split = None
    ordered: Ordered = False
    target_file: TargetFile = None
    validation_file: ValidationFile = None
    sha256: Sha256 = None
    delimiter: Delimiter = None
    encoding: Encoding = None
    header: Header = None
    decimal: Decimal = None
    standardize: StandardizeNumbers = None  # type: ignore[assignment]

    @property
    def source(self) -> TableSource:
        chosen = UNCHOSEN
        if self.file.lower().endswith(".npz"):  # elsewhere a new target must not read the file again
            inputs = self.columns[0] if self.columns is not None and len(self.columns) == 1 else ""
            chosen = Chosen(inputs=inputs, target=str(self.target or ""))
        return TableSource(self.file, self.delimiter, self.encoding, self.header, self.decimal, chosen=chosen)

    @property
    def table(self) -> Table:
        """Raises `TableError`, if the file is not the one that `sha256` remembers, too."""
        table = read(self.source)
        if self.sha256 is not None and not table.sha256.startswith(self.sha256):
            raise TableError(
                table.name,
                f"has changed: its SHA-256 is {table.sha256[:12]}… and not {self.sha256[:12]}…; without the key sha256 "
                "it is trained on as it is",
                "sha256",
            )
        return table if self.target_file is None else _with_target(table, read(TableSource(self.target_file)))

    @property
    def pinned(self) -> File:
        """The same table, found from everywhere, and only as it is now. Raises `TableError`."""
        paths = {key: absolute(name) for key in FILE_KEYS if (name := getattr(self, key)) is not None}
        is_known = len(self.sha256 or "") == SHA256_DIGITS
        return msgspec.structs.replace(self, **paths, sha256=self.sha256 if is_known else read(self.source).sha256)

    @property
    def held_out(self) -> Table | None:
        """The table whose rows are held out, if there is one of its own. Raises `TableError`."""
        if self.validation_file is not None:
            return read(self.source.like(self.validation_file, self.recipe.writing))
        return self.table.validation

    @property
    def roles(self) -> Roles:
        """Raises `TableError`."""
        apart = () if self.split is None else (self.table.column(self.split, "split").name,)
        return _roles(self.table, self.target, self.asked_task, self.columns, self.missing, apart)

    @property
    def title(self) -> str:
        return self.table.name

    @property
    def standardizes(self) -> bool:
        return self.image_shape is None if self.standardize is None else self.standardize

    @property
    def task(self) -> Task:  # type: ignore[override]
        return self.roles.task

    @property
    def recommended(self) -> dict[str, object]:  # type: ignore[override]
        roles = self.roles
        return start(len(roles.rows), len(roles.classes))

    @property
    def input_names(self) -> tuple[str, ...]:
        return self.recipe.names

    @property
    def sources(self) -> tuple[tuple[str, int], ...]:
        return tuple((each.column, len(each.names)) for each in self.recipe.inputs)

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.roles.classes

    @property
    def image_shape(self) -> tuple[int, int] | None:
        return self.roles.image_shape

    @property
    def recipe(self) -> Recipe:
        """Without the means, which depend on the training rows."""
        return _recipe(self.table, self.roles)

    @property
    def available_choices(self) -> dict[str, tuple[object, ...]]:
        return {"target": tuple(column.name for column in self.table.columns)}

    @property
    def chosen(self) -> dict[str, object]:
        """Key → what was found out, for the keys that are not given."""
        roles = self.roles
        return {"target": roles.target.name, "task": roles.task, "standardize": self.standardizes}

    @property
    def has_validation(self) -> bool:
        return self.held_out is not None or self.split is not None or self.validation_share > 0

    @property
    def most_samples(self) -> int:
        if self.held_out is not None:
            return len(self.roles.rows)
        return len(self.roles.rows) if self.split is not None else super().most_samples

    def check(self) -> None:
        if self.file.startswith("-") and len(self.file) > 1:
            raise TableError(self.file, "is no name of a file")
        super().check()
        if self.split is not None and self.ordered:
            raise TableError(
                self.title, f'"{self.split}" says which rows are held out, so they are not the last', "ordered"
            )
        if self.split is not None and self.held_out is not None:
            raise TableError(
                self.title, f'rows are held out by "{self.split}" or by a second table, not by both', "split"
            )
        if self.held_out is not None:
            self.draw(0)  # a column or a class may be missing there

    def load(self) -> tuple[Floats, Floats]:
        """No inputs, since they depend on the training rows, and the targets of all rows that are learned from."""
        roles = self.roles
        return np.zeros((len(roles.rows), 0)), roles.targets(roles.rows)

    def parts(self, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of the table in the training and in the validation set. Raises `TableError`."""
        roles, share, random = self.roles, self.validation_share, generator(seed, Purpose.SPLIT)
        if self.split is not None:
            column = self.table.column(self.split, "split")
            training, validation = by_column(self.table, column, roles.rows, share, random)
            training = random.permutation(training)
        elif self.ordered:
            training, validation = in_order(roles.rows, 0 if self.held_out is not None else share)
        else:
            many = len(roles.rows)
            order = stratified_order(roles.targets(roles.rows), random) if roles.classes else random.permutation(many)
            count = 0 if self.held_out is not None else self._validation_count(many)
            training, validation = roles.rows[order[count:]], roles.rows[order[:count]]
        return (training if self.samples == "all" else training[: self.samples]), validation

    def fitted_recipe(self, seed: int) -> Recipe:
        return self.recipe.fitted(self.table, self.roles.targets(self.parts(seed)[0]), self.parts(seed)[0])

    @property
    def row_word(self) -> RowWord:
        return self.table.row_word

    def lines(self, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        training, validation = self.parts(seed)
        held_out = self.held_out
        if held_out is None:
            return self.table.lines[training], self.table.lines[validation]
        return self.table.lines[training], held_out.lines[~np.isnan(self.recipe.answers(held_out))]

    def report(self, seed: int) -> Report:
        """What is understood of the table, split as under this seed of the run. Raises `TableError`."""
        seed = seed if self.seed is None else self.seed
        held_out, parts = self.held_out, self.parts(seed)
        found = report_of(self.table, self.roles, self.recipe, parts, len(self.lines(seed)[1]), self.recommended)
        more: tuple[str, ...] = ()
        if held_out is not None:
            gone = (f"{held_out.name}: {sentence}" for sentence in held_out.left_out)
            sides = ([*each.inputs.T, each.targets] for each in self.draw(seed))
            more = (*gone, *self.recipe.unknown(held_out, np.arange(held_out.rows)), *twins(*sides))
        if self.split is not None and (drawn := drawn_groups(self.table.column(self.split, "split"), parts[1])):
            more = (*more, drawn)
        return msgspec.structs.replace(found, remarks=(*found.remarks, *more))

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        table, held_out, roles = self.table, self.held_out, self.roles
        training, validation = self.parts(seed)
        recipe = self.fitted_recipe(seed)
        precision = recipe.precision(table)
        examples = Examples(recipe.matrix(table, training, precision), roles.targets(training))
        if held_out is None:
            return examples, Examples(recipe.matrix(table, validation, precision), roles.targets(validation))
        answers = recipe.answers(held_out)
        rows = np.flatnonzero(~np.isnan(answers))
        return examples, Examples(recipe.matrix(held_out, rows, precision), answers[rows])


@lru_cache(maxsize=8)
def _roles(
    table: Table,
    target: str | int | None,
    task: TableTask | None,
    columns: tuple[str, ...] | None,
    missing: Missing,
    apart: tuple[str, ...],
) -> Roles:
    return roles_of(table, target, task, columns, missing, apart)


@lru_cache(maxsize=8)
def _recipe(table: Table, roles: Roles) -> Recipe:
    return recipe_of(table, roles.inputs, roles.target.name, roles.classes)


@lru_cache(maxsize=4)
def _with_target(table: Table, targets: Table) -> Table:
    """The table with the only column of another one as its target. Raises `TableError`."""
    if len(targets.columns) != 1 or targets.rows != table.rows:
        raise TableError(
            targets.name,
            f"has {targets.rows:,} rows of {len(targets.columns)} columns; the targets of {table.name} are "
            f"{table.rows:,} rows of one",
            "target_file",
        )
    names = [column.name for column in table.columns]
    name = targets.columns[0].name if targets.columns[0].name not in names else "target"
    column = msgspec.structs.replace(targets.columns[0], name=name)
    return msgspec.structs.replace(table, columns=(*table.columns, column), target=name)
