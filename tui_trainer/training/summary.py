"""An experiment in a line of words, and as the flat list of its settings."""

from __future__ import annotations

from typing import Any

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
    """Dotted TOML key → value in force, for every key that means something; nested tables as further dots."""
    flat: dict[str, object] = {}

    def add(prefix: str, table: dict[str, Any]) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                add(f"{prefix}{key}.", value)
            else:
                flat[f"{prefix}{key}"] = value

    for name, table in experiment.tables.items():
        add(f"{name}.", table)
    return {key: value for key, value in flat.items() if key not in _idle(experiment)}


def _idle(experiment: Experiment) -> set[str]:
    """Keys that can change nothing: what the data cannot use, and what is about hidden layers where there are none."""
    idle = {f"data.{key}" for key in experiment.data.inapplicable}
    return idle if experiment.network.hidden else idle | {"network.activation", "network.dropout"}
