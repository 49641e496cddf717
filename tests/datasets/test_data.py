"""What `make` does to every dataset alike: label noise, feature scale, feature expansion, standardising."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.datasets import Circles, Digits, GlassesOrRing, Glyphs, LinearRegression, Moons, make
from tui_trainer.datasets.preparation import PLAIN_FEATURES, fit_preparation


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 1.0])
@pytest.mark.parametrize("kind", [Moons, Glyphs])
def test_label_noise_moves_exactly_its_share_to_other_classes(kind: type[Moons | Glyphs], share: float) -> None:
    clean, noisy = make(kind(), 0), make(kind(label_noise=share), 0)
    moved = clean.train_targets != noisy.train_targets
    assert moved.sum() == round(share * 200)
    assert (clean.validation_targets != noisy.validation_targets).sum() == round(share * 400)
    assert np.array_equal(clean.train_inputs, noisy.train_inputs)


def test_other_examples_are_hit_in_the_validation_set() -> None:
    equal = {"samples": 300, "validation_samples": 300}
    clean, noisy = make(Moons(**equal), 0), make(Moons(**equal, label_noise=0.5), 0)
    moved = clean.validation_targets != noisy.validation_targets
    assert 0.3 < np.mean(moved == (clean.train_targets != noisy.train_targets)) < 0.7


def test_moved_labels_reach_every_other_class_evenly() -> None:
    noisy = make(Glyphs(label_noise=1.0, samples=9000), 0)
    offset = (noisy.train_targets - np.arange(9000)) % 10
    counts = np.bincount(offset.astype(int), minlength=10)
    assert counts[0] == 0
    assert counts[1:].min() > 850


def test_more_label_noise_keeps_the_labels_that_were_moved_before() -> None:
    clean, little, much = (make(Glyphs(label_noise=share), 0).train_targets for share in (0.0, 0.1, 0.3))
    moved = little != clean
    assert moved.any()
    assert np.array_equal(much[moved], little[moved])


def test_label_noise_on_real_data_and_on_the_four_points() -> None:
    for dataset, noisy, moved in (
        (Digits(), Digits(label_noise=0.1), 144),
        (GlassesOrRing(), GlassesOrRing(label_noise=0.5), 2),
    ):
        assert (make(dataset, 0).train_targets != make(noisy, 0).train_targets).sum() == moved


def test_feature_scale_is_part_of_the_data() -> None:
    plain = make(Circles(), 0)
    assert np.array_equal(make(Circles(feature_scale=30.0), 0).train_inputs, plain.train_inputs * 30)
    scaled = make(Circles(feature_scale=(1.0, 100.0)), 0)
    assert np.array_equal(scaled.train_inputs, plain.train_inputs * [1, 100])
    assert np.array_equal(scaled.validation_inputs, plain.validation_inputs * [1, 100])


def test_standardising_uses_the_training_set_and_undoes_the_scale() -> None:
    data = make(LinearRegression(dim=2, feature_scale=(1.0, 100.0), standardize=True), 0)
    inputs = data.preparation.prepare(data.train_inputs)
    assert np.allclose(inputs.mean(axis=0), 0)
    assert np.allclose(inputs.std(axis=0), 1)
    expected = (data.validation_inputs - data.train_inputs.mean(axis=0)) / data.train_inputs.std(axis=0)
    assert np.allclose(data.preparation.prepare(data.validation_inputs), expected)
    assert data.train_inputs[:, 1].std() > 50


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_a_constant_column_is_only_centred(rows: int) -> None:
    # Three times 0.1 has, by rounding, a standard deviation of 1.4e-17, which must not divide anything.
    inputs = np.column_stack((np.full(rows, 0.1), np.arange(rows)))
    preparation = fit_preparation(inputs, ("x1", "x2"), PLAIN_FEATURES, standardize=True)
    assert np.allclose(preparation.prepare(inputs)[:, 0], 0)
    assert np.allclose(preparation.prepare(inputs + 0.5)[:, 0], 0.5)


def test_digits_with_their_empty_corners_can_be_standardised() -> None:
    data = make(Digits(standardize=True), 0)
    assert data.train_inputs[:, 0].max() == 0.0
    assert np.array_equal(data.preparation.prepare(data.train_inputs)[:, 0], np.zeros(1438))


def test_features_are_made_of_the_scaled_columns() -> None:
    names = ("x1", "x2", "x1^2", "x2^2", "x1x2", "sin(x1)", "sin(x2)")
    data = make(Moons(features=names, feature_scale=2.0), 0)  # type: ignore[arg-type]
    x1, x2 = data.train_inputs.T
    expected = np.column_stack((x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)))
    assert np.allclose(data.preparation.prepare(data.train_inputs), expected)
    assert data.network_input_names == names
    assert data.input_names == ("x1", "x2")


def test_standardised_features_answer_for_any_point() -> None:
    data = make(Circles(features=("x1^2", "x2^2"), standardize=True), 0)
    squares = data.train_inputs**2
    expected = (np.array([[0.3, -2.0]]) ** 2 - squares.mean(axis=0)) / squares.std(axis=0)
    assert np.allclose(data.preparation.prepare(np.array([[0.3, -2.0]])), expected)


def test_column_names_stay_where_the_columns_do() -> None:
    assert make(GlassesOrRing(), 0).network_input_names == ("heaviness", "width")
    assert make(GlassesOrRing(features=("x1x2",)), 0).network_input_names == ("x1x2",)
