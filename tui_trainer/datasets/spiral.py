"""Interleaved spirals: the hardest of the drawn classifications. One small layer does not suffice."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from tui_trainer.datasets.dataset import Classes, Examples, Noise
from tui_trainer.datasets.generated import DrawnSamples, GeneratedDataset, on_circle, taking_turns
from tui_trainer.setting import setting

Turns = Annotated[float, Meta(ge=0, le=5), setting("How often an arm goes around the centre.", order=370, step=0.25)]


class Spiral(GeneratedDataset, tag="spiral", frozen=True, kw_only=True):
    """`classes` arms: t uniform in [0.05, 1], angle 2π(turns·t + class/classes), radius 1.5 t."""

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

    samples: DrawnSamples = 400
    noise: Noise = 0.05
    classes: Classes = 2
    turns: Turns = 1.25

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(f"arm {number}" for number in range(self.classes))

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, self.classes)
        t = random.uniform(0.05, 1.0, count)
        return Examples(on_circle(1.5 * t, 2 * np.pi * (self.turns * t + label / self.classes)), label)
