"""Each drawn dataset against its definition: with the noise at 0 the pattern is exact."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.datasets import (
    Circles,
    Gauss,
    GlassesOrRing,
    GlassesOrRingCloud,
    Glyphs,
    LinearRegression,
    Moons,
    Sine,
    Spiral,
    Xor,
    make,
)


def test_the_articles_four_points() -> None:
    data = make(GlassesOrRing(), 0)
    assert data.train_inputs.tolist() == [[0.55, 0.48], [0.45, 0.72], [0.35, 0.03], [0.20, 0.03]]
    assert data.train_targets.tolist() == [1, 1, 0, 0]
    assert data.class_names == ("ring", "glasses")
    assert data.validation_inputs.shape == (0, 2)
    assert data.preparation.prepare(data.train_inputs).tolist() == data.train_inputs.tolist()


@pytest.mark.parametrize("label", [0, 1])
def test_a_fifth_point(label: int) -> None:
    data = make(GlassesOrRing(extra=(0.5, 0.6), extra_y=label), 0)  # type: ignore[arg-type]
    assert data.train_inputs[:4].tolist() == make(GlassesOrRing(), 0).train_inputs.tolist()
    assert data.train_inputs[4].tolist() == [0.5, 0.6]
    assert data.train_targets.tolist() == [1, 1, 0, 0, label]


def test_glasses_or_ring_cloud_has_its_centres() -> None:
    data = make(GlassesOrRingCloud(noise=0, samples=2), 0)
    assert data.train_inputs.tolist() == [[0.28, 0.03], [0.5, 0.6]]
    assert [data.class_names[int(label)] for label in data.train_targets] == ["ring", "glasses"]


def test_xor_corners() -> None:
    data = make(Xor(noise=0, samples=8), 0)
    assert {tuple(row) for row in data.train_inputs} == {(-1, -1), (-1, 1), (1, -1), (1, 1)}
    differ = np.prod(data.train_inputs, axis=1) < 0
    assert np.array_equal(data.train_targets, differ)


def test_circles_have_radius_one_and_a_half() -> None:
    data = make(Circles(noise=0, samples=1000), 0)
    radius = np.hypot(*data.train_inputs.T)
    assert np.allclose(radius, np.where(data.train_targets == 0, 1.0, 0.5))
    angle = np.arctan2(*data.train_inputs.T)
    assert np.histogram(angle, bins=4, range=(-np.pi, np.pi))[0].min() > 200


def test_moons_are_half_circles_around_their_centres() -> None:
    data = make(Moons(noise=0, samples=1000), 0)
    uncentred = data.train_inputs + np.array([0.5, 0.25])
    upper, lower = uncentred[data.train_targets == 0], uncentred[data.train_targets == 1]
    assert np.allclose(np.hypot(*upper.T), 1)
    assert upper[:, 1].min() >= 0
    assert np.allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert lower[:, 1].max() <= 0.5


@pytest.mark.parametrize(("classes", "turns"), [(2, 1.25), (3, 0.5), (2, 0.0)])
def test_spiral_angle_follows_radius(classes: int, turns: float) -> None:
    data = make(Spiral(noise=0, samples=300, classes=classes, turns=turns), 0)
    t = np.hypot(*data.train_inputs.T) / 1.5
    assert t.min() >= 0.05
    assert t.max() <= 1
    angle = 2 * np.pi * (turns * t + data.train_targets / classes)
    assert np.allclose(data.train_inputs, 1.5 * t[:, None] * np.column_stack((np.cos(angle), np.sin(angle))))
    assert len(data.class_names) == classes


def test_gauss_centres() -> None:
    data = make(Gauss(noise=0, samples=3, classes=3, dim=5, sep=2.0), 0)
    expected = [[2, 0, 0, 0, 0], [-1, np.sqrt(3), 0, 0, 0], [-1, -np.sqrt(3), 0, 0, 0]]
    assert np.allclose(data.train_inputs, expected)


def test_gauss_noise_reaches_every_dimension() -> None:
    data = make(Gauss(noise=2.0, samples=4000, dim=4, sep=0.0), 0)
    assert np.allclose(data.train_inputs.std(axis=0), 2.0, atol=0.1)
    assert np.allclose(data.train_inputs.mean(axis=0), 0.0, atol=0.1)


@pytest.mark.parametrize("minority", [0.05, 0.3, 0.95])
def test_minority_is_the_share_of_class_one_in_every_prefix(minority: float) -> None:
    targets = make(Gauss(minority=minority, samples=400), 0).train_targets
    counted = np.cumsum(targets)
    assert np.abs(counted - minority * np.arange(1, 401)).max() <= 0.5 + 1e-9
    assert counted[-1] == round(minority * 400)


def test_linear_regression_weights_bias_and_noise() -> None:
    data = make(LinearRegression(dim=10, noise=0.3, samples=5000), 0)
    with_one = np.column_stack((data.train_inputs, np.ones(5000)))
    found, residual, *_ = np.linalg.lstsq(with_one, data.train_targets, rcond=None)
    truth = [1.5, -2.0, 0.5, 1.0, -1.0, 0.7, -0.3, 2.0, 0.1, -0.6, 0.5]
    assert np.allclose(found, truth, atol=0.03)
    assert np.sqrt(residual[0] / 5000) == pytest.approx(0.3, rel=0.05)
    assert np.allclose(data.train_inputs.std(axis=0), 1.0, atol=0.05)
    exact = make(LinearRegression(dim=2, noise=0), 0)
    assert np.allclose(exact.train_targets, exact.train_inputs @ [1.5, -2.0] + 0.5)


@pytest.mark.parametrize("freq", [1.0, 2.5])
def test_sine(freq: float) -> None:
    data = make(Sine(noise=0, freq=freq, samples=500), 0)
    x = data.train_inputs[:, 0]
    assert np.allclose(data.train_targets, np.sin(np.pi * freq * x))
    assert -1 <= x.min() < -0.95
    assert 0.95 < x.max() <= 1


def test_glyphs_are_bitmaps_minus_a_half() -> None:
    data = make(Glyphs(noise=0, samples=10), 0)
    assert data.image_shape == (7, 5)
    assert data.train_targets.tolist() == list(range(10))
    assert set(np.unique(data.train_inputs)) == {-0.5, 0.5}
    four = data.train_inputs[4].reshape(7, 5)
    drawn = ["".join(" #"[int(pixel > 0)] for pixel in row) for row in four]
    assert drawn == ["   # ", "  ## ", " # # ", "#  # ", "#####", "   # ", "   # "]
    assert len({row.tobytes() for row in data.train_inputs}) == 10


def test_noise_moves_the_same_points_further() -> None:
    clean, little, much = (make(Moons(noise=noise), 0).train_inputs for noise in (0.0, 0.1, 0.2))
    assert np.allclose(much - clean, 2 * (little - clean))
    assert (little - clean).std() == pytest.approx(0.1, rel=0.1)
