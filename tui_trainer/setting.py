"""A setting is declared once: the annotation of its field holds everything that is true of it.

    LearningRate = Annotated[float, Meta(ge=0, le=1e6), setting("How far a step goes.", step=FACTOR, live=True)]

Validation, the list of settings, help, the README's table, `--set`, arms and presets all read the annotation
(`experiment.declared`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

FACTOR: Literal["factor"] = "factor"
"""Instead of a step: the value goes along 1, 2, 5, 10 …; a whole number along powers of two."""
ROUND: Literal["round"] = "round"
"""Instead of a step: the value goes along 1, 2, 5, 10 …, whole numbers too."""

LEARNING_RATE = "optimizer.learning_rate"
SEED = "training.seed"
PACE = "training.pace"
BATCH_SIZE = "training.batch_size"
TABLE, TABLE_HASH = "data.file", "data.sha256"
ADDED_EXAMPLES, LEFT_OUT = "data.extra", "data.without"
"""The settings that many places of the program name."""

EVERYDAY = 115
"""Settings of a smaller `order` are the everyday ones; the list keeps the others folded by their tables."""

LAST = 10_000
"""The `order` of a setting that declares none."""

NUMBER_OF_SEEDS = 2**32
Seed = Annotated[int, Meta(ge=0, lt=NUMBER_OF_SEEDS)]
"""The range of seeds of every random generator."""


def seed_after(seed: int, steps: int = 1) -> int:
    """The seed so many steps on; after the last one comes 0."""
    return (seed + steps) % NUMBER_OF_SEEDS


class SettingFacts(Struct, frozen=True, kw_only=True):
    """What is true of a setting wherever it occurs."""

    help: str
    """One or two sentences."""
    label: str = ""
    """What people call the setting; in a declaration "" for the name of the field."""
    short: str = ""
    """The label in a narrow space; "" for the label itself."""
    unit: str = ""
    """What the number counts or is measured in, in the plural: "iterations", "degrees"."""
    listed: bool = True
    """Whether the list of settings shows the setting. Files and `--set` can give the others too."""
    live: bool = False
    """Whether a change acts while the run goes on; otherwise it restarts the run with the same seed."""
    automatic: bool = False
    """Whether None means that the run chooses the value itself, and shows it."""
    counted: bool = False
    """Whether the value is a list of any length, of which words say only the length."""
    lists: tuple[tuple[object, ...], ...] = ()
    """Sensible values in order, if a value is a list of different words."""


class Declaration(SettingFacts, frozen=True, kw_only=True):
    """What a setting declares beyond its type and its range."""

    order: int = LAST
    """Position in the list of settings, the everyday ones first."""
    step: float | Literal["factor", "round"] = 1.0
    """The sensible step: a number to add, or how the value is multiplied."""
    choices: Mapping[str, object] | None = None
    """The registry whose names are the allowed values."""
    applies: Callable[[Any], bool] | None = None
    """Whether the setting can change anything in an `Experiment`; None if it always can."""


def setting(help: str, **declared: Any) -> Meta:
    """The annotation that carries a `Declaration`: its help, and other fields by name."""
    return Meta(extra={"declaration": Declaration(help=help, **declared)})
