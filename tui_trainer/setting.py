"""One setting, declared once: everything that is true of it stands in the annotation of its field.

    LearningRate = Annotated[float, Meta(ge=0, le=1e6), setting("How far a step goes.", step=FACTOR, live=True)]

Validation, the list of settings, help, the README's table, `--set`, arms and presets all read it there
(`experiment.declared`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

FACTOR: Literal["factor"] = "factor"
"""In place of a step: the value is multiplied, along 1, 2, 5, 10 … or, where it is whole, along powers of two."""
ROUND: Literal["round"] = "round"
"""The same along 1, 2, 5, 10 … also where the value is whole."""

LEARNING_RATE = "optimizer.learning_rate"
"""The one setting that keys, remedies and a rescue change by its name."""

LAST = 10_000
"""The `order` of a setting that declares none."""

Seed = Annotated[int, Meta(ge=0, lt=2**32)]
"""What every generator of random numbers can start from."""


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
    """The annotation that carries a `Declaration`: its help, and by name whatever else it says."""
    return Meta(extra={"declaration": Declaration(help=help, **declared)})
