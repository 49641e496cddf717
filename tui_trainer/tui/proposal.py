"""What the verdict proposes: the first remedy of the headline that would still change something."""

from __future__ import annotations

from tui_trainer.telemetry import Remedy, Snapshot


def proposed(snapshot: Snapshot) -> Remedy | None:
    """None where there is nothing to propose. A remedy stays in the finding until the next evaluation judges anew,
    also when it has been followed."""
    remedies = snapshot.findings[0].remedies if snapshot.findings else ()
    return next((each for each in remedies if not _in_force(each, snapshot)), None)


def _in_force(remedy: Remedy, snapshot: Snapshot) -> bool:
    return all(snapshot.settings.get(key) == value for key, value in remedy.settings.items())
