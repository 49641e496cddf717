"""Losses: how wrong a prediction is. To add one: one struct in its file, one line in `LOSSES`."""

from tui_trainer.losses.binary_cross_entropy import BinaryCrossEntropy
from tui_trainer.losses.contrastive import Contrastive
from tui_trainer.losses.cross_entropy import CrossEntropy
from tui_trainer.losses.loss import Loss
from tui_trainer.losses.squared import HalfMeanSquaredError, Huber, MeanSquaredError

LOSSES: dict[str, type[Loss]] = {
    "mean_squared_error": MeanSquaredError,
    "half_mean_squared_error": HalfMeanSquaredError,
    "huber": Huber,
    "binary_cross_entropy": BinaryCrossEntropy,
    "cross_entropy": CrossEntropy,
    "contrastive": Contrastive,
}

ALIASES = {
    "mse": "mean_squared_error",
    "half_mse": "half_mean_squared_error",
    "bce": "binary_cross_entropy",
    "ce": "cross_entropy",
}
"""Common short name → name."""

__all__ = ["ALIASES", "LOSSES", "Loss"]
