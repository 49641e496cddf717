"""Evaluations: every instrument of the registry applied to a moment.

They happen at iterations that the configuration fixes, so the same seed gives the same numbers on one kind of
processor.
"""

from __future__ import annotations

import numpy as np

from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS
from tui_trainer.instruments.instrument import Moment
from tui_trainer.telemetry import Evaluation, LayerValues
from tui_trainer.training.network import layer_name


@np.errstate(all="ignore")  # a run that diverges goes through infinite numbers; a warning would land on the screen
def evaluation_of(moment: Moment, *, in_full: bool = True) -> Evaluation:
    """Measure everything now, or, not `in_full`, without what is for the diagnosis alone. Deterministic; nothing that
    the next iteration depends on is changed."""
    values = (
        (name, instrument.measure(moment))
        for name, instrument in INSTRUMENTS.items()
        if in_full or not instrument.judged_only
    )
    return Evaluation(
        iteration=moment.iteration,
        epoch=moment.epoch,
        values={name: value for name, value in values if value is not None},
        layers=layer_values(moment, in_full=in_full),
    )


@np.errstate(all="ignore")
def layer_values(moment: Moment, *, in_full: bool = True) -> tuple[LayerValues, ...]:
    """What is measured of every linear layer, now."""
    return tuple(
        LayerValues(
            name=layer_name(layer),
            activation=moment.activations[layer].name if layer < len(moment.activations) else "linear",
            values={
                name: value
                for name, instrument in LAYER_INSTRUMENTS.items()
                if (in_full or not instrument.judged_only) and (value := instrument.measure(moment, layer)) is not None
            },
        )
        for layer in range(len(moment.weights))
    )
