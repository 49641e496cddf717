"""Where two runs part, and how far they are apart: compared by their parameters, to the bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from tui_trainer.training.experiment import Experiment
from tui_trainer.training.trainer import Trainer


def one_network(a: Experiment, b: Experiment) -> bool:
    """Whether both are the same network, loss and data (dropout aside, which comes and goes): others are never equal,
    whatever their first weights are."""
    if (a.data, a.loss, a.training.seed) != (b.data, b.loss, b.training.seed):
        return False
    return replace(a.network, dropout=b.network.dropout) == b.network


def equal(a: Trainer, b: Trainer) -> bool:
    """Whether both are one network and stand on the same parameters."""
    if not one_network(a.experiment, b.experiment):
        return False
    return bool(np.array_equal(a.vectors.parameters, b.vectors.parameters, equal_nan=True))


def first_apart(last_equal: int, apart: int, equal_after: Callable[[int], bool]) -> int:
    """The first iteration after which two runs differ, by halving; they did at `apart`, and did not at `last_equal`."""
    while apart - last_equal > 1:
        middle = (last_equal + apart) // 2
        if equal_after(middle):
            last_equal = middle
        else:
            apart = middle
    return apart


def distances(a: Trainer, b: Trainer) -> tuple[float, ...]:
    """‖a − b‖ / ‖a‖ of each layer's weights; empty where the networks differ in shape."""
    if a.network.sizes != b.network.sizes:
        return ()
    views = (a.network.views(trainer.vectors.parameters.astype(np.float64)) for trainer in (a, b))
    with np.errstate(all="ignore"):
        return tuple(
            float(np.linalg.norm(x[:-1] - y[:-1]) / max(float(np.linalg.norm(x[:-1])), 1e-300))
            for x, y in zip(*views, strict=True)
        )


def weight_apart(a: Trainer, b: Trainer) -> str:
    """The name of the parameter with the largest difference: "w[3→1] of layer 2"."""
    with np.errstate(all="ignore"):
        apart = np.abs(a.vectors.parameters.astype(np.float64) - b.vectors.parameters)
    return a.network.parameter_name(int(np.argmax(np.where(np.isnan(apart), np.inf, apart))))
