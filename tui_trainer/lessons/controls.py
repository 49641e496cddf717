"""What a command changes, in the keys of settings: a lesson may allow only some of them."""

from __future__ import annotations

from tui_trainer.setting import SEED
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
            return ("data.extra",)
        case do.LeaveOut():
            return ("data.without",)
        case do.Restart(seed) if seed is not None:
            return (SEED,)
        case do.ApplyRemedy(settings):
            return tuple(settings)
    return ()
