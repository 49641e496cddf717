"""Any number of glasses and rings, scattered around a typical one of each."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.datasets.dataset import Examples, Noise
from tui_trainer.datasets.generated import GeneratedDataset, taking_turns

CENTRES = np.array([[0.28, 0.03], [0.50, 0.60]])
"""Ring, glasses."""


class GlassesOrRingCloud(GeneratedDataset, tag="glasses_or_ring_cloud", frozen=True, kw_only=True):
    """The centre of each class plus noise."""

    task = "classification"
    input_names = ("heaviness", "width")
    class_names = ("ring", "glasses")
    unit = "scaled, no unit"
    short: ClassVar[str] = "ring cloud"
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [4],
        "network.activation": "tanh",
        "loss.name": "binary_cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.02,
        "training.batch_size": 32,
        "training.epochs": 40,
        "training.pace": 20,
    }

    noise: Noise = 0.08

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, 2)
        return Examples(CENTRES[label.astype(np.intp)], label)
