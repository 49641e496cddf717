"""One setting, declared once: everything that is true of it stands in the annotation of its field.

    LearningRate = Annotated[float, Meta(ge=0, le=1e6), setting("How far a step goes.", step=FACTOR, live=True)]

Validation, the list of settings, help, the README's table, `--set`, arms and presets all read it there
(`experiment.declared`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Meta, Struct

FACTOR: Literal["factor"] = "factor"
"""In place of a step: the value is multiplied, along 1, 2, 5, 10 … or, where it is whole, along powers of two."""
ROUND: Literal["round"] = "round"
"""The same along 1, 2, 5, 10 … also where the value is whole."""

LEARNING_RATE = "optimizer.learning_rate"
"""The one setting that keys, remedies and a rescue change by its name."""

LAST = 10_000
"""The `order` of a setting that declares none."""


class Declaration(Struct, frozen=True, kw_only=True):
    """What a setting declares beyond its type and its range."""

    help: str
    """One or two sentences."""
    label: str = ""
    """What people call it; "" where that is the name of the field."""
    short: str = ""
    """The same where room is short; "" where that is the label."""
    listed: bool = True
    """Whether the list of settings has it; what is not listed can still be given in a file or by `--set`."""
    order: int = LAST
    """Position in that list, the everyday ones first."""
    step: float | Literal["factor", "round"] = 1.0
    """The sensible step: a number to add, or how the value is multiplied."""
    unit: str = ""
    """What the number counts or is measured in, in the plural: "iterations", "degrees"."""
    live: bool = False
    """Whether a change acts while running; otherwise it restarts the run with the same seed."""
    automatic: bool = False
    """Whether None means that the run chooses the value itself, and shows it."""
    choices: Mapping[str, object] | None = None
    """The registry whose names are the allowed values."""
    lists: tuple[tuple[object, ...], ...] = ()
    """Sensible values in order, where a value is a list of different words."""
    applies: Callable[[Any], bool] | None = None
    """Whether the setting can change anything in an `Experiment`; None where it always can."""


def setting(help: str, **declared: Any) -> Meta:
    """The annotation that carries a `Declaration`: its help, and by name whatever else it says."""
    return Meta(extra={"declaration": Declaration(help=help, **declared)})
