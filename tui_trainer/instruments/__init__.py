"""The measures of an evaluation. To add one: one file, and one line here."""

from tui_trainer.instruments.accuracies import TRAIN_ACCURACY, VALIDATION_ACCURACY
from tui_trainer.instruments.dead_units import DEAD_SHARE
from tui_trainer.instruments.error_in_units import TRAIN_RMSE, VALIDATION_RMSE
from tui_trainer.instruments.examples import INPUT_RATIO, INPUT_SIZE, SMALLEST_CLASS, TRAIN_EXAMPLES
from tui_trainer.instruments.instrument import Instrument, LayerInstrument
from tui_trainer.instruments.learning_rate import LEARNING_RATE, SHARE_DONE
from tui_trainer.instruments.losses import (
    BASE_LOSS,
    EPOCH_LOSS,
    RISE_ERROR,
    TRAIN_LOSS,
    VALIDATION_ERROR,
    VALIDATION_EXAMPLES,
    VALIDATION_LOSS,
)
from tui_trainer.instruments.mean_weights import MEAN_WEIGHTS_LOSS
from tui_trainer.instruments.neighbours import CONSTANT_ERROR, NEIGHBOURS_ERROR, TRAIN_ERROR
from tui_trainer.instruments.noise_scale import NOISE_SCALE
from tui_trainer.instruments.norms import GRADIENT_NORM, GRADIENT_RMS, LAYER_GRADIENT_NORM, WEIGHT_NORM
from tui_trainer.instruments.penalty import PENALTY
from tui_trainer.instruments.saturation import SATURATED_SHARE
from tui_trainer.instruments.sharpness import SHARPNESS, STABLE_RATE
from tui_trainer.instruments.signal_growth import SIGNAL_GROWTH
from tui_trainer.instruments.steady_gradient import GRADIENT_COSINE, STEADY_GRADIENT_NORM
from tui_trainer.instruments.step_quality import DELIVERED, PROMISED, STEP_QUALITY
from tui_trainer.instruments.straight_line import STRAIGHT_LOSS
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
    "promised_change": PROMISED,
    "delivered_change": DELIVERED,
    "share_done": SHARE_DONE,
    "train_error": TRAIN_ERROR,
    "mean_weights_loss": MEAN_WEIGHTS_LOSS,
    "steady_gradient_norm": STEADY_GRADIENT_NORM,
    "gradient_cosine": GRADIENT_COSINE,
    "noise_scale": NOISE_SCALE,
    "rise_error": RISE_ERROR,
    "sharpness": SHARPNESS,
    "stable_rate": STABLE_RATE,
    "signal_growth": SIGNAL_GROWTH,
    "neighbours_error": NEIGHBOURS_ERROR,
    "constant_error": CONSTANT_ERROR,
    "straight_loss": STRAIGHT_LOSS,
    "train_examples": TRAIN_EXAMPLES,
    "input_ratio": INPUT_RATIO,
    "input_size": INPUT_SIZE,
    "smallest_class": SMALLEST_CLASS,
    "train_rmse": TRAIN_RMSE,
    "validation_rmse": VALIDATION_RMSE,
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
