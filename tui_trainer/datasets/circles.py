"""Two circles, one inside the other: no straight line separates them."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.datasets.dataset import Examples
from tui_trainer.datasets.generated import GeneratedDataset, on_circle, taking_turns


class Circles(GeneratedDataset, tag="circles", frozen=True, kw_only=True):
    """Radius 1 (class 0) or 0.5 (class 1) at a uniform angle."""

    task = "classification"
    class_names = ("outer", "inner")
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [16],
        "network.activation": "tanh",
        "loss.name": "binary_cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.02,
        "training.batch_size": 32,
        "training.epochs": 80,
        "training.pace": 40,
    }

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, 2)
        return Examples(on_circle(np.where(label == 0, 1.0, 0.5), random.uniform(0, 2 * np.pi, count)), label)
