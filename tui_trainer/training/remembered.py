"""The vectors that a run remembers from one evaluation to the next, because the next one is measured by them."""

from __future__ import annotations

from msgspec import Struct, structs

from tui_trainer.arrays import Array
from tui_trainer.instruments.instrument import Earlier, Moment
from tui_trainer.telemetry.evaluation import Evaluation, is_apart

KEPT = 0.8
"""The share of the running mean of the weights that stays at an evaluation. So about ten evaluations count."""


class Remembered(Struct, frozen=True, kw_only=True):
    """What is remembered after one evaluation. Its arrays are never written to."""

    evaluated: int = -1
    """The iteration of that evaluation: a run that goes on from another one begins to remember anew."""
    judged: int | None = None
    """The iteration of the last evaluation that was judged, being far enough from the one before; None before the
    first."""
    mean: Array | None = None
    """The running mean of the parameters at judged evaluations, (parameters,)."""
    count: int = 0
    """The number of judged evaluations that the running mean is made of."""
    gradient: Array | None = None
    """The steady gradient at the last judged evaluation, (parameters,)."""
    best: int = -1
    """The iteration of the evaluation with the lowest validation loss so far; −1 where it is not known."""
    best_losses: Array | None = None
    """The loss of every held-out example there."""

    def earlier(self, moment: Moment, best: Evaluation | None) -> Earlier | None:
        """What the evaluation of `moment` is measured by; None where it is too close to the last that was judged.
        `best` is the best evaluation so far."""
        if self.judged is not None and not is_apart(moment.iteration, self.judged, moment.share_done):
            return None
        parameters = moment.parameters
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
                self, judged=moment.iteration, mean=now.mean, count=now.count, gradient=moment.steady_gradient
            )
        )
        return structs.replace(
            known,
            evaluated=moment.iteration,
            best=moment.iteration if here else self.best,
            best_losses=moment.validation_losses if here else self.best_losses,
        )
