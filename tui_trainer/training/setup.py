"""From an experiment to what training starts with: the network that fits data and loss, and its first parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_trainer.datasets import Data
from tui_trainer.training.evaluation import Target
from tui_trainer.training.experiment import Experiment
from tui_trainer.training.network import Network
from tui_trainer.training.settings import SettingError

Array = NDArray[np.floating[Any]]


def make_network(experiment: Experiment, data: Data) -> Network:
    """Inputs as prepared, outputs as the loss needs them for the classes (or numbers) of the data."""
    settings = experiment.network
    numbers = data.train_targets.shape[1] if data.train_targets.ndim > 1 else 1
    outputs = experiment.loss.output_count(len(data.class_names) or numbers)
    sizes = (data.network_input_count, *settings.hidden, outputs)
    return Network(sizes, settings.activations, settings.dtype)


def make_targets(experiment: Experiment, data: Data, network: Network) -> tuple[Target, Target]:
    """The training and the validation set, prepared for the network and encoded for the loss."""
    output, loss, classes = experiment.network.output, experiment.loss, len(data.class_names)

    def target(inputs: NDArray[np.float64], labels: NDArray[np.float64]) -> Target:
        prepared = data.preparation.prepare(inputs).astype(network.dtype)
        return Target(prepared, loss.encode(labels, classes, output), labels, loss, output)

    return (
        target(data.train_inputs, data.train_targets),
        target(data.validation_inputs, data.validation_targets),
    )


def starting_parameters(experiment: Experiment, network: Network) -> Array:
    """Drawn by the initializer, or the explicit weights of the configuration. Raises `SettingError`."""
    settings = experiment.network
    seed = experiment.training.seed if settings.seed is None else settings.seed
    if settings.weights is None:
        return network.initialize(settings.starting_scheme, settings.gain, settings.bias_init, seed)
    vector = np.zeros(network.parameter_count, network.dtype)
    views = network.views(vector)
    if len(settings.weights) != len(views):
        allowed = f"{len(views)} layers of weights and biases, one for each linear layer"
        raise SettingError("network.weights", f"{len(settings.weights)} layers", allowed)
    for number, (view, (weight, bias)) in enumerate(zip(views, settings.weights, strict=True)):
        rows, units = len(view) - 1, view.shape[1]
        if [len(row) for row in weight] != [units] * rows or len(bias) != units:
            allowed = f"layer {number + 1} takes {rows} rows of {units} weights, and {units} biases"
            raise SettingError("network.weights", f"layer {number + 1}", allowed)
        view[:-1], view[-1] = weight, bias
    return vector
