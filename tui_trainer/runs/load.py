"""Another lesson in place of the present one."""

from __future__ import annotations

from tui_trainer.experiment import Experiment
from tui_trainer.telemetry import Command


class Load(Command, frozen=True):
    """Train these from their start instead, each with its name, and forget a jump through time that is under way; undo
    returns to what was there.

    The one command that is no plain data: whoever sends it has found out what is wrong with a lesson.
    """

    experiments: tuple[tuple[str, Experiment], ...]
