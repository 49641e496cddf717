"""An experiment in a line of words, and as the flat list of its settings."""

from __future__ import annotations

from typing import Any

from tui_trainer.datasets.fixed_size import FixedSizeDataset
from tui_trainer.losses import LOSSES
from tui_trainer.telemetry.settings import EARLY_STOPPING
from tui_trainer.training.compatibility import has_validation, serves
from tui_trainer.training.experiment import Experiment
from tui_trainer.training.trainer import Trainer


def summary(trainer: Trainer) -> str:
    """ "moons 200 + 400 noise 0.1 · 2-16-1 relu · sgd": data with its sizes, network, optimizer."""
    experiment, data = trainer.experiment, trainer.data
    held_out = f" + {len(data.validation_targets)}" if len(data.validation_targets) else ""
    noise = getattr(experiment.data, "noise", 0)
    shape = "-".join(map(str, trainer.network.sizes))
    names = list(dict.fromkeys(trainer.network.activation_names))
    return (
        f"{data.name.replace('_', ' ')} {len(data.train_targets)}{held_out}"
        f"{f' noise {noise:g}' if noise else ''}"
        f" · {shape}{' ' + '/'.join(names) if names else ''} · {experiment.optimizer.title}"
    )


def flat_settings(experiment: Experiment) -> dict[str, object]:
    """Dotted TOML key → value in force, for every key that means something; nested tables as further dots.

    Early stopping is there or not, besides what it has of its own.
    """
    flat: dict[str, object] = {}

    def add(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            if f"{prefix}{key}" == EARLY_STOPPING:
                flat[EARLY_STOPPING] = value is not None
            if isinstance(value, dict):
                add(f"{prefix}{key}.", value)
            else:
                flat.setdefault(f"{prefix}{key}", value)

    for name, table in experiment.tables.items():
        add(f"{name}.", table)
    idle = _idle(experiment)
    return {key: value for key, value in flat.items() if key not in idle}


def _idle(experiment: Experiment) -> set[str]:
    """Keys that can change nothing, or that every other value of is refused: there is nothing to offer."""
    data = experiment.data
    idle = {f"data.{key}" for key in data.inapplicable}
    if not experiment.network.hidden:
        idle |= {"network.activation", "network.dropout", "network.bias_init"}
    if len(experiment.loss.outputs) == 1:
        idle.add("network.output")
    if data.image_shape is None:
        idle |= {"training.shift", "training.rotate", "training.flip"}
    if data.task != "classification":
        idle.add("training.balanced_batches")
    if not has_validation(data):
        idle.add(EARLY_STOPPING)
    return idle


def possible_choices(experiment: Experiment) -> dict[str, tuple[object, ...]]:
    """Dotted key → the choices that this experiment can have, where it cannot have all."""
    return {"loss.name": tuple(name for name, loss in LOSSES.items() if serves(loss(), experiment.data))}


def possible_numbers(experiment: Experiment) -> dict[str, int]:
    """Dotted key → the largest number that this experiment can have, where others can have a larger one."""
    data = experiment.data
    return {"data.samples": data.most_samples} if isinstance(data, FixedSizeDataset) else {}


def automatic_settings(trainer: Trainer) -> dict[str, object]:
    """Dotted key → what the run has chosen itself, for those of the AUTOMATIC settings that are not given."""
    experiment, training, epochs = trainer.experiment, trainer.experiment.training, trainer.feed.target_epochs
    chosen: dict[str, tuple[object, object]] = {
        "network.initializer": (experiment.network.initializer, experiment.network.starting_scheme),
        "training.evaluate_every": (training.evaluate_every, trainer.feed.evaluations.distance(trainer.iteration)),
        "training.iterations": (training.iterations, trainer.target),
        "training.epochs": (training.epochs, int(epochs) if epochs.is_integer() else round(epochs, 1)),
    }
    return {key: value for key, (given, value) in chosen.items() if given is None}
