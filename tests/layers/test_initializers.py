"""Starting weights: the spread that each published rule asks for."""

from __future__ import annotations

import numpy as np
import pytest

from tui_trainer.layers import INITIALIZERS
from tui_trainer.training.network import Network

INPUTS, UNITS = 200, 300
DEVIATIONS = {
    "he": (2 / INPUTS) ** 0.5,
    "xavier": (2 / (INPUTS + UNITS)) ** 0.5,
    "lecun": (1 / INPUTS) ** 0.5,
    "normal": 1.0,
    "zeros": 0.0,
    "constant": 0.0,
}


@pytest.mark.parametrize("gain", [1.0, 0.25])
@pytest.mark.parametrize("name", INITIALIZERS)
def test_spread_and_mean(name: str, gain: float) -> None:
    assert name in DEVIATIONS, f"write the deviation of {name} down here"
    weights = INITIALIZERS[name](np.random.default_rng(5), INPUTS, UNITS, gain)
    assert weights.shape == (INPUTS, UNITS)
    deviation = DEVIATIONS[name] * gain
    error = 1 / (2 * weights.size) ** 0.5
    assert weights.std() == pytest.approx(deviation, rel=5 * error)
    middle = gain if name == "constant" else 0.0
    assert abs(weights.mean() - middle) <= 5 * deviation / weights.size**0.5


def test_biases_start_where_they_are_told_and_the_last_ones_at_zero() -> None:
    network = Network((3, 4, 4, 2), ("relu", "relu"))
    first, second, last = network.views(network.initialize("he", 1.0, 0.125, seed=0))
    assert (first[-1] == 0.125).all()
    assert (second[-1] == 0.125).all()
    assert (last[-1] == 0).all()


def test_layers_and_seeds_have_draws_of_their_own() -> None:
    network = Network((4, 4, 4), ("tanh",))
    first, second = network.views(network.initialize("normal", 1.0, 0.0, seed=0))
    again = network.initialize("normal", 1.0, 0.0, seed=0)
    other = network.initialize("normal", 1.0, 0.0, seed=1)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(np.concatenate([first.ravel(), second.ravel()]), again)
    assert not np.isclose(other, again)[network.is_weight].any()
