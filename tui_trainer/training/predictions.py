"""What a trained network predicts in the terms of the data: probabilities of the classes, or numbers in their units."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Array, Floats
from tui_trainer.training.trainer import Trainer


def predictions_in_units(trainer: Trainer, inputs: Floats) -> Array:
    """For raw inputs (examples, columns) the probability of every class, (examples, classes), or the number that is
    predicted, (examples, 1)."""
    predictions = trainer.predict(inputs)
    if not trainer.data.class_names:
        return trainer.data.in_units(predictions)
    if predictions.shape[1] > 1:
        return predictions
    second = (predictions + 1) / 2 if trainer.experiment.network.output == "tanh" else predictions
    return np.hstack([1 - second, second])
