"""Inverted dropout: the right share is silenced, and neither mean nor spread is off."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.layers.dropout import draw_masks
from tui_trainer.randomness import Purpose, generator


def masks(rate: float, shape: tuple[int, ...] = (100, 40, 250), dtype: str = "float32") -> np.ndarray:
    out = np.full(shape, np.nan, dtype)
    draw_masks(generator(3, Purpose.DROPOUT, 0), rate, np.arange(len(out)), out)
    return out


def test_an_iteration_has_its_masks_whichever_others_are_drawn() -> None:
    rows = np.array([2, 5, 6])
    some = np.empty((3, 40, 25), "float32")
    draw_masks(generator(3, Purpose.DROPOUT, 0), 0.3, rows, some)
    assert (some == masks(0.3, (9, 40, 25))[rows]).all()


@pytest.mark.parametrize("rate", [0.0001, 0.1, 0.3, 0.5, 0.9])
def test_mean_and_variance(rate: float) -> None:
    """A mask is 1/keep with probability keep, else 0: mean 1, variance (1 − keep)/keep."""
    drawn = masks(rate).astype(np.float64)
    keep, size = 1 - rate, drawn.size
    variance = rate / keep
    assert drawn.mean() == pytest.approx(1, abs=5 * (variance / size) ** 0.5 + 2e-4)
    assert (drawn == 0).mean() == pytest.approx(rate, abs=5 * (rate * keep / size) ** 0.5 + 2e-5)
    fourth = rate * 1 + keep * (1 / keep - 1) ** 4  # the spread of the squared deviation, to judge the variance by
    assert drawn.var() == pytest.approx(variance, rel=0.01, abs=5 * (fourth / size) ** 0.5)


def test_two_values_only_and_their_mean_is_one_exactly() -> None:
    """The scale belongs to the probability as rounded to 16 bits, so no bias is left."""
    dropped, kept = np.unique(masks(0.3, dtype="float64"))
    assert dropped == 0
    assert kept == 65536 / round(0.7 * 65536)


def test_no_dropout_drops_nothing() -> None:
    assert (masks(0.0) == 1).all()


def test_nearly_everything_dropped_is_still_finite() -> None:
    assert np.isfinite(masks(0.999999)).all()


def test_units_and_examples_are_independent() -> None:
    kept = masks(0.5, shape=(1, 40, 4000))[0] > 0
    correlation = np.corrcoef(kept)
    assert np.abs(correlation[~np.eye(40, dtype=bool)]).max() < 6 / 4000**0.5


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 3, 1), (3, 5, 7)])
def test_sizes_that_are_no_multiple_of_the_draws(shape: tuple[int, ...]) -> None:
    assert np.isin(masks(0.5, shape), [0, 2]).all()
