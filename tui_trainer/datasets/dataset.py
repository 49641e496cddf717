"""The contract of a data set: a frozen struct whose fields are the keys of the `[data]` table.

The annotations of the fields declare range and help. `Dataset.check` checks what single fields cannot express; `make`
turns configuration and seed into arrays. The annotations are no texts here, which each data set would compile again
when the program starts.
"""

from enum import IntEnum
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats
from tui_trainer.datasets.preparation import FEATURE_SETS, PLAIN_FEATURES, Feature
from tui_trainer.setting import FACTOR, Seed, setting
from tui_trainer.setting_error import SettingError, explained
from tui_trainer.tables.recipe import Recipe
from tui_trainer.tables.table import RowWord

Task = Literal["classification", "regression", "embedding"]
Scale = Annotated[float, Meta(ge=1e-6, le=1e6)]


Share = Annotated[float, Meta(ge=0, le=1)]
LabelNoise = Annotated[
    Share,
    setting(
        "Share of the labels moved to another class, of the training and of the validation set alike.",
        order=410,
        step=0.05,
    ),
]
Standardize = Annotated[
    bool,
    setting(
        "Shift and scale every input to mean 0 and standard deviation 1, as measured on the training set.",
        short="standard",
        order=420,
    ),
]
Features = Annotated[
    tuple[Feature, ...],
    Meta(min_length=1),
    setting(
        "What the network is given of a point with two columns: x1 x2 x1^2 x2^2 x1x2 sin(x1) sin(x2).",
        order=430,
        lists=FEATURE_SETS,
    ),
]
FeatureScale = Annotated[
    Scale | tuple[Scale, ...],
    setting(
        "Multiplies the inputs: one number for all columns, or one per column.",
        short="scale",
        order=440,
        step=FACTOR,
    ),
]
Coordinate = Annotated[float, Meta(ge=-1e6, le=1e6)]
Extra = Annotated[
    tuple[Coordinate | tuple[Coordinate, ...], ...],
    Meta(max_length=1000),
    setting(
        "Training examples put there by hand, each [input, …, target]; a class is given by its number from 0.",
        label="examples added",
        listed=False,
        live=True,
        counted=True,
    ),
]
Without = Annotated[
    tuple[Annotated[int, Meta(ge=0)], ...],
    setting(
        "Training examples left out by hand, by their numbers from 0.",
        label="examples left out",
        listed=False,
        live=True,
        counted=True,
    ),
]
Samples = Annotated[int, Meta(ge=1, le=100_000)]
Noise = Annotated[
    float,
    Meta(ge=0, le=100),
    setting(
        "Standard deviation of the normal noise: on the inputs, or on the target of a regression.",
        order=80,
        step=0.05,
    ),
]
DataSeed = Annotated[
    Seed | None,
    setting("Holds the data fixed while the seed of the run varies.", listed=False),
]
Classes = Annotated[int, Meta(ge=2, le=10), setting("Number of classes.", order=350)]
Dimensions = Annotated[int, setting("Number of inputs.", label="dimensions", order=360)]


class Part(IntEnum):
    """The set for which numbers are drawn. It is part of their address, so neither set depends on the other's size."""

    TRAINING = 0
    VALIDATION = 1


class Examples(NamedTuple):
    """A set before feature scale and label noise: inputs (n, columns), targets (n,), and texts if rows are texts."""

    inputs: Floats
    targets: Floats
    texts: tuple[str, ...] = ()


