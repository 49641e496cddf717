"""Augmentation of images: random small shifts, rotations and flips, drawn anew each time an example is used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.experiment.training_settings import TrainingSettings


def augment_images(
    images: Array, shape: tuple[int, int], draws: NDArray[np.float64], settings: TrainingSettings
) -> Array:
    """Move every image by its own draws; new array of the same shape.

    `images` (…, height·width); `draws` (…, 4) uniform in [0, 1): shift in x and y, angle, flip. Beyond
    the image its edge is repeated; between pixels values are interpolated linearly.
    """
    height, width = shape
    lead = images.shape[:-1]
    picture = images.reshape(-1, height, width)
    draws = draws.reshape(-1, 4)
    shift_x, shift_y = (draws[:, :2].T * 2 - 1) * settings.shift
    angle = np.deg2rad((draws[:, 2] * 2 - 1) * settings.rotate)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    y, x = y - (height - 1) / 2, x - (width - 1) / 2
    cos, sin = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    source_x = cos * x - sin * y + (width - 1) / 2 - shift_x[:, None, None]
    source_y = sin * x + cos * y + (height - 1) / 2 - shift_y[:, None, None]
    if settings.flip:
        mirrored = (draws[:, 3] < 0.5)[:, None, None]
        source_x = np.where(mirrored, width - 1 - source_x, source_x)
    source_x, source_y = np.clip(source_x, 0, width - 1), np.clip(source_y, 0, height - 1)
    left, top = np.floor(source_x).astype(np.int64), np.floor(source_y).astype(np.int64)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    part_x, part_y = source_x - left, source_y - top
    n = np.arange(len(picture))[:, None, None]
    upper = picture[n, top, left] * (1 - part_x) + picture[n, top, right] * part_x
    lower = picture[n, bottom, left] * (1 - part_x) + picture[n, bottom, right] * part_x
    return np.asarray(upper * (1 - part_y) + lower * part_y).reshape(*lead, height * width)
