"""Early stopping: the best validation loss so far, and when to stop waiting for a better one."""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from tui_trainer.experiment.training_settings import EarlyStopping


class EarlyStop(Struct, frozen=True, kw_only=True):
    """The best evaluation so far, and since when there was none that is better by `min_delta`."""

    best_loss: float = float("inf")
    best_iteration: int = 0
    best_parameters: NDArray[np.floating[Any]] | None = None
    """A copy, if the best weights are to be restored."""
    to_beat: float = float("inf")
    """The loss of the last evaluation that was better by `min_delta`; the next has to beat it by as much."""
    waits_since: int = 0
    """The iteration of that evaluation."""
    stopped: int = -1
    """The iteration at which the run stopped last, or −1. A run that continues waits for the full patience again."""

    def after(
        self, loss: float, iteration: int, settings: EarlyStopping, parameters: NDArray[np.floating[Any]]
    ) -> tuple[EarlyStop, bool]:
        """The new state after an evaluation with this validation loss, and whether the run stops."""
        known = self
        if loss < self.best_loss:
            best = parameters.copy() if settings.restore_best else None
            known = structs.replace(self, best_loss=loss, best_iteration=iteration, best_parameters=best)
        if loss < self.to_beat - settings.min_delta:
            return structs.replace(known, to_beat=loss, waits_since=iteration, stopped=-1), False
        if iteration - max(self.waits_since, self.stopped) < settings.patience:
            return known, False
        return structs.replace(known, stopped=iteration), True

    def restored(self, iteration: int) -> int | None:
        """The iteration whose weights were restored in place of those of `iteration`; None if they were not."""
        stands_on_best = iteration == self.stopped and self.best_parameters is not None
        return self.best_iteration if stands_on_best and self.best_iteration != iteration else None
