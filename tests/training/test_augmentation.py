"""Shift, rotation and flip of images are exact where exactness can be asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tui_trainer.experiment.experiment import TrainingSettings
from tui_trainer.training.augmentation import augment_images

IMAGE = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 10.0, 11.0, 12.0]])
STILL = {"x": 0.5, "y": 0.5, "angle": 0.5, "flip": 0.9}
"""Draws that move nothing."""


def augmented(image: np.ndarray = IMAGE, *, settings: dict[str, Any], **draws: float) -> np.ndarray:
    chosen = np.array([[{**STILL, **draws}[name] for name in STILL]])
    return augment_images(image.reshape(1, -1), image.shape, chosen, TrainingSettings(**settings)).reshape(image.shape)


def test_still_draws_leave_the_image() -> None:
    still = augmented(settings={"shift": 3.0, "rotate": 90.0, "flip": True})
    np.testing.assert_allclose(still, IMAGE, atol=1e-13)


def test_a_shift_of_whole_pixels_moves_them_and_repeats_the_edge() -> None:
    right = augmented(settings={"shift": 1.0}, x=1.0)
    np.testing.assert_allclose(right, IMAGE[:, [0, 0, 1, 2]], atol=1e-13)
    left = augmented(settings={"shift": 2.0}, x=0.0)
    np.testing.assert_allclose(left, IMAGE[:, [2, 3, 3, 3]], atol=1e-13)
    down = augmented(settings={"shift": 1.0}, y=1.0)
    np.testing.assert_allclose(down, IMAGE[[0, 0, 1]], atol=1e-13)


def test_half_a_pixel_is_the_mean_of_two() -> None:
    half = augmented(settings={"shift": 0.5}, x=1.0)
    np.testing.assert_allclose(half[:, 1:], (IMAGE[:, 1:] + IMAGE[:, :-1]) / 2, atol=1e-13)


def test_a_flip_mirrors_left_and_right() -> None:
    np.testing.assert_allclose(augmented(settings={"flip": True}, flip=0.1), IMAGE[:, ::-1], atol=1e-13)
    np.testing.assert_allclose(augmented(settings={"flip": False}, flip=0.1), IMAGE, atol=1e-13)


@pytest.mark.parametrize(("draw", "turns"), [(1.0, 1), (0.0, -1)])
def test_a_quarter_turn(draw: float, turns: int) -> None:
    square = np.arange(9.0).reshape(3, 3)
    turned = augmented(square, settings={"rotate": 90.0}, angle=draw)
    np.testing.assert_allclose(turned, np.rot90(square, turns), atol=1e-12)


def test_half_a_turn_and_its_flip() -> None:
    turned = augmented(settings={"rotate": 180.0}, angle=1.0)
    np.testing.assert_allclose(turned, IMAGE[::-1, ::-1], atol=1e-12)


def test_every_image_moves_by_its_own_draws() -> None:
    images = np.stack([IMAGE.ravel()] * 2)[None]
    draws = np.array([[[1.0, 0.5, 0.5, 0.9], [0.5, 0.5, 0.5, 0.1]]])
    settings = TrainingSettings(shift=1.0, flip=True)
    moved = augment_images(images, IMAGE.shape, draws, settings)
    assert moved.shape == images.shape
    np.testing.assert_allclose(moved[0, 0].reshape(3, 4), IMAGE[:, [0, 0, 1, 2]], atol=1e-13)
    np.testing.assert_allclose(moved[0, 1].reshape(3, 4), IMAGE[:, ::-1], atol=1e-13)


def test_values_stay_between_the_smallest_and_the_largest() -> None:
    random = np.random.default_rng(0)
    images, draws = random.random((50, 64)), random.random((50, 4))
    moved = augment_images(images, (8, 8), draws, TrainingSettings(shift=3.0, rotate=180.0, flip=True))
    assert moved.min() >= images.min()
    assert moved.max() <= images.max()
