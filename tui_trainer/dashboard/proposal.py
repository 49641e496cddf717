"""The remedy that the verdict proposes: the first of the headline finding that would still change something."""

from __future__ import annotations

from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Remedy, Snapshot


def proposed(snapshot: Snapshot) -> Remedy | None:
    """None where there is nothing to propose. A finding keeps a remedy that was applied until the next evaluation is
    judged."""
    for finding in snapshot.findings[:1]:
        judged = finding.evidence.get("learning_rate")
        return next((each for each in finding.remedies if not _followed(each, judged, snapshot)), None)
    return None


def _followed(remedy: Remedy, judged: float | None, snapshot: Snapshot) -> bool:
    """Whether the remedy, or more of it, is in force: the rate has moved at least as far from the `judged` one."""
    return all(
        (now := snapshot.values.get(key)) == value or (key == LEARNING_RATE and _beyond(judged, value, now))
        for key, value in remedy.settings.items()
    )


def _beyond(judged: object, proposed: object, now: object) -> bool:
    """Whether the rate has moved from the judged one past the proposed one."""
    if isinstance(judged, float) and isinstance(proposed, float) and isinstance(now, int | float):
        return now < proposed < judged or now > proposed > judged
    return False
