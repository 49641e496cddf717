"""Losses of the network: means over whole sets, in evaluation mode (no dropout, no augmentation, no penalty)."""

from __future__ import annotations

from tui_trainer.instruments.instrument import Instrument, Moment, mean, standard_error


def _validation_error(moment: Moment) -> float | None:
    """None for a single loss, which has no spread."""
    if not moment.validation_set.can_be_evaluated or len(moment.validation_losses) < 2:
        return None
    # Pairs share their examples, so there are no more independent numbers than examples.
    independent = min(len(moment.validation_losses), len(moment.validation_set))
    return standard_error(moment.validation_losses, independent)


def _rise_error(moment: Moment) -> float | None:
    """Of the same examples twice: what is hard about them is left out, so it is smaller than that of either mean."""
    best = None if moment.earlier is None else moment.earlier.best_losses
    if best is None or len(best) < 2:
        return None
    differences = moment.validation_losses - best
    independent = min(len(differences), len(moment.validation_set))
    return standard_error(differences, independent)


TRAIN_LOSS = Instrument(
    name="train_loss",
    help="The mean loss over the training set.",
    measure=lambda moment: mean(moment.train_losses),
    cost="a forward pass over the training set",
)
VALIDATION_LOSS = Instrument(
    name="validation_loss",
    help="The mean loss over the validation set.",
    measure=lambda moment: mean(moment.validation_losses) if moment.validation_set.can_be_evaluated else None,
    cost="a forward pass over the validation set",
)
EPOCH_LOSS = Instrument(
    name="epoch_loss",
    help="The mean of the batch losses of the last complete epoch, each before its update.",
    measure=lambda moment: moment.epoch_loss,
)
BASE_LOSS = Instrument(
    name="base_loss",
    help="The training loss of the best constant prediction.",
    measure=lambda moment: moment.base_loss,
)
VALIDATION_ERROR = Instrument(
    name="validation_error",
    help="The standard error of the validation loss over the held-out examples.",
    measure=_validation_error,
)
RISE_ERROR = Instrument(
    name="rise_error",
    help="The standard error of the difference between the validation loss and its minimum so far, example by example.",
    measure=_rise_error,
    judged_only=True,
)
VALIDATION_EXAMPLES = Instrument(
    name="validation_examples",
    help="The held-out examples that the validation loss is a mean over.",
    measure=lambda moment: len(moment.validation_set) if moment.validation_set.can_be_evaluated else None,
    unit="examples",
)
