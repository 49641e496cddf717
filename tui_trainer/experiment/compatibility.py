"""Do the parts of an experiment fit together? Checks what the range of a single setting cannot express."""

from __future__ import annotations

from itertools import pairwise

from tui_trainer.experiment.experiment import Experiment
from tui_trainer.losses import LOSSES
from tui_trainer.setting_error import SettingError


def check(experiment: Experiment) -> None:
    """Raise `SettingError` for parts that do not fit together."""
    data, network, loss = experiment.data, experiment.network, experiment.loss
    data.check()
    if len(set(data.features)) < len(data.features):
        raise SettingError("data.features", list(data.features), "every feature once")
    name = loss.__struct_config__.tag
    if data.task not in loss.tasks:
        allowed = ", ".join(n for n, each in LOSSES.items() if data.task in each.tasks)
        raise SettingError("loss.name", name, f"the task of {data.name} is {data.task}; allowed: {allowed}")
    if not loss.serves(data.task, len(data.class_names)):
        many = len(data.class_names)
        raise SettingError("loss.name", name, f"needs 2 classes and {data.name} has {many}; use cross_entropy")
    if network.output not in loss.outputs:
        allowed = f"{name} takes the plain sums; allowed: {', '.join(loss.outputs)}"
        raise SettingError("network.output", network.output, allowed)
    wrong = misfit(experiment)
    if wrong is not None:
        raise SettingError("network.weights", None, wrong)
    for key, values in (("activation", network.activation), ("dropout", network.dropout)):
        if isinstance(values, tuple) and len(values) != len(network.hidden):
            many = len(network.hidden)
            raise SettingError(f"network.{key}", list(values), f"one value, or {many}, one for each hidden layer")
    training = experiment.training
    if training.iterations is not None and training.epochs is not None:
        raise SettingError("training.epochs", training.epochs, "give iterations or epochs, not both")
    if training.balanced_batches and data.task != "classification":
        raise SettingError("training.balanced_batches", True, f"{data.name} has no classes to balance")
    if training.early_stopping and not data.has_validation:
        raise SettingError("training.early_stopping", None, f"{data.name} has no validation set to watch")
    if (training.shift or training.rotate or training.flip) and data.image_shape is None:
        key = next(key for key in ("shift", "rotate", "flip") if getattr(training, key))
        raise SettingError(f"training.{key}", getattr(training, key), f"only for images, and {data.name} has none")


def misfit(experiment: Experiment) -> str | None:
    """How explicit weights differ from the network's shape, in words; None if they fit or there are none."""
    weights, sizes = experiment.network.weights, experiment.layer_sizes
    if weights is None:
        return None
    if len(weights) != len(sizes) - 1:
        return f"{len(weights)} layers given; allowed: {len(sizes) - 1}, as the network {'-'.join(map(str, sizes))} has"
    for number, ((weight, bias), (rows, units)) in enumerate(zip(weights, pairwise(sizes), strict=True), 1):
        if [len(row) for row in weight] != [units] * rows or len(bias) != units:
            return f"layer {number}: allowed: [weights, biases], {rows} rows of {units} weights and {units} biases"
    return None
