"""What an instrument is, and the moment that it measures: one value of a run, by name, when the run is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from tui_trainer.arrays import Array
from tui_trainer.instruments.evaluation_set import EvaluationSet
from tui_trainer.layers import Activation
from tui_trainer.optimizers import Optimizer

PROBE_EXAMPLES = 256
"""Training examples on which the activity of units is measured, the first ones of the set."""


class Moment(Struct, frozen=True, kw_only=True, dict=True):
    """A run between two iterations, as far as instruments may look at it. Its arrays are the live ones: not to be
    written to, nor to be kept."""

    iteration: int
    """Completed updates."""
    epoch: int
    """Completed epochs."""
    learning_rate: float
    """In force for the next update."""
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
    """Of the hidden layers."""
    outputs: Callable[[Array], Array]
    """Inputs (examples, features) → z (outputs, examples), in evaluation mode."""
    activity: Callable[[Array], list[Array]]
    """Inputs (examples, features) → what each layer holds, (units, examples); the last is z."""
    weights: list[Array]
    """(inputs + 1, units) of each linear layer; the last row are the biases. Likewise:"""
    gradients: list[Array]
    """Of the last mini-batch before its update, penalties included, before clipping."""
    updates: list[Array]
    """What was added last; 0 before the first."""
    gradient: Array
    """(parameters,): all gradients in one vector."""
    update: Array
    gradient_after: Callable[[], Array] | None = None
    """The gradient (parameters,) of the last mini-batch at the present parameters; None where there is no such batch,
    or nobody asks for what is measured with it."""

    @cached_property
    def train_outputs(self) -> Array:
        return self.outputs(self.train_set.inputs)

    @cached_property
    def validation_outputs(self) -> Array:
        return self.outputs(self.validation_set.inputs)

    @cached_property
    def validation_losses(self) -> Array:
        """The loss of every held-out example (or pair)."""
        return self.validation_set.losses(self.validation_outputs)

    @cached_property
    def probe_activity(self) -> list[Array]:
        """What each layer holds for the first `PROBE_EXAMPLES` training examples."""
        return self.activity(self.train_set.inputs[:PROBE_EXAMPLES])


class Instrument(Struct, frozen=True, kw_only=True):
    """A value of the whole network at a moment."""

    name: str
    """Under which evaluations, JSON and expectations have it."""
    help: str
    """What it is, in one sentence with its formula."""
    measure: Callable[[Moment], float | None]
    """None where the moment has no such value."""
    unit: str = ""
    """What it is measured in; "" for losses, shares and other plain numbers."""
    cost: str = "nothing to speak of"
    """What an evaluation pays for it."""


class LayerInstrument(Struct, frozen=True, kw_only=True):
    """A value of one linear layer at a moment; cheap enough to be measured for every picture too."""

    name: str
    help: str
    measure: Callable[[Moment, int], float | None]
    """Of the layer of this number, from 0; None where that layer has no such value."""
    unit: str = ""
    cost: str = "nothing to speak of"
