"""Another processor, imitated: its kernels add in another order, so the last digits of all numbers are others.

A test cannot choose the processor that it runs on. It can move every starting weight by a few units in the last place:
a calm run stays what it is, a chaotic one goes its own way, as it would on another machine. What must be the same on
every machine, words and claims, must be the same for every `draw`. `tests/long/kernels.py` tries the real kernels.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.training import training_state
from tui_trainer.training.network import Network

UNITS = 4
"""In the last place, up and down: as much as a sum of some ten products may differ."""


def moved(weights: NDArray[np.floating[Any]], draw: int) -> NDArray[np.floating[Any]]:
    """New weights, each up to `UNITS` representable numbers away; a weight of exactly 0 stays, as it would there."""
    random, out = np.random.default_rng(draw), weights.copy()
    steps = random.integers(-UNITS, UNITS + 1, weights.shape)
    for step in range(UNITS):
        towards = np.where(steps > 0, np.inf, -np.inf).astype(weights.dtype)
        chosen = (np.abs(steps) > step) & (weights != 0)
        out[chosen] = np.nextafter(out[chosen], towards[chosen])
    return out


@contextmanager
def other_processor(draw: int) -> Iterator[None]:
    """Every trainer made within starts from weights that are moved by the last digits of `draw`; 0 moves nothing."""
    right = training_state.starting_parameters

    def starting_parameters(experiment: Experiment, network: Network) -> NDArray[np.floating[Any]]:
        weights = right(experiment, network)
        return moved(weights, draw) if draw else weights

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_state, "starting_parameters", starting_parameters)
        yield
