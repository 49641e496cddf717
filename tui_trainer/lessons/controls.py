"""Which settings a command changes. A lesson may allow changes of some settings only."""

from __future__ import annotations

from tui_trainer.setting import ADDED_EXAMPLES, LEFT_OUT, SEED
from tui_trainer.telemetry import Command
from tui_trainer.telemetry import commands as do


def changed_by(command: Command) -> tuple[str, ...]:
    """Dotted keys of the settings that a command changes."""
    match command:
        case do.ChangeSetting(key, _):
            return (key,)
        case do.ChangeWeight():
            return ("network.weights",)
        case do.AddExample():
            return (ADDED_EXAMPLES,)
        case do.LeaveOut():
            return (LEFT_OUT,)
        case do.Restart(seed) if seed is not None:
            return (SEED,)
        case do.ApplyRemedy(settings):
            return tuple(settings)
    return ()
