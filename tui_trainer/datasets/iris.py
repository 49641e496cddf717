"""Fisher's irises, the best known small data set: four measurements distinguish three species."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.datasets.fixed_size import FixedSizeDataset, read_csv


class Iris(FixedSizeDataset, tag="iris", frozen=True, kw_only=True):
    """150 flowers, 50 of each species, measured in centimetres; `data/README.md` names the source."""

    task = "classification"
    input_names = ("sepal length", "sepal width", "petal length", "petal width")
    class_names = ("setosa", "versicolor", "virginica")
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [16],
        "network.activation": "tanh",
        "loss.name": "cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "training.batch_size": 16,
        "training.epochs": 60,
        "training.pace": 30,
    }

    def load(self) -> tuple[Floats, Floats]:
        table = read_csv("iris.csv", np.float64)
        return table[:, 1:], table[:, 0]
