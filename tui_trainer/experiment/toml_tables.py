"""The TOML tables of an experiment: each has a struct for its keys, or a registry of structs and a key `name`."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from tui_trainer.datasets import ALIASES as DATASET_ALIASES
from tui_trainer.datasets import DATASETS
from tui_trainer.datasets.file import File
from tui_trainer.experiment.network_settings import NetworkSettings
from tui_trainer.experiment.training_settings import TrainingSettings
from tui_trainer.losses import ALIASES as LOSS_ALIASES
from tui_trainer.losses import LOSSES
from tui_trainer.optimizers import OPTIMIZERS, SCHEDULES
from tui_trainer.setting import Declaration


class SettingsTable(Struct, frozen=True, kw_only=True):
    """One table. If it has a key `name`, this decides which other keys there are."""

    structs: Mapping[str, type[Struct]]
    """Name → struct. A table without a key `name` has one struct with the name ""."""
    name: Declaration | None = None
    aliases: Mapping[str, str] = {}
    """Alias → name."""
    default: str = ""
    """The name if none is given and nothing else decides."""
    implied: Mapping[str, str] = {}
    """Key → the name that it implies if none is given."""
    suits: Callable[[Any, Any], bool] | None = None
    """Whether an `Experiment` can have a struct of the registry; None if it can have all."""


TABLES: dict[str, SettingsTable] = {
    "data": SettingsTable(
        structs=ChainMap({"file": File}, DATASETS),  # type: ignore[arg-type]
        name=Declaration(help="What the network learns from.", label="dataset", short="data", order=70),
        aliases=DATASET_ALIASES,
        default="moons",
        implied={"file": "file"},
        suits=lambda experiment, struct: struct is not File or isinstance(experiment.data, File),
    ),
    "network": SettingsTable(structs={"": NetworkSettings}),
    "loss": SettingsTable(
        structs=LOSSES,
        name=Declaration(
            help="How wrong a prediction is: training makes it small.", label="loss", short="loss", order=270
        ),
        aliases=LOSS_ALIASES,
        suits=lambda experiment, loss: loss.serves(experiment.data.task, len(experiment.data.class_names)),
    ),
    "optimizer": SettingsTable(
        structs=OPTIMIZERS,
        name=Declaration(
            help="How the gradient becomes a step.", label="optimizer", short="optim.", order=30, live=True
        ),
        default="sgd",
    ),
    "schedule": SettingsTable(
        structs=SCHEDULES,
        name=Declaration(
            help="How the learning rate changes in the course of the run.",
            label="schedule",
            short="sched.",
            order=160,
            live=True,
        ),
        default="constant",
    ),
    "training": SettingsTable(structs={"": TrainingSettings}),
}
"""Key of the table → the table, in the order of a file."""
