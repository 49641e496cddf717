"""Interleaved spirals: the hardest of the drawn classifications, for which one small layer is too little."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from tui_trainer.datasets.dataset import Examples
from tui_trainer.datasets.generated import GeneratedDataset, Noise, on_circle, taking_turns


class Spiral(GeneratedDataset, tag="spiral", frozen=True, kw_only=True):
    """t uniform in [0.05, 1], angle 2π(turns·t + class/classes), radius 1.5 t."""

    task = "classification"
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [32, 32],
        "network.activation": "relu",
        "network.initializer": "he",
        "loss.name": "cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "training.batch_size": 32,
        "training.epochs": 60,
        "training.pace": 50,
    }

    samples: Annotated[int, Meta(ge=1, le=100_000)] = 400
    """Training examples."""
    noise: Noise = 0.05
    """Standard deviation of the normal noise on both inputs."""
    classes: Annotated[int, Meta(ge=2, le=10)] = 2
    """Number of arms, each a class of its own."""
    turns: Annotated[float, Meta(ge=0, le=5)] = 1.25
    """How often an arm goes around the centre."""

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(f"arm {number}" for number in range(self.classes))

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, self.classes)
        t = random.uniform(0.05, 1.0, count)
        return Examples(on_circle(1.5 * t, 2 * np.pi * (self.turns * t + label / self.classes)), label)
