"""The stability limit of the learning rate, measured where somebody looks."""

from __future__ import annotations

from bisect import bisect_left, insort

from msgspec import structs

from tui_trainer.instruments.sharpness import stable_rate
from tui_trainer.training import Trainer
from tui_trainer.training.probe import KEPT_PARAMETERS
from tui_trainer.training.steady import SteadyProbe

SHARE = 1 / 200
"""Two measurements are at least this share of their iteration apart, or of the target: by iteration, never by the
clock."""


class StabilityCurve:
    """The limits of one run, measured once a stretch of iterations."""

    def __init__(self) -> None:
        self._known: list[tuple[int, float]] = []

    def seen_from(self, trainer: Trainer) -> tuple[tuple[int, float], ...]:
        """(iteration, limit), ascending, after one more measurement at the trainer's iteration if none is near."""
        here = trainer.iteration
        apart = max(1, round(SHARE * max(here, trainer.target)))
        index = bisect_left(self._known, (here,))
        near = [iteration for iteration, _ in self._known[max(index - 1, 0) : index + 1]]
        if all(abs(iteration - here) >= apart for iteration in near):
            limit = _limit(trainer)
            if limit is not None:
                insort(self._known, (here, limit))
        return tuple(self._known)


def _limit(trainer: Trainer) -> float | None:
    """None for pairs, and for a network so large that it takes long."""
    if trainer.experiment.loss.pairs or trainer.network.parameter_count > KEPT_PARAMETERS:
        return None
    steady = SteadyProbe(trainer.experiment, trainer.network, trainer.train_set)
    return stable_rate(structs.replace(trainer.moment(), precise=steady.in_float64))
