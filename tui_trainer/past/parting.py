"""Where two runs part, and how far apart they are. Only their weights and biases are compared, to the bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_trainer.training.trainer import Trainer


def one_shape(a: Trainer, b: Trainer) -> bool:
    """Whether the two networks have the same layer sizes."""
    return a.network.sizes == b.network.sizes


def equal(a: Trainer, b: Trainer) -> bool:
    """Whether both have the same weights and biases to the bit. Data, loss and the rest may differ."""
    return one_shape(a, b) and bool(np.array_equal(a.vectors.parameters, b.vectors.parameters, equal_nan=True))


def first_apart(last_equal: int, apart: int, equal_after: Callable[[int], bool]) -> int:
    """The first iteration after which two runs differ, by bisection. They are equal at `last_equal`, not at `apart`."""
    while apart - last_equal > 1:
        middle = (last_equal + apart) // 2
        if equal_after(middle):
            last_equal = middle
        else:
            apart = middle
    return apart


def distances(a: Trainer, b: Trainer) -> tuple[float, ...]:
    """‖a − b‖ / ‖a‖ of each layer's weights; empty if the networks differ in shape."""
    if not one_shape(a, b):
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
