"""Rescue from divergence: trials find a smaller learning rate that holds where the run goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui_trainer.experiment import with_setting
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.setting import LEARNING_RATE

TRIAL_ITERATIONS = 60
"""Iterations for which a rate has to hold."""
MOST_GROWTH = 2.0
"""Largest allowed ratio of the mean losses of second and first half. Noise is smaller; divergence multiplies."""
MOST_TRIALS = 20
CHECK_EVERY = 10
"""Iterations between checks for a non-finite loss, which ends a trial early."""


def rate_that_holds(run: DiagnosedRun, factor: float) -> float | None:
    """The rate times a power of `factor` at which the next TRIAL_ITERATIONS losses are finite and do not grow.

    None if MOST_TRIALS fail. The run must be between two iterations, and returns there.
    """
    here, rate = run.iteration, run.experiment.optimizer.learning_rate
    for _ in range(MOST_TRIALS):
        rate = smaller(rate, factor)
        holds = _holds(run, rate)
        run.timeline.seek(here)
        if holds:
            return rate
    return None


def smaller(rate: float, factor: float) -> float:
    """The rate times `factor`, to three digits."""
    return float(f"{rate * factor:.3g}")


def _holds(run: DiagnosedRun, rate: float) -> bool:
    trainer, losses = run.trainer, list[NDArray[np.float64]]()
    trainer.change(with_setting(trainer.experiment, LEARNING_RATE, rate))
    for _ in range(0, TRIAL_ITERATIONS, CHECK_EVERY):
        trainer.replay(
            trainer.iteration + CHECK_EVERY, lambda start, block: losses.append(block.losses(start, trainer.iteration))
        )
        if not np.isfinite(losses[-1]).all():
            return False
    early, late = np.array_split(np.concatenate(losses), 2)
    return bool(late.mean() <= MOST_GROWTH * early.mean())
