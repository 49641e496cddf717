"""The contract of a dataset: a frozen struct whose fields are the keys of the `[data]` table.

The configuration is the object: declared ranges are the validation, the docstring beneath a field its help.
What fields alone cannot say is checked by `Dataset.check`; `make` turns configuration and seed into arrays.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from tui_trainer.arrays import Floats
from tui_trainer.datasets.preparation import FEATURE_SETS, PLAIN_FEATURES, Feature
from tui_trainer.setting import FACTOR, Seed, setting
from tui_trainer.setting_error import SettingError, explained

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
    """Which set a draw is for: a part of its address, so that neither set depends on the other's size."""

    TRAINING = 0
    VALIDATION = 1


class Examples(NamedTuple):
    """A set before feature scale and label noise: inputs (n, columns), targets (n,), texts if it has any."""

    inputs: Floats
    targets: Floats
    texts: tuple[str, ...] = ()


class Dataset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="name"):
    """What every dataset can be told. A subclass gives tag, class variables, `draw`, columns and classes."""

    task: ClassVar[Task]
    unit: ClassVar[str] = ""
    """What the inputs are measured in; "" where nobody would ask."""
    short: ClassVar[str] = ""
    """What its name is shortened to where room is short: "glasses"."""
    recommended: ClassVar[dict[str, object]]
    """Dotted keys outside `data` of an experiment that trains well on this data as its defaults make it."""

    label_noise: LabelNoise = 0.0
    standardize: Standardize = False
    feature_scale: FeatureScale = 1.0
    features: Features = PLAIN_FEATURES
    seed: DataSeed = None

    @property
    def name(self) -> str:
        """The tag: what `data.name` says in TOML."""
        return str(self.__struct_config__.tag)

    @property
    def input_names(self) -> tuple[str, ...]:
        """One name per column."""
        return ("x1", "x2")

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the class (or subject) numbers; empty for a regression."""
        return ()

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """(height, width) where the columns are pixels, row by row from the top."""
        return None

    @property
    def has_validation(self) -> bool:
        """Whether any of the data is held out."""
        return False

    @property
    def upper_limits(self) -> dict[str, int]:
        """Keys → the largest number that this data can have, where other data can have a larger one."""
        return {}

    @property
    def inapplicable(self) -> dict[str, str]:
        """Keys that mean nothing on this data → what is allowed, and why; nothing to offer on screen."""
        reasons: dict[str, str] = {}
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
        for field in msgspec.structs.fields(self) if inapplicable else ():  # a millisecond, and a key waits for it
            value = getattr(self, field.name)
            if field.name in inapplicable and value != field.default:
                raise SettingError(f"data.{field.name}", value, inapplicable[field.name])
        columns = len(self.input_names)
        if isinstance(self.feature_scale, tuple) and len(self.feature_scale) != columns:
            allowed = f"one number for all columns of {self.name}, or {columns}, one per column"
            raise SettingError("data.feature_scale", self.feature_scale, allowed)

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        """The training and the validation set of this seed; equal seeds give equal bits."""
        raise NotImplementedError
