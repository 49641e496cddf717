"""What training starts with: the network that fits data and loss, the evaluation sets, the starting parameters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.arrays import Array
from tui_trainer.datasets import Data
from tui_trainer.experiment.experiment import Experiment
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.training.network import Network

PIECE = 10_000
"""Examples prepared at once."""


def make_evaluation_sets(experiment: Experiment, data: Data, network: Network) -> tuple[EvaluationSet, EvaluationSet]:
    """The training and the validation set, prepared for the network and encoded for the loss."""
    output, loss, classes = experiment.network.output, experiment.loss, len(data.class_names)

    def prepared_set(inputs: NDArray[np.float64], labels: NDArray[np.float64]) -> EvaluationSet:
        prepared = np.ones((len(inputs), network.sizes[0] + 1), network.dtype)
        for start in range(0, len(inputs), PIECE):  # a large table in double precision takes too much memory
            prepared[start : start + PIECE, :-1] = data.preparation.prepare(inputs[start : start + PIECE])
        return EvaluationSet(prepared, loss.encode(labels, classes, output), labels, loss, output)

    return (
        prepared_set(data.train_inputs, data.train_targets),
        prepared_set(data.validation_inputs, data.validation_targets),
    )


def starting_parameters(experiment: Experiment, network: Network) -> Array:
    """Drawn by the initializer, or the configuration's explicit weights, whose shapes `compatibility.check` ensures."""
    settings = experiment.network
    if settings.weights is None:
        seed = experiment.training.seed if settings.seed is None else settings.seed
        return network.initialize(settings.starting_scheme, settings.gain, settings.bias_init, seed)
    vector = np.zeros(network.parameter_count, network.dtype)
    for view, (weight, bias) in zip(network.views(vector), settings.weights, strict=True):
        view[:-1], view[-1] = weight, bias
    return vector
