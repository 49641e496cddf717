"""The narrow waist between whatever produces training and everything that looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tui_trainer.telemetry import Command, Snapshot


class Run(Protocol):
    """One training run. All methods return at once and may be called from any thread."""

    @property
    def capabilities(self) -> frozenset[str]:
        """Which commands the run can serve: "control", "settings", "phases", "seek", "arms",
        "gradient_check", "load"."""

    def latest(self) -> Snapshot:
        """The newest snapshot there is; asks the run to take another one for the next call."""

    def send(self, command: Command) -> None:
        """Hand over a command; its effect is seen in a later snapshot."""

    def answer(self, then: Callable[[], None]) -> None:
        """Call `then`, from any thread, once `latest` tells what all commands so far have done. The run may leave the
        processor to whoever asked until `go_on` is called."""

    def go_on(self) -> None:
        """What was asked for with `answer` is shown; safe to call at any time."""

    def close(self) -> None:
        """Stop and release everything; safe to call twice."""
