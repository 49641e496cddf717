"""Early stopping: what a run remembers of its best validation loss, and when it has waited long enough for a better."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.training.experiment import EarlyStopping


class EarlyStop(Struct, frozen=True, kw_only=True):
    """The best evaluation so far."""

    best_loss: float = float("inf")
    best_iteration: int = 0
    best_parameters: NDArray[np.floating[Any]] | None = None
    """A copy, where the best weights are to be restored."""

    def after(
        self, loss: float, iteration: int, settings: EarlyStopping, parameters: NDArray[np.floating[Any]]
    ) -> tuple[EarlyStop, bool]:
        """What is remembered after an evaluation with this validation loss, and whether the run stops there."""
        if loss < self.best_loss - settings.min_delta:
            best = parameters.copy() if settings.restore_best else None
            return EarlyStop(best_loss=loss, best_iteration=iteration, best_parameters=best), False
        if iteration - self.best_iteration < settings.patience:
            return self, False
        # Who goes on beyond the stop gets the whole patience again.
        again = EarlyStop(best_loss=self.best_loss, best_iteration=iteration, best_parameters=self.best_parameters)
        return again, True
