"""A run in a line of words, and the settings that it has chosen itself."""

from __future__ import annotations

from tui_trainer.instruments.evaluation_set import sample_words
from tui_trainer.training.trainer import Trainer


def summary(trainer: Trainer) -> str:
    """ "moons 200 + 400 noise 0.1 · 2-16-1 relu · sgd": data with its sizes, network, optimizer."""
    sampled = sample_words(len(trainer.train_set), len(trainer.validation_set))
    experiment, data = trainer.experiment, trainer.data
    held_out = f" + {len(data.validation_targets)}" if len(data.validation_targets) else ""
    noise = getattr(experiment.data, "noise", 0)
    shape = "-".join(map(str, trainer.network.sizes))
    names = list(dict.fromkeys(trainer.network.activation_names))
    return (
        f"{data.name} {len(data.train_targets)}{held_out}"
        f"{f' noise {noise:g}' if noise else ''}{f' ({sampled})' if sampled else ''}"
        f" · {shape}{' ' + '/'.join(names) if names else ''} · {experiment.optimizer.title}"
    )


def resolved_defaults(trainer: Trainer) -> dict[str, object]:
    """Dotted key → what the run has chosen itself, for the automatic settings that are not given."""
    experiment, training, epochs = trainer.experiment, trainer.experiment.training, trainer.feed.target_epochs
    chosen: dict[str, tuple[object, object]] = {
        "network.initializer": (experiment.network.initializer, experiment.network.starting_scheme),
        "training.evaluate_every": (training.evaluate_every, trainer.feed.evaluations.distance(trainer.iteration)),
        "training.iterations": (training.iterations, trainer.target),
        "training.epochs": (training.epochs, int(epochs) if epochs.is_integer() else round(epochs, 1)),
    }
    data = experiment.tables["data"]
    own = {f"data.{key}": value for key, value in experiment.data.chosen.items() if data[key] is None}
    return own | {key: value for key, (given, value) in chosen.items() if given is None}
