"""Several arms side by side: the same weights and batches, but other settings, compared iteration for iteration."""

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
"""The largest number of arms: more curves cannot be distinguished in one plot."""


class SettingHistory(Struct, frozen=True, kw_only=True):
    """All values that a setting of an arm has had."""

    key: str
    """Dotted TOML key."""
    values: tuple[tuple[int, object], ...]
    """(iteration, value): the update after this iteration was the first with the value. The last value is in force."""


class ArmView(Struct, frozen=True, kw_only=True):
    """What the screen knows of one arm of a race."""

    name: str
    """"A", "B", …, or the name that a preset gives."""
    letter: str
    """The short name, unique among the arms."""
    changed: tuple[SettingHistory, ...] = ()
    """Settings that were changed since the start."""
    differs: tuple[SettingHistory, ...] = ()
    """Settings whose history differs from the first arm's (for the first arm: from any other's), from the iteration
    where they differ."""
    like: str = ""
    """The letter of the first earlier arm whose settings have the same history; "" if there is none."""
    status: Status
    finding: Finding | None = None
    """The most important finding of the arm at this moment."""
    iteration: int
    losses: Losses
    evaluation: Evaluation | None = None
    """An evaluation of this moment: see `Snapshot.evaluation`."""
    yardstick: Yardstick
    """What the arm is measured by. Numbers of arms are compared only if their yardsticks are equal."""
    focused: bool


class Parting(Struct, frozen=True, kw_only=True):
    """The focused arm compared with its parent: the arm it was forked from, or the first arm of a race.

    If the parent was dropped, the parent's parent takes its place. The first arm is compared with its first child.
    """

    arms: tuple[str, str]
    iteration: int | None
    """The first iteration after which the weights or biases differ; 0 if they differ from the start; None while they
    are equal to the bit."""
    first: str
    """The layer that differed most, relative to its weights, at that iteration; empty while the arms are equal."""
    weight: str = ""
    """The weight or bias with the largest difference at that iteration: "w[3→1] of layer 2"."""
    layers: dict[str, float]
    """Name of each layer with weights → ‖difference‖ / ‖weights of the first arm‖ now; empty if the shapes differ."""
    weights: NDArray[np.floating] | None = None
    """The second arm's weights minus the first's, (inputs, units), of the shown layer; None if the shapes differ."""
