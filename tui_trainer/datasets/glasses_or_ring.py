"""The data of the article: four gadgets, smart glasses or rings, by heaviness and width (scaled, no unit)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from msgspec import Meta

from tui_trainer.datasets.dataset import Dataset, Examples
from tui_trainer.setting import setting

Coordinate = Annotated[float, Meta(ge=-1e6, le=1e6)]

Extra = Annotated[
    tuple[Coordinate, Coordinate] | None,
    setting(
        "A fifth point. (0.5, 0.6) as a ring contradicts the others: it lies between the two glasses.", listed=False
    ),
]
ExtraLabel = Annotated[Literal[0, 1], setting("What the fifth point is: 0 a ring, 1 glasses.", listed=False)]

POINTS = ((0.55, 0.48), (0.45, 0.72), (0.35, 0.03), (0.20, 0.03))
LABELS = (1.0, 1.0, 0.0, 0.0)
"""1 is glasses, 0 is ring, in the order in which the article trains on them."""


class GlassesOrRing(Dataset, tag="glasses_or_ring", frozen=True, kw_only=True):
    """Exactly the four points, and a fifth if requested. There is no validation set."""

    task = "classification"
    unit = "scaled, no unit"
    short: ClassVar[str] = "glasses"
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [],
        "network.output": "clip01",
        "network.weights": [[[[0.5], [0.5]], [0.0]]],
        "network.dtype": "float64",
        "loss.name": "half_mean_squared_error",
        "optimizer.name": "sgd",
        "optimizer.learning_rate": 0.1,
        "training.batch_size": 1,
        "training.shuffle": False,
        "training.epochs": 100,
        "training.pace": 30,
    }

    extra: Extra = None
    extra_y: ExtraLabel = 0

    @property
    def input_names(self) -> tuple[str, ...]:
        return ("heaviness", "width")

    @property
    def class_names(self) -> tuple[str, ...]:
        return ("ring", "glasses")

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        points, labels = list(POINTS), list(LABELS)
        if self.extra is not None:
            points.append(self.extra)
            labels.append(float(self.extra_y))
        return Examples(np.array(points), np.array(labels)), Examples(np.empty((0, 2)), np.empty(0))
