"""An experiment: everything that decides how a run comes out, as one frozen object whose fields are the TOML's keys.

Built from nested tables by `settings`, defaults filled in, every value checked.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from tui_trainer.datasets import Dataset
from tui_trainer.datasets.preparation import PLAIN_FEATURES
from tui_trainer.experiment.network_settings import NetworkSettings
from tui_trainer.experiment.training_settings import TrainingSettings
from tui_trainer.losses import Loss
from tui_trainer.optimizers import Optimizer, Schedule

Axis = Literal["linear", "log"]


class Experiment(Struct, frozen=True, kw_only=True):
    """Everything that decides how a run comes out. `settings.build` makes one from tables."""

    data: Dataset
    network: NetworkSettings
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule
    training: TrainingSettings
    title: str = ""
    axis: Axis | None = None
    """Which axis to draw the losses on; None leaves it to what there is to be seen."""

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Inputs as the network gets them, the units of each hidden layer, outputs as the loss needs them."""
        data = self.data
        inputs = len(data.input_names) if data.features == PLAIN_FEATURES else len(data.features)
        return (inputs, *self.network.hidden, self.loss.output_count(max(len(data.class_names), 1)))

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Nested tables of builtins, every key with its value in force: what a preset file would say."""
        tables: dict[str, dict[str, Any]] = {
            name: msgspec.to_builtins(getattr(self, name))
            for name in ("data", "network", "loss", "optimizer", "schedule", "training")
        }
        return tables
