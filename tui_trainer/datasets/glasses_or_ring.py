"""The data of the article: four gadgets, smart glasses or rings, by heaviness and width (scaled, no unit)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from tui_trainer.datasets.dataset import Dataset, Examples
from tui_trainer.setting import setting

ExtraLabel = Annotated[
    Literal[0, 1],
    setting(
        "What the fifth point is, if `extra` is one point [heaviness, width]: 0 a ring, 1 glasses. (0.5, 0.6) as a "
        "ring contradicts the others: it lies between the two glasses.",
        listed=False,
    ),
]

POINTS = ((0.55, 0.48), (0.45, 0.72), (0.35, 0.03), (0.20, 0.03))
LABELS = (1.0, 1.0, 0.0, 0.0)
"""1 is glasses, 0 is ring, in the order in which the article trains on them."""


class GlassesOrRing(Dataset, tag="glasses_or_ring", frozen=True, kw_only=True):
    """Exactly the four points; `extra` may be a fifth one, without its class. There is no validation set."""

    task = "classification"
    input_names = ("heaviness", "width")
    class_names = ("ring", "glasses")
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

    extra_y: ExtraLabel = 0

    @property
    def added(self) -> tuple[tuple[float, ...], ...]:
        point = tuple(number for number in self.extra if not isinstance(number, tuple))
        return ((*point, self.extra_y),) if point and point == self.extra else super().added

    def draw(self, seed: int) -> tuple[Examples, Examples]:
        return Examples(np.array(POINTS), np.array(LABELS)), Examples(np.empty((0, 2)), np.empty(0))
