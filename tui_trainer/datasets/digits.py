"""Real handwritten digits, small enough to train in seconds and to show every weight as an image."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.datasets.fixed_size import FixedSizeDataset, read_csv
from tui_trainer.datasets.glyphs import pixel_names

HEIGHT, WIDTH = 8, 8
INK = 16
"""The highest pixel value in the file. Inputs are divided by it, so they lie in [0, 1]."""


class Digits(FixedSizeDataset, tag="digits", frozen=True, kw_only=True):
    """1,797 digits by 13 writers, as images with pixels in [0, 1]; `data/README.md` names the source."""

    task = "classification"
    input_names = pixel_names(HEIGHT, WIDTH)
    class_names = tuple(str(digit) for digit in range(10))
    image_shape = (HEIGHT, WIDTH)
    recommended: ClassVar[dict[str, object]] = {
        "network.hidden": [32],
        "network.activation": "relu",
        "network.initializer": "he",
        "loss.name": "cross_entropy",
        "optimizer.name": "adam",
        "optimizer.learning_rate": 0.01,
        "training.batch_size": 32,
        "training.epochs": 20,
        "training.pace": 60,
    }

    def load(self) -> tuple[Floats, Floats]:
        table = read_csv("digits.csv.gz", np.uint8)
        return table[:, 1:] / INK, table[:, 0].astype(np.float64)
