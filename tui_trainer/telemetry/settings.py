"""A setting as the screen lists it: its key, its range and what changing it costs. Made by `cli` from the structs."""

from __future__ import annotations

from msgspec import Struct


class Setting(Struct, frozen=True, kw_only=True):
    """One line of the settings list. Exactly one of `choices`, or `low`/`high`, or neither (free text) is given."""

    key: str
    """Dotted TOML key, as `--set` takes it."""
    label: str
    """"learning rate"."""
    help: str
    choices: tuple[object, ...] = ()
    """Allowed values in order, where they can be counted."""
    low: float | None = None
    high: float | None = None
    logarithmic: bool = False
    """Whether a sensible step multiplies (1, 2, 5, 10 …) rather than adds."""
    step: float = 0.0
    """The sensible step of a setting that adds."""
    integer: bool = False
    live: bool = False
    """Whether it changes while running; otherwise the run restarts with the same seed."""


OWN_WORDS = {
    "data.name": "dataset",
    "loss.name": "loss",
    "optimizer.name": "optimizer",
    "schedule.name": "schedule",
    "network.hidden": "hidden layers",
    "network.dtype": "precision",
}
"""Settings whose key is not what people call them."""


def words_of(key: str) -> str:
    """A dotted key in words: "learning rate", "dataset"."""
    return OWN_WORDS.get(key) or key.rpartition(".")[2].replace("_", " ")
