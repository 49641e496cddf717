"""A sine wave with noise: a curve to fit that is simple enough to draw."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from tui_trainer.datasets.dataset import Examples
from tui_trainer.datasets.generated import GeneratedDataset
from tui_trainer.setting import setting

Waves = Annotated[float, Meta(ge=0, le=20), setting("Waves between −1 and 1.", label="waves", order=400, step=0.5)]


class Sine(GeneratedDataset, tag="sine", frozen=True, kw_only=True):
    """x uniform in [−1, 1], y = sin(π · freq · x) + noise."""

    task = "regression"
    input_names = ("x",)
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [32],
        "network.activation": "tanh",
        "loss.name": "mean_squared_error",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "training.batch_size": 32,
        "training.epochs": 150,
        "training.pace": 70,
    }

    freq: Waves = 1.0

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        x = random.uniform(-1, 1, (count, 1))
        return Examples(x, np.sin(np.pi * self.freq * x[:, 0]))
