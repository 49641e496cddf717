"""Euclidean norms of weights and gradients."""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments.instrument import Instrument, LayerInstrument

GRADIENT_NORM = Instrument(
    name="gradient_norm",
    help="The norm of the whole gradient of the last mini-batch, biases included, before clipping.",
    measure=lambda moment: float(np.sqrt(moment.precise_gradient @ moment.precise_gradient)),
)
WEIGHT_NORM = LayerInstrument(
    name="weight_norm",
    help="‖weights‖ of the layer, without the biases.",
    measure=lambda moment, layer: moment.weight_norms[layer],
)
LAYER_GRADIENT_NORM = LayerInstrument(
    name="gradient_norm",
    help="The norm of the gradient of the layer's weights on the last mini-batch, penalties included, before clipping.",
    measure=lambda moment, layer: moment.gradient_norms[layer],
)
GRADIENT_RMS = LayerInstrument(
    name="gradient_rms",
    help="The gradient norm divided by the square root of the number of weights.",
    measure=lambda moment, layer: moment.gradient_norms[layer] / max(moment.weights[layer][:-1].size, 1) ** 0.5,
)
