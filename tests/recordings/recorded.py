"""Runs that are recorded, without the thread that trains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from driven_run import DrivenRun

from tui_trainer.recordings.listing import kept_in
from tui_trainer.runs.keeping import Keeper
from tui_trainer.telemetry import Command
from tui_trainer.telemetry import commands as do
from tui_trainer.training import Experiment

BY_HAND = do.ChangeSetting("optimizer.weight_decay", 0.01)
ALSO_BY_HAND = do.ChangeSetting("optimizer.learning_rate", 0.03)
"""What makes a short run worth keeping."""


class RecordedLive:
    """A driven run with its keeper."""

    def __init__(self, root: Path, arms: Experiment | Sequence[tuple[str, Experiment]] | None = None) -> None:
        self.root, self.run, self.keeper = root, DrivenRun(arms), Keeper(root)
        self.control = self.run.driver.control
        self.messages: list[str] = []
        """What the screen has said after each command."""
        self.watch()

    def watch(self) -> None:
        self.keeper.watch(self.control)
        self.messages.append(self.control.message.text)

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.keeper.before_command(self.control)
            self.run.send(command)
            self.watch()

    def leave(self, *, keep_short: bool = False) -> Path:
        """End the recording; return the newest folder."""
        self.keeper.close(self.control, keep_short=keep_short)
        for kept in self.keeper._of_number.values():  # on leaving the program waits for a slow disk a little only
            kept.recorder._thread.join(60)
        return kept_in(self.root)[-1]


def record(root: Path, *commands: Command, arms: Experiment | Sequence[tuple[str, Experiment]] | None = None) -> Path:
    """The folder of a run with these commands that was left properly."""
    live = RecordedLive(root, arms)
    live.do(*commands)
    return live.leave()
