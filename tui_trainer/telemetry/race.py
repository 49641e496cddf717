"""Several arms side by side: the same weights and batches, differing in a setting; compared iteration for iteration."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.evaluation import Evaluation
from tui_trainer.telemetry.finding import Finding
from tui_trainer.telemetry.lead import Yardstick
from tui_trainer.telemetry.losses import Losses
from tui_trainer.telemetry.status import Status

MOST_ARMS = 6
"""Arms of a race: more curves cannot be told apart in one plot."""


class SettingHistory(Struct, frozen=True, kw_only=True):
    """All values that a setting of an arm has had."""

    key: str
    """Dotted TOML key."""
    values: tuple[tuple[int, object], ...]
    """(iteration, value): the value that the update after this iteration was the first to go by; the last is in force
    now."""


class ArmView(Struct, frozen=True, kw_only=True):
    """One arm of a race as the others see it."""

    name: str
    """"A", "B", … or the name that a preset gives."""
    letter: str
    """What it is called for short; no other arm has it."""
    changed: tuple[SettingHistory, ...] = ()
    """Settings that were changed since its start."""
    differs: tuple[SettingHistory, ...] = ()
    """Settings whose history differs from the first arm's (for the first arm: from any other's), from where it differs
    on."""
    like: str = ""
    """The letter of the first arm before it whose settings have the same history; "" for none."""
    status: Status
    finding: Finding | None = None
    """The headline of what is found of it at this moment."""
    iteration: int
    losses: Losses
    evaluation: Evaluation | None = None
    """Of this very moment: see `Snapshot.evaluation`."""
    yardstick: Yardstick
    """By what it is measured: numbers of arms are compared only where that is equal."""
    focused: bool


class Parting(Struct, frozen=True, kw_only=True):
    """The focused arm compared with its parent: the arm it was forked from, in a race that began as one the first.

    If the parent was dropped, with the parent's parent; the first arm is compared with its first child.
    """

    arms: tuple[str, str]
    iteration: int | None
    """The first iteration after which their weights (and biases) differ, 0 where they do from the start; None while
    they are equal to the bit, whatever else differs."""
    first: str
    """The layer that differed most (relative to its weights) at that iteration; empty while they are equal."""
    weight: str = ""
    """The weight (or bias) whose difference was the largest then: "w[3→1] of layer 2"."""
    layers: dict[str, float]
    """Name of each layer with weights → ‖difference‖ / ‖weights of the first‖ now; empty where shapes differ."""
    weights: NDArray[np.floating] | None = None
    """The second's weights less the first's, (inputs, units), of the layer looked at; None where shapes differ."""
