"""The measures of an evaluation. To add one: one file, and one line here."""

from tui_trainer.instruments.accuracies import TRAIN_ACCURACY, VALIDATION_ACCURACY
from tui_trainer.instruments.dead_units import DEAD_SHARE
from tui_trainer.instruments.instrument import Instrument, LayerInstrument
from tui_trainer.instruments.learning_rate import LEARNING_RATE
from tui_trainer.instruments.losses import (
    BASE_LOSS,
    EPOCH_LOSS,
    TRAIN_LOSS,
    VALIDATION_ERROR,
    VALIDATION_EXAMPLES,
    VALIDATION_LOSS,
)
from tui_trainer.instruments.norms import GRADIENT_NORM, GRADIENT_RMS, LAYER_GRADIENT_NORM, WEIGHT_NORM
from tui_trainer.instruments.penalty import PENALTY
from tui_trainer.instruments.saturation import SATURATED_SHARE
from tui_trainer.instruments.step_quality import STEP_QUALITY
from tui_trainer.instruments.symmetry import UNIT_SPREAD
from tui_trainer.instruments.update_ratio import UPDATE_RATIO

INSTRUMENTS: dict[str, Instrument] = {
    "train_loss": TRAIN_LOSS,
    "validation_loss": VALIDATION_LOSS,
    "epoch_loss": EPOCH_LOSS,
    "train_accuracy": TRAIN_ACCURACY,
    "validation_accuracy": VALIDATION_ACCURACY,
    "learning_rate": LEARNING_RATE,
    "base_loss": BASE_LOSS,
    "validation_error": VALIDATION_ERROR,
    "validation_examples": VALIDATION_EXAMPLES,
    "penalty": PENALTY,
    "gradient_norm": GRADIENT_NORM,
    "step_quality": STEP_QUALITY,
}
"""Measures of the whole network, in the order of the JSON."""

LAYER_INSTRUMENTS: dict[str, LayerInstrument] = {
    "weight_norm": WEIGHT_NORM,
    "gradient_norm": LAYER_GRADIENT_NORM,
    "gradient_rms": GRADIENT_RMS,
    "update_ratio": UPDATE_RATIO,
    "dead_share": DEAD_SHARE,
    "saturated_share": SATURATED_SHARE,
    "unit_spread": UNIT_SPREAD,
}
"""Measures of every linear layer."""

__all__ = ["INSTRUMENTS", "LAYER_INSTRUMENTS", "Instrument", "LayerInstrument"]
