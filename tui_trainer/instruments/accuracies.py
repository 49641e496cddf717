"""How often a classifier is right."""

from __future__ import annotations

from tui_trainer.instruments.instrument import Instrument

TRAIN_ACCURACY = Instrument(
    name="train_accuracy",
    help="The share of the training set that is classified correctly.",
    measure=lambda moment: moment.train_accuracy,
)
VALIDATION_ACCURACY = Instrument(
    name="validation_accuracy",
    help="The share of the validation set that is classified correctly.",
    measure=lambda moment: moment.validation_accuracy if moment.validation_set.can_be_evaluated else None,
)
