"""What judges a run as it goes. The diagnosis does, and is handed in, because runs do not know it."""

from __future__ import annotations

from typing import Protocol

from tui_trainer.telemetry import Evaluation, Finding


class Watcher(Protocol):
    """Judges evaluations as they come."""

    def observe(self, evaluation: Evaluation, settings: dict[str, object] | None = None) -> None:
        """Take the next evaluation in; `settings` are those in force, which remedies shall fit."""

    def observe_non_finite(self, iteration: int, settings: dict[str, object] | None = None) -> None:
        """The run stopped here, at a loss that is no finite number."""

    def copy(self) -> Watcher:
        """An independent copy."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that hold now, the headline first."""
