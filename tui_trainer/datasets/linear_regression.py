"""A straight line (or plane) with noise, whose optimum and stable learning rates are known exactly."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from tui_trainer.datasets.dataset import Dimensions, Examples, Noise
from tui_trainer.datasets.generated import GeneratedDataset

WEIGHTS = np.array([1.5, -2.0, 0.5, 1.0, -1.0, 0.7, -0.3, 2.0, 0.1, -0.6])
BIAS = 0.5


class LinearRegression(GeneratedDataset, tag="linear_regression", frozen=True, kw_only=True):
    """Standard normal x, y = WEIGHTS[:dim] · x + BIAS + noise; the loss cannot fall below noise²."""

    task = "regression"
    short: ClassVar[str] = "lin. regr."
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [],
        "loss.name": "mean_squared_error",
        "optimizer.name": "sgd",
        "optimizer.learning_rate": 0.1,
        "training.batch_size": "full",
        "training.epochs": 60,
        "training.pace": 5,
    }

    noise: Noise = 0.3
    dim: Annotated[Dimensions, Meta(ge=1, le=len(WEIGHTS))] = 1

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(f"x{number}" for number in range(1, self.dim + 1))

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        x = random.standard_normal((count, self.dim))
        return Examples(x, x @ WEIGHTS[: self.dim] + BIAS)
