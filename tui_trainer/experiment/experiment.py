"""An experiment: everything that decides the result of a run, as one frozen object whose fields are the TOML keys.

`settings` builds it from nested tables, fills in defaults and checks every value.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from tui_trainer.datasets import Dataset
from tui_trainer.datasets.preparation import PLAIN_FEATURES
from tui_trainer.experiment.network_settings import NetworkSettings
from tui_trainer.experiment.training_settings import TrainingSettings
from tui_trainer.losses import Loss
from tui_trainer.optimizers import Optimizer, Schedule

AxisKind = Literal["linear", "log"]


class Experiment(Struct, frozen=True, kw_only=True):
    """Everything that decides the result of a run. `settings.build` makes one from tables."""

    data: Dataset
    network: NetworkSettings
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule
    training: TrainingSettings
    title: str = ""
    axis: AxisKind | None = None
    """The axis on which losses are drawn; None if the losses decide."""

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """The inputs of the network, the units of each hidden layer, and the outputs that the loss needs."""
        data = self.data
        inputs = len(data.input_names) if data.features == PLAIN_FEATURES else len(data.features)
        return (inputs, *self.network.hidden, self.loss.output_count(max(len(data.class_names), 1)))

    @property
    def pinned(self) -> Experiment:
        """The same experiment, whose data are found again: see `Dataset.pinned`."""
        data = self.data.pinned
        return self if data is self.data else structs.replace(self, data=data)

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Nested tables of builtins as in a preset file, every key with its value in force."""
        tables: dict[str, dict[str, Any]] = {
            name: msgspec.to_builtins(getattr(self, name))
            for name in ("data", "network", "loss", "optimizer", "schedule", "training")
        }
        return tables
