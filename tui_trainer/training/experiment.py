"""An experiment: everything that decides how a run comes out, as one frozen object whose fields are the TOML's keys.

Built from nested tables, defaults filled in, every value checked. What is wrong with a table is a `SettingError` that
says which key, what was given, what is allowed, and the nearest valid name.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from tui_trainer.datasets import Dataset
from tui_trainer.datasets.preparation import PLAIN_FEATURES
from tui_trainer.losses import Loss
from tui_trainer.losses.loss import Output
from tui_trainer.optimizers import Optimizer, Schedule

Unit = Annotated[int, Meta(ge=1, le=4096)]
Rate = Annotated[float, Meta(ge=0, lt=1)]
ActivationName = Literal["relu", "leaky_relu", "tanh", "sigmoid", "linear", "elu", "gelu", "silu"]
InitializerName = Literal["he", "xavier", "lecun", "normal", "zeros", "constant"]
Axis = Literal["linear", "log"]
LayerWeights = tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]


class NetworkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fully connected network; its input and output sizes follow from data and loss."""

    hidden: Annotated[tuple[Unit, ...], Meta(max_length=32)] = (16,)
    """Units of each hidden layer, first to last; none makes a linear model."""
    activation: ActivationName | tuple[ActivationName, ...] = "tanh"
    """What each hidden unit does with its sum; one for all layers, or one each."""
    dropout: Rate | tuple[Rate, ...] = 0.0
    """Share of hidden units silenced in each training step; one for all layers, or one each."""
    initializer: InitializerName | None = None
    """How large the random starting weights are; by default he for relu-like activations, else xavier."""
    gain: Annotated[float, Meta(ge=0, le=1e3)] = 1.0
    """Multiplies the starting weights (for constant: is every weight)."""
    bias_init: Annotated[float, Meta(ge=-1e3, le=1e3)] = 0.0
    """Starting bias of the hidden layers; the last layer's is 0."""
    output: Output = "linear"
    """What is done to the last sum before a squared loss; cross-entropies take it as it is."""
    weights: tuple[LayerWeights, ...] | None = None
    """Explicit start: for each layer its weights (inputs × units) and biases."""
    dtype: Literal["float32", "float64"] = "float32"
    """Precision of all training numbers."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] | None = None
    """Holds the starting weights fixed while the run's seed varies."""

    @property
    def activations(self) -> tuple[str, ...]:
        """One name a hidden layer."""
        one = self.activation
        return (one,) * len(self.hidden) if isinstance(one, str) else one

    @property
    def dropout_rates(self) -> tuple[float, ...]:
        """One rate a hidden layer."""
        one = self.dropout
        return one if isinstance(one, tuple) else (one,) * len(self.hidden)

    @property
    def starting_scheme(self) -> str:
        """The initializer in force, the default resolved."""
        rectifiers = {"relu", "leaky_relu", "elu", "gelu", "silu"}
        return self.initializer or ("he" if rectifiers & set(self.activations) else "xavier")


class EarlyStopping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Stop when the validation loss has not become better for a while."""

    patience: Annotated[int, Meta(ge=1, le=100_000_000)] = 100
    """Iterations without a better validation loss before the run stops."""
    min_delta: Annotated[float, Meta(ge=0, le=1e6)] = 0.0
    """How much lower a validation loss has to be to count as better."""
    restore_best: bool = True
    """Whether the weights of the best evaluation come back where the run stops early; at its target they do not."""


class TrainingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the loop runs."""

    batch_size: Annotated[int, Meta(ge=1, le=1_000_000)] | Literal["full"] = 32
    """Examples in a mini-batch; "full" takes all of them in every iteration."""
    iterations: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    """Target of the run in iterations (or give epochs)."""
    epochs: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    """Target of the run in passes over the training data (or give iterations)."""
    shuffle: bool = True
    """Whether every epoch has an order of its own."""
    drop_last: bool = False
    """Whether a last batch that is not full is left out."""
    balanced_batches: bool = False
    """Whether examples are drawn so that every class is seen equally often."""
    evaluate_every: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None = None
    """Iterations between evaluations. By default a hundredth of the target, for targets up to 1,000; beyond, 10 up to
    iteration 1,000, then at most 2 % of the iterations so far, and never so few that more than a tenth of the examples
    computed are evaluated (a hundredth of the target is allowed always)."""
    pace: Annotated[float, Meta(gt=0, le=1e6)] | Literal["max"] = 30.0
    """Iterations a second on screen; "max" for as fast as possible."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    """Decides data, weights, shuffle, dropout and augmentation together."""
    input_noise: Annotated[float, Meta(ge=0, le=100)] = 0.0
    """Standard deviation of fresh noise on the training inputs in each iteration (augmentation)."""
    shift: Annotated[float, Meta(ge=0, le=64)] = 0.0
    """Images: random shift of up to so many pixels."""
    rotate: Annotated[float, Meta(ge=0, le=180)] = 0.0
    """Images: random rotation of up to so many degrees."""
    flip: bool = False
    """Images: half of them mirrored left to right."""
    early_stopping: EarlyStopping | None = None
    """Stop when the validation loss has not become better for a while."""

    @property
    def target_epochs(self) -> int:
        """The target in epochs where none is given in iterations."""
        return self.epochs or 100


class Experiment(Struct, frozen=True, kw_only=True):
    """Everything that decides how a run comes out. See `training.settings` for building one from tables."""

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
