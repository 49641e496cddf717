"""Early stopping: what a run remembers of its best validation loss, and when it has waited long enough for a better."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.training.experiment import EarlyStopping


class EarlyStop(Struct, frozen=True, kw_only=True):
    """The best evaluation so far."""

    best_loss: float = float("inf")
    best_iteration: int = 0
    best_parameters: NDArray[np.floating[Any]] | None = None
    """A copy, where the best weights are to be restored."""
    stopped: int = -1
    """The iteration at which the run has stopped since, the last one: who goes on gets the whole patience again."""

    def after(
        self, loss: float, iteration: int, settings: EarlyStopping, parameters: NDArray[np.floating[Any]]
    ) -> tuple[EarlyStop, bool]:
        """What is remembered after an evaluation with this validation loss, and whether the run stops there."""
        if loss < self.best_loss - settings.min_delta:
            best = parameters.copy() if settings.restore_best else None
            return EarlyStop(best_loss=loss, best_iteration=iteration, best_parameters=best), False
        if iteration - max(self.best_iteration, self.stopped) < settings.patience:
            return self, False
        return structs.replace(self, stopped=iteration), True

    def restored(self, iteration: int) -> int | None:
        """The iteration whose weights stand in place of those that `iteration` ended with; None where no others do."""
        return self.best_iteration if iteration == self.stopped and self.best_parameters is not None else None
