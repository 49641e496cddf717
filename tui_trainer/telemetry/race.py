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


class Lived(Struct, frozen=True, kw_only=True):
    """What a setting of an arm has been."""

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
    changed: tuple[Lived, ...] = ()
    """What has been changed of it since its start."""
    differs: tuple[Lived, ...] = ()
    """The settings with which it has not lived as the first arm has (the first: as any other), since they differ."""
    like: str = ""
    """The letter of the first arm before it that has lived with the same settings all the time; "" for none."""
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
    """How far the focused arm has gone from the one it was forked from (in a race that began as one, and where that
    has been given up, another; the first arm from the first that is compared with it)."""

    arms: tuple[str, str]
    iteration: int | None
    """The first iteration after which their weights (and biases) differ, 0 where they do from the start; None while
    they are equal to the bit, whatever else differs."""
    first: str
    """The layer that differed most (relative to its weights) at that iteration; empty while they are equal."""
    weight: str = ""
    """The weight (or bias) whose difference was the largest then: "w[3→1] of layer 2"."""
    layers: tuple[float, ...]
    """‖difference‖ / ‖weights of the first‖ of each linear layer now; empty where the networks differ in shape."""
    weights: NDArray[np.floating] | None = None
    """The second's weights less the first's, (inputs, units), of the layer looked at; None where shapes differ."""
