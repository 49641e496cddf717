"""The interface between every source of training and everything that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tui_trainer.telemetry import Command, Snapshot


class Run(Protocol):
    """One training run. All methods return at once and may be called from any thread."""

    @property
    def capabilities(self) -> frozenset[str]:
        """The groups of commands that the run obeys: "control", "restart", "settings", "phases", "seek", "arms",
        "gradient_check", "examination", "load"."""

    def latest(self, *, numbers: bool = True) -> Snapshot:
        """The newest snapshot. Asks the run to take another one for the next call. Without `numbers` that one may have
        the numbers of an earlier step at full speed: they are costly, and a person cannot read ten of them a second."""

    def send(self, command: Command) -> None:
        """Queue a command. A later snapshot shows its effect."""

    def answer(self, then: Callable[[], None]) -> None:
        """Call `then`, from any thread, once `latest` shows what all commands so far have done. The run may pause until
        `go_on`, so that the reply is drawn without delay."""

    def go_on(self) -> None:
        """The reply requested with `answer` is on the screen. Safe to call at any time."""

    def close(self, *, is_cut_off: bool = False) -> None:
        """Stop and release everything. Safe to call twice. `is_cut_off`: the program did not end by a person's wish, so
        its recording is kept however short it is."""
