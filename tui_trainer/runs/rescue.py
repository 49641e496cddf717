"""Out of a divergence: which smaller learning rate holds is tried out where the run is to go on, and taken back."""

from __future__ import annotations

import numpy as np

from tui_trainer.runs.session import Session
from tui_trainer.training import with_setting

RATE = "optimizer.learning_rate"
TRIAL = 60
"""Iterations that a rate has to hold."""
MOST_TRIALS = 12


def rate_that_holds(session: Session, factor: float) -> tuple[float, bool]:
    """The rate times `factor` as often as it takes until the next TRIAL losses are finite and do not rise.

    And whether any is; otherwise the smallest that was tried. The session, which stands between two iterations, is left
    as it was.
    """
    here, rate = session.iteration, session.experiment.optimizer.learning_rate
    for _ in range(MOST_TRIALS):
        rate = float(f"{rate * factor:.3g}")
        holds = _holds(session, rate)
        session.timeline.seek(here)
        if holds:
            return rate, True
    return rate, False


def _holds(session: Session, rate: float) -> bool:
    trainer, losses = session.trainer, []
    trainer.change(with_setting(trainer.experiment, RATE, rate))
    trainer.replay(
        trainer.iteration + TRIAL, lambda start, block: losses.append(block.losses(start, trainer.iteration))
    )
    early, late = np.array_split(np.concatenate(losses), 2)
    with np.errstate(all="ignore"):
        return bool(np.isfinite([*early, *late]).all() and late.mean() <= early.mean())
