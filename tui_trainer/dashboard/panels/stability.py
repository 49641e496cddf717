"""The learning rate below which steps are stable, in words."""

from __future__ import annotations

from tui_trainer.drawing.charts.numbers import count, plain
from tui_trainer.telemetry import Snapshot


def stability_words(snapshot: Snapshot) -> str:
    """ "stable below 0.49 at 480": the limit, and the iteration at which it was measured last; "" if unknown, also
    since a change by hand."""
    at = snapshot.stable_at
    return f"stable below {plain(snapshot.stable_below, 2)} at {count(at)}" if at >= 0 else ""


def rate_beside_limit(snapshot: Snapshot) -> str:
    """The learning rate in force beside its limit, as a sentence; "" if one of them is unknown."""
    limit = stability_words(snapshot)
    if not limit or snapshot.progress is None:
        return ""
    return f"The learning rate is {plain(snapshot.progress.learning_rate, 3)}; full-batch steps are {limit}."
