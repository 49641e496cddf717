"""Several arms side by side: the same weights and batches, differing in a setting; compared iteration for iteration."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.telemetry.evaluation import Evaluation
from tui_trainer.telemetry.losses import Losses
from tui_trainer.telemetry.status import Status


class ArmView(Struct, frozen=True, kw_only=True):
    """One arm of a race as the others see it."""

    name: str
    """"A", "B", … or the name that a preset gives."""
    letter: str = ""
    """What it is called for short; "" for one that its place gives it."""
    changed: str = ""
    """What has been changed of it since its start: "learning rate 0.1"; empty where nothing has."""
    difference: str
    """How it differs from the first arm, the first from the second: "learning rate 0.1"; empty where it does not."""
    status: Status
    iteration: int
    losses: Losses
    evaluation: Evaluation | None = None
    """Of this very moment: see `Snapshot.evaluation`."""
    focused: bool


class Parting(Struct, frozen=True, kw_only=True):
    """How far the focused arm has gone from the first one (or the first from the second)."""

    arms: tuple[str, str]
    iteration: int | None
    """The first iteration after which their weights differ; None while they are equal to the bit."""
    first: str
    """The layer that differed most (relative to its weights) at that iteration; empty while they are equal."""
    weight: str = ""
    """The weight (or bias) whose difference was the largest then: "w[3→1] of layer 2"."""
    layers: tuple[float, ...]
    """‖difference‖ / ‖weights of the first‖ of each linear layer now; empty where the networks differ in shape."""
    weights: NDArray[np.floating] | None = None
    """The second's weights less the first's, (inputs, units), of the layer looked at; None where shapes differ."""
