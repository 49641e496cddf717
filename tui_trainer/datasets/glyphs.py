"""The ten digits as 5×7 bitmaps under noise: images small enough to see every pixel and every weight."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tui_trainer.datasets.dataset import Examples, Noise
from tui_trainer.datasets.generated import GeneratedDataset, taking_turns

HEIGHT, WIDTH = 7, 5

BITMAPS = (
    "01110 10001 10011 10101 11001 10001 01110",
    "00100 01100 00100 00100 00100 00100 01110",
    "01110 10001 00001 00010 00100 01000 11111",
    "11111 00010 00100 00010 00001 10001 01110",
    "00010 00110 01010 10010 11111 00010 00010",
    "11111 10000 11110 00001 00001 10001 01110",
    "00110 01000 10000 11110 10001 10001 01110",
    "11111 00001 00010 00100 01000 01000 01000",
    "01110 10001 10001 01110 10001 10001 01110",
    "01110 10001 10001 01111 00001 00010 01100",
)
"""Digit 0 to 9, rows from the top, 1 is ink."""

PIXELS = np.array([[int(pixel) for pixel in bitmap.replace(" ", "")] for bitmap in BITMAPS]) - 0.5
"""(10, 35): ink +0.5, paper −0.5."""


def pixel_names(height: int, width: int) -> tuple[str, ...]:
    """ "pixel row,column", both from 1, row by row from the top."""
    return tuple(f"pixel {row},{column}" for row in range(1, height + 1) for column in range(1, width + 1))


class Glyphs(GeneratedDataset, tag="glyphs", frozen=True, kw_only=True):
    """The bitmaps in turn, minus 0.5."""

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
        "training.epochs": 30,
        "training.pace": 15,
    }

    noise: Noise = 0.4

    def pattern(self, count: int, random: np.random.Generator) -> Examples:
        label = taking_turns(count, len(PIXELS))
        return Examples(PIXELS[label.astype(np.intp)], label)