class Dataset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name"):
    """The settings of every data set. A subclass adds tag, class variables, `draw`, columns and classes."""

    task: ClassVar[Task]
    unit: ClassVar[str] = ""
    """The unit of the inputs; "" if there is none worth naming."""
    short: ClassVar[str] = ""
    """The name for a narrow space: "glasses"."""
    recommended: ClassVar[dict[str, object]]
    """Dotted key outside `data` → value, of an experiment that trains well on this data with its defaults."""

    label_noise: LabelNoise = 0.0
    standardize: Standardize = False
    feature_scale: FeatureScale = 1.0
    features: Features = PLAIN_FEATURES
    extra: Extra = ()
    without: Without = ()
    seed: DataSeed = None

    @property
    def added(self) -> tuple[tuple[float, ...], ...]:
        """The rows of `extra`."""
        return tuple(row for row in self.extra if isinstance(row, tuple))

    @property
    def name(self) -> str:
        """The tag, which is `data.name` in TOML."""
        return str(self.__struct_config__.tag)

    @property
    def title(self) -> str:
        """What the data are called on the screen."""
        return self.name.replace("_", " ")

    @property
    def pinned(self) -> Self:
        """The same data with what finds them again: a table's absolute path and hash."""
        return self

    @property
    def standardizes(self) -> bool:
        """Whether the inputs are standardised."""
        return self.standardize

    @property
    def input_names(self) -> tuple[str, ...]:
        return ("x1", "x2")

    @property
    def sources(self) -> tuple[tuple[str, int], ...]:
        """Name and number of inputs of each column of the source. A column of categories becomes several inputs."""
        return tuple((name, 1) for name in self.input_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes (or subjects) in the order of their numbers; empty for a regression."""
        return ()

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """(height, width) if the columns are pixels, row by row from the top."""
        return None

    @property
    def has_validation(self) -> bool:
        """Whether any of the data is held out."""
        return False

    @property
    def upper_limits(self) -> dict[str, int]:
        """Key → the largest number that this data set can have, if others can have a larger one."""
        return {}

    def encoded(self, text: str) -> Floats | None:
        """(columns,): a text as an input of the network, before the feature scale; None where examples are no texts."""
        return None

    def fitted_recipe(self, seed: int) -> Recipe | None:
        """How a row of the person's table becomes inputs, under the seed of the data; None without a table."""
        return None

    @property
    def row_word(self) -> RowWord:
        """What its `lines` are."""
        return "line"

    def lines(self, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """The line of the file of every drawn example, of the training and of the validation set; None without."""
        return None

    @property
    def available_choices(self) -> dict[str, tuple[object, ...]]:
        """Key → the choices that this data set has, if they are not those of all."""
        return {}

    @property
    def chosen(self) -> dict[str, object]:
        """Key → what the data set has chosen itself, for the automatic keys that are not given."""
        return {}

    @property
    def inapplicable(self) -> dict[str, str]:
        """Key without meaning for this data set → what is allowed, and why. The screen does not offer these keys."""
        reasons: dict[str, str] = {}
        if self.task == "embedding":
            reasons["extra"] = f"none, because an example of {self.name} is a text"
        if self.task != "classification":
            reasons["label_noise"] = f"only 0, because {self.name} has no class labels to swap"
        if len(self.input_names) != 2:
            reasons["features"] = (
                f"only {list(PLAIN_FEATURES)} (the columns as they are), because the others are made of two "
                f"columns and {self.name} has {len(self.input_names)}"
            )
        return reasons

    def check(self) -> None:
        """Raise `SettingError` for a value from which no data can be made; ranges of the fields are checked too."""
        values = msgspec.to_builtins(self)
        try:
            # A struct built in Python has not been through the decoder, which checks the declared ranges.
            msgspec.convert(values, type(self))
        except msgspec.ValidationError as error:
            raise explained("data", type(self), values, error) from None
        inapplicable = self.inapplicable
        for field in msgspec.structs.fields(self) if inapplicable else ():  # saves a millisecond of a reply to a key
            value = getattr(self, field.name)
            if field.name in inapplicable and value != field.default:
                raise SettingError(f"data.{field.name}", value, inapplicable[field.name])
        columns = len(self.input_names)
        if isinstance(self.feature_scale, tuple) and len(self.feature_scale) != columns:
            allowed = f"one number for all columns of {self.name}, or {columns}, one per column"
            raise SettingError("data.feature_scale", self.feature_scale, allowed)
        if self.extra or self.without:
            self._check_by_hand()

    def _check_by_hand(self) -> None:
        """Raise `SettingError` for an example that cannot be added or left out."""
        classes, added = len(self.class_names), self.added
        row = f"[{', '.join(self.input_names)}, {f'class from 0 to {classes - 1}' if classes else 'target'}]"
        if self.extra and (not added or len({isinstance(each, tuple) for each in self.extra}) > 1):
            raise SettingError("data.extra", self.extra, f"a list of examples, each {row}")
        for number, example in enumerate(added):
            if len(example) != len(self.input_names) + 1 or (classes and example[-1] not in range(classes)):
                raise SettingError(f"data.extra[{number}]", example, row)
        if self.without:
            count, left_out = len(self.draw(0)[0].targets), set(self.without)
            if max(left_out) >= count:
                allowed = f"0 to {count - 1}, the numbers of the training examples"
                raise SettingError("data.without", max(left_out), allowed)
            least = 2 if self.task == "embedding" else 1
            if count - len(left_out) + len(added) < least:
                raise SettingError("data.without", len(left_out), f"at least {least} training examples have to stay")

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        """The training and the validation set of this seed. Equal seeds give equal bits."""
        raise NotImplementedError
