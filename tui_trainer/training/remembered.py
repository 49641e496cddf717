"""What a run remembers from one evaluation to the next, beside numbers: vectors by which the next one is measured."""

from __future__ import annotations

from msgspec import Struct, structs

from tui_trainer.arrays import Array
from tui_trainer.instruments.instrument import Earlier, Moment
from tui_trainer.telemetry.evaluation import Evaluation, is_apart

KEPT = 0.8
"""Of the running mean of the weights, from one evaluation to the next: about ten of them count."""


class Remembered(Struct, frozen=True, kw_only=True):
    """After one evaluation. Its arrays are never written to."""

    evaluated: int = -1
    """The iteration of that evaluation: a run that goes on from another one begins to remember anew."""
    judged: float = -1.0
    """The share of the run that was done at the last evaluation that was far enough from the one before …"""
    mean: Array | None = None
    """… and the running mean of the parameters there, (parameters,) …"""
    count: int = 0
    """… over so many of them …"""
    gradient: Array | None = None
    """… and the steady gradient, (parameters,)."""
    best: int = -1
    """The iteration of the evaluation with the lowest validation loss so far; −1 where it is not known."""
    best_losses: Array | None = None
    """The loss of every held-out example there."""

    def earlier(self, share_done: float, parameters: Array, best: Evaluation | None) -> Earlier | None:
        """What an evaluation is measured by; None where it is too close to the last that was judged. `share_done`: of
        the run. `best` is the best evaluation so far."""
        if not is_apart(share_done, self.judged):
            return None
        kept = min(KEPT, 1 - 1 / (self.count + 1))  # at first all count alike
        return Earlier(
            mean=parameters.copy() if self.mean is None else kept * self.mean + (1 - kept) * parameters,
            count=self.count + 1,
            gradient=self.gradient,
            best_losses=self.best_losses if best is not None and best.iteration == self.best else None,
        )

    def after(self, moment: Moment, best: Evaluation | None) -> Remembered:
        """The same after the evaluation of `moment`; `best` is the best so far, this one included."""
        here, now = best is not None and best.iteration == moment.iteration, moment.earlier
        known = (
            self
            if now is None
            else structs.replace(
                self, judged=moment.share_done, mean=now.mean, count=now.count, gradient=moment.steady_gradient
            )
        )
        return structs.replace(
            known,
            evaluated=moment.iteration,
            best=moment.iteration if here else self.best,
            best_losses=moment.validation_losses if here else self.best_losses,
        )
