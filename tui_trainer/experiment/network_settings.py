"""The `[network]` table: the fully connected network and where its weights start."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tui_trainer.layers import ACTIVATIONS, INITIALIZERS
from tui_trainer.losses.loss import Output
from tui_trainer.setting import FACTOR, Seed, setting

Units = Annotated[int, Meta(ge=1, le=4096)]
Rate = Annotated[float, Meta(ge=0, lt=1)]
LayerWeights = tuple[tuple[tuple[float, ...], ...], tuple[float, ...]]

Hidden = Annotated[
    tuple[Units, ...],
    Meta(max_length=32),
    setting(
        "Units of each hidden layer, first to last; none makes a linear model.",
        label="hidden layers",
        short="hidden",
        order=60,
        step=FACTOR,
        unit="units",
    ),
]
ActivationNames = Annotated[
    str | tuple[str, ...],
    setting(
        "What each hidden unit does with its sum; one for all layers, or one each.",
        short="activ.",
        order=50,
        choices=ACTIVATIONS,
        applies=lambda experiment: bool(experiment.network.hidden),
    ),
]
Dropout = Annotated[
    Rate | tuple[Rate, ...],
    setting(
        "Share of hidden units silenced in each training step; one for all layers, or one each.",
        order=100,
        step=0.1,
        live=True,
        applies=lambda experiment: bool(experiment.network.hidden),
    ),
]
InitializerName = Annotated[
    str | None,
    setting(
        "How large the random starting weights are; by default he for relu-like activations, else xavier.",
        short="init",
        order=300,
        automatic=True,
        choices=INITIALIZERS,
    ),
]
Gain = Annotated[
    float,
    Meta(ge=0, le=1e3),
    setting("Multiplies the starting weights (for constant: is every weight).", order=310, step=FACTOR),
]
BiasInit = Annotated[
    float,
    Meta(ge=-1e3, le=1e3),
    setting(
        "Starting bias of the hidden layers; the last layer's is 0.",
        label="starting bias",
        order=320,
        step=0.5,
        applies=lambda experiment: bool(experiment.network.hidden),
    ),
]
OutputFunction = Annotated[
    Output,
    setting(
        "What is done to the last sum before a squared loss; cross-entropies take it as it is.",
        order=330,
        applies=lambda experiment: len(experiment.loss.outputs) > 1,
    ),
]
Weights = Annotated[
    tuple[LayerWeights, ...] | None,
    setting("Explicit start: for each layer its weights (inputs × units) and biases.", listed=False),
]
Precision = Annotated[
    Literal["float32", "float64"],
    setting("Precision of all training numbers.", label="precision", short="prec.", order=340),
]
NetworkSeed = Annotated[
    Seed | None, setting("Holds the starting weights fixed while the run's seed varies.", listed=False)
]


class NetworkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fully connected network. Its input and output sizes follow from data and loss."""

    hidden: Hidden = (16,)
    activation: ActivationNames = "tanh"
    dropout: Dropout = 0.0
    initializer: InitializerName = None
    gain: Gain = 1.0
    bias_init: BiasInit = 0.0
    output: OutputFunction = "linear"
    weights: Weights = None
    dtype: Precision = "float32"
    seed: NetworkSeed = None

    @property
    def activations(self) -> tuple[str, ...]:
        """One name for each hidden layer."""
        one = self.activation
        return (one,) * len(self.hidden) if isinstance(one, str) else one

    @property
    def dropout_rates(self) -> tuple[float, ...]:
        """One rate for each hidden layer."""
        one = self.dropout
        return one if isinstance(one, tuple) else (one,) * len(self.hidden)

    @property
    def starting_scheme(self) -> str:
        """The initializer in force."""
        suitable = {ACTIVATIONS[name].initializer for name in self.activations}
        return self.initializer or ("he" if "he" in suitable else "xavier")
