"""The stability limit of the learning rate, measured when the screen shows it."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.instruments.sharpness import stable_rate
from tui_trainer.telemetry.journal import JournalEntry
from tui_trainer.training import Trainer
from tui_trainer.training.probe import KEPT_PARAMETERS
from tui_trainer.training.steady_probe import SteadyProbe

SHARE = 1 / 200
"""Two measurements are at least this share of their iteration apart, or of the target: by iteration, never by the
clock."""


class StabilityCurve:
    """The limits of one run, measured once a stretch of iterations, and again after every change by hand."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[tuple[JournalEntry, ...], float | None]] = {}
        """Iteration → the changes made up to it, and the limit."""

    def seen_from(self, trainer: Trainer, changes: tuple[JournalEntry, ...] = ()) -> tuple[tuple[int, float], ...]:
        """(iteration, limit), ascending, after one more measurement at the trainer's iteration if none is near.

        `changes`: those made up to this iteration. A limit measured before the last of them says nothing here.
        """
        here = trainer.iteration
        apart = max(1, round(SHARE * max(here, trainer.target)))
        if not any(made == changes and abs(near - here) < apart for near, (made, _) in self._known.items()):
            self._known[here] = changes, _limit(trainer)
        return tuple((iteration, limit) for iteration, (_, limit) in sorted(self._known.items()) if limit is not None)


def _limit(trainer: Trainer) -> float | None:
    """None for pairs, for an optimizer without a limit, and for a network so large that it takes long."""
    if trainer.experiment.loss.pairs or trainer.network.parameter_count > KEPT_PARAMETERS:
        return None
    steady = SteadyProbe(trainer.experiment, trainer.network, trainer.train_set)
    return stable_rate(structs.replace(trainer.moment(), precise=steady.in_float64))
