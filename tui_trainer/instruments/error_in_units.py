"""The typical error of a regression in the units of the person's table: dollars, grams, years."""

from __future__ import annotations

import math

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.instruments.instrument import Instrument, Moment


def _root_mean_square(moment: Moment, outputs: Array, judged: EvaluationSet) -> float | None:
    if moment.target_scale is None or not len(judged):
        return None
    errors = judged.loss.predictions(outputs, judged.output) - judged.targets
    return math.sqrt(float((errors * errors).mean())) * moment.target_scale


TRAIN_RMSE = Instrument(
    name="train_rmse",
    help="The root of the mean squared error over the training set, in the units of the target of a person's table.",
    measure=lambda moment: _root_mean_square(moment, moment.train_outputs, moment.train_set),
)
VALIDATION_RMSE = Instrument(
    name="validation_rmse",
    help="The same over the validation set.",
    measure=lambda moment: _root_mean_square(moment, moment.validation_outputs, moment.validation_set),
)
