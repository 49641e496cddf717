"""A setting as the screen lists it: its key, its range and what changing it costs (made by `cli` from the structs), and
the words for it and its values: the same in the list, in messages and at marks."""

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
    above_low: bool = False
    """Whether `low` itself is not allowed."""
    below_high: bool = False
    """Whether `high` itself is not allowed."""
    logarithmic: bool = False
    """Whether a sensible step multiplies (1, 2, 5, 10 …) rather than adds."""
    step: float = 0.0
    """The sensible step of a setting that adds."""
    integer: bool = False
    decimal: bool = False
    """Whether whole numbers that multiply go 1, 2, 5, 10 … too, rather than by powers of two."""
    words: tuple[str, ...] = ()
    """What may stand in place of a number: "full", "all"."""
    optional: bool = False
    """Whether there may be no value: none, or one that the run chooses for itself."""
    most_entries: int | None = None
    """Of a list: how many entries it may have."""
    lists: tuple[tuple[object, ...], ...] = ()
    """Sensible values in order, where a value is a list of different words."""
    live: bool = False
    """Whether it changes while running; otherwise the run restarts with the same seed."""


OWN_WORDS = {
    "data.name": "dataset",
    "data.dim": "dimensions",
    "data.sep": "distance",
    "data.minority": "share of class 1",
    "data.freq": "waves",
    "loss.name": "loss",
    "loss.delta": "Huber delta",
    "network.hidden": "hidden layers",
    "network.bias_init": "starting bias",
    "network.dtype": "precision",
    "optimizer.name": "optimizer",
    "optimizer.l1": "L1 penalty",
    "optimizer.l2": "L2 penalty",
    "optimizer.beta1": "beta 1",
    "optimizer.beta2": "beta 2",
    "schedule.name": "schedule",
    "schedule.warmup": "warm-up",
    "schedule.steps": "parts",
    "schedule.gamma": "factor a part",
    "schedule.end": "rate at the end",
    "schedule.rise": "rising share",
    "schedule.divide": "start divided by",
    "training.drop_last": "drop last batch",
    "training.early_stopping.min_delta": "least progress",
}
"""Settings whose key is not what people call them."""

LEARNING_RATE = "optimizer.learning_rate"
"""The setting that keys, remedies and a rescue change."""

EARLY_STOPPING = "training.early_stopping"
"""The one setting that is a table of others: there, or not there."""

AUTO = "auto"
"""In place of a value that the run chooses for itself."""

AUTOMATIC = frozenset({"network.initializer", "training.evaluate_every", "training.iterations", "training.epochs"})
"""Settings that are chosen by the run where nobody gives them."""


def is_seed(key: str) -> bool:
    """Whether it is a setting that decides random draws, of all of the run or of a part."""
    return key.rpartition(".")[2] == "seed"


def words_of(key: str) -> str:
    """A dotted key in words: "learning rate", "dataset"."""
    return OWN_WORDS.get(key) or key.rpartition(".")[2].replace("_", " ")


def value_words(value: object, key: str = "") -> str:
    """A value as a person would write it: "yes", "1e-5", "1,500", "16 8"; `key` says what no value means."""
    if isinstance(value, bool | dict) or key == EARLY_STOPPING:
        return "yes" if value or isinstance(value, dict) else "no"
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, list | tuple):
        return " ".join(map(value_words, value)) or "none"
    if value is None:
        return AUTO if key in AUTOMATIC else "none"
    return str(value).replace("_", " ")


def plain_number(value: float, digits: int = 6) -> str:
    """A number that somebody chose, without trailing zeros: 0.5, 20, 1e-5."""
    text = f"{abs(value):.{digits}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return f"−{text}" if value < 0 else text
