"""An evaluation for a picture: of the moment at hand, at which none is due."""

from __future__ import annotations

from tui_trainer.telemetry import Evaluation
from tui_trainer.training import Trainer
from tui_trainer.training.evaluation import evaluation_of

QUICK = 1e8
"""Products of a weight and an input, in an evaluation, that take some milliseconds."""


def evaluate_if_quick(trainer: Trainer) -> Evaluation | None:
    """Measure `trainer` now, without what its last step would have to be computed again for; the log does not get it.

    None where the network and the data are so large that a key would wait for it.
    """
    if trainer.network.parameter_count * (len(trainer.train_set) + len(trainer.validation_set)) > QUICK:
        return None
    return evaluation_of(trainer.moment())
