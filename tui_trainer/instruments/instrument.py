"""An instrument measures one value of a run when the run is evaluated; a `Moment` is what it may read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.layers import Activation
from tui_trainer.optimizers import Optimizer

PROBE_EXAMPLES = 256
"""Number of training examples, the first of the set, on which the activity of units is measured."""


class Moment(Struct, frozen=True, kw_only=True, dict=True):
    """What instruments may read of a run between two iterations. The arrays are live: do not write to them or keep
    them."""

    iteration: int
    """Completed updates."""
    epoch: int
    """Completed epochs."""
    learning_rate: float
    """The rate of the next update."""
    base_loss: float
    """Training loss of the best constant prediction."""
    epoch_loss: float | None
    """Mean of the batch losses of the last complete epoch."""
    classes: int
    """0 for a regression."""
    train_set: EvaluationSet
    validation_set: EvaluationSet
    optimizer: Optimizer
    activations: tuple[Activation, ...]
    """The activations of the hidden layers."""
    outputs: Callable[[Array], Array]
    """Inputs (examples, features) → z (outputs, examples), in evaluation mode."""
    activity: Callable[[Array], list[Array]]
    """Inputs (examples, features) → the activations of each layer, (units, examples); the last is z."""
    weights: list[Array]
    """(inputs + 1, units) of each linear layer. The last row holds the biases."""
    gradients: list[Array]
    """The gradients of the last mini-batch, shaped like `weights`: before its update, with penalties, not clipped."""
    updates: list[Array]
    """The last updates, shaped like `weights`; 0 before the first."""
    gradient: Array
    """(parameters,): all gradients in one vector."""
    update: Array
    """(parameters,): all updates in one vector."""
    gradient_after: Callable[[], Array] | None = None
    """The gradient (parameters,) of the last mini-batch at the present parameters; None without such a batch, and if no
    measure needs the gradient."""

    @cached_property
    def train_outputs(self) -> Array:
        return self.outputs(self.train_set.inputs)

    @cached_property
    def validation_outputs(self) -> Array:
        return self.outputs(self.validation_set.inputs)

    @cached_property
    def validation_losses(self) -> Array:
        """The loss of every validation example (or pair)."""
        return self.validation_set.losses(self.validation_outputs)

    @cached_property
    def probe_activity(self) -> list[Array]:
        """The activations of each layer for the first `PROBE_EXAMPLES` training examples."""
        return self.activity(self.train_set.inputs[:PROBE_EXAMPLES])


class Instrument(Struct, frozen=True, kw_only=True):
    """A value of the whole network at a moment."""

    name: str
    """The name in evaluations, JSON and expectations."""
    help: str
    """One sentence with the formula."""
    measure: Callable[[Moment], float | None]
    """Returns None if the moment has no such value."""
    unit: str = ""
    """The unit; "" for losses, shares and other plain numbers."""
    cost: str = "nothing to speak of"
    """The work that the measure adds to an evaluation."""


class LayerInstrument(Struct, frozen=True, kw_only=True):
    """A value of one linear layer at a moment. Cheap enough to be measured for every picture."""

    name: str
    help: str
    measure: Callable[[Moment, int], float | None]
    """Measures the layer with this number, from 0. Returns None if the layer has no such value."""
    unit: str = ""
    cost: str = "nothing to speak of"
