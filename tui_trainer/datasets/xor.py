"""Exclusive or: the smallest problem that no straight line solves, and the classic argument for a hidden layer."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.datasets.dataset import Examples, Noise
from tui_trainer.datasets.generated import GeneratedDataset, taking_turns


class Xor(GeneratedDataset, tag="xor", frozen=True, kw_only=True):
    """The corners (±1, ±1) in turn; class 1 where the signs differ."""

    task = "classification"
    class_names = ("signs equal", "signs differ")
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [8],
        "network.activation": "tanh",
        "loss.name": "binary_cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.02,
        "training.batch_size": 32,
        "training.epochs": 50,
        "training.pace": 25,
    }

    noise: Noise = 0.2

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        first, second = taking_turns(count, 4) // 2, taking_turns(count, 2)
        corners = 2 * np.column_stack((first, second)) - 1
        return Examples(corners, (first != second).astype(np.float64))
