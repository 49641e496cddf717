"""The learning rate below which steps are stable, as far as it is known: at some evaluations, and where one looked."""

from __future__ import annotations

import numpy as np

from tui_trainer.arrays import Floats
from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.drawing.charts.numbers import count, plain
from tui_trainer.setting import LEARNING_RATE, PACE
from tui_trainer.telemetry import SettingChange, Snapshot


def stable_rates(snapshot: Snapshot) -> tuple[Floats, Floats]:
    """Iterations and limits, ascending, up to the moment shown; empty where they are not known."""
    evaluations = evaluations_shown(snapshot)
    known = dict(zip(evaluations.iteration.tolist(), evaluations.of("stable_rate").tolist(), strict=True))
    known |= dict(snapshot.stable_rates)
    past = snapshot.past
    limits = sorted(
        (n, limit) for n, limit in known.items() if np.isfinite(limit) and (past is None or n <= past.iteration)
    )
    found = np.array(limits, dtype=np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def stability_words(snapshot: Snapshot) -> str:
    """ "stable below 0.49 at 480": the limit, and the iteration at which it was measured last; "" if unknown, also
    since a change by hand."""
    iterations, limits = stable_rates(snapshot)
    if not len(limits) or _is_outdated(int(iterations[-1]), snapshot):
        return ""
    return f"stable below {plain(float(limits[-1]), 2)} at {count(int(iterations[-1]))}"


def _is_outdated(measured: int, snapshot: Snapshot) -> bool:
    """Whether a change by hand came after this iteration's limit. The rate itself does not change its limit."""
    changed = max(
        (
            event.iteration
            for event in snapshot.events
            if isinstance(event, SettingChange)
            and event.key not in (LEARNING_RATE, PACE)
            and event.iteration <= snapshot.iteration
        ),
        default=-1,
    )
    asked = measured in dict(snapshot.stable_rates)  # measured at a look, after the change; an evaluation is before it
    return measured < changed or (measured == changed and not asked)
