"""Normal clouds around centres on a circle, with any distance and width."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from tui_trainer.arrays import Floats
from tui_trainer.datasets.dataset import Classes, Dimensions, Examples, Noise
from tui_trainer.datasets.generated import GeneratedDataset, on_circle, taking_turns
from tui_trainer.setting import setting
from tui_trainer.setting_error import SettingError

Distance = Annotated[
    float,
    Meta(ge=0, le=100),
    setting("Distance of the centres from the origin.", label="distance", order=380, step=0.25),
]
Minority = Annotated[
    float,
    Meta(gt=0, lt=1),
    setting(
        "Share of class 1 where there are two classes; away from 0.5 they are imbalanced.",
        label="share of class 1",
        short="minority",
        order=390,
        step=0.05,
    ),
]


class Gauss(GeneratedDataset, tag="gauss", frozen=True, kw_only=True):
    """Centre of class k at angle 2πk/classes and radius `sep` in the first two dimensions, 0 in the rest."""

    task = "classification"
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [8],
        "network.activation": "tanh",
        "loss.name": "cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "training.batch_size": 32,
        "training.epochs": 40,
        "training.pace": 20,
    }

    noise: Noise = 0.5
    classes: Classes = 2
    dim: Annotated[Dimensions, Meta(ge=2, le=100)] = 2
    sep: Distance = 1.5
    minority: Minority = 0.5

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(f"x{number}" for number in range(1, self.dim + 1))

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(f"cloud {number}" for number in range(self.classes))

    def check(self) -> None:
        super().check()
        if self.minority != 0.5 and self.classes > 2:
            allowed = f"0.5 with {self.classes} classes, since only two can be imbalanced this way"
            raise SettingError("data.minority", self.minority, allowed)

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, self.classes) if self.minority == 0.5 else self._imbalanced(count)
        centres = np.zeros((count, self.dim))
        centres[:, :2] = on_circle(self.sep, 2 * np.pi * label / self.classes)
        return Examples(centres, label)

    def _imbalanced(self, count: int) -> Floats:
        """Class 1 spread evenly: for every n, round(minority · n) of the first n labels are of class 1."""
        return np.diff(np.floor(self.minority * np.arange(count + 1) + 0.5))
