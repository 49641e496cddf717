"""Two interlocking half circles: nearly separable, with a curved boundary."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.datasets.dataset import Examples
from tui_trainer.datasets.generated import GeneratedDataset, on_circle, taking_turns


class Moons(GeneratedDataset, tag="moons", frozen=True, kw_only=True):
    """Half circles of radius 1, the second upside down and moved by (1, 0.5), then both moved by (−0.5, −0.25)."""

    task = "classification"
    class_names = ("upper", "lower")
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [16],
        "network.activation": "tanh",
        "loss.name": "binary_cross_entropy",
        "optimizer.name": "sgd",
        "optimizer.learning_rate": 1.0,
        "training.batch_size": "full",
        "training.epochs": 1500,
        "training.pace": 100,
    }

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, 2)
        upper = on_circle(1.0, random.uniform(0, np.pi, count))
        lower = np.array([1.0, 0.5]) - upper
        return Examples(np.where(label[:, None] == 0, upper, lower) - np.array([0.5, 0.25]), label)
