"""What a run can be told. Commands are plain data; the run carries them out between two iterations, in slow motion
between two phases."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tui_trainer.telemetry.look import Look


class Command(Struct, frozen=True):
    """Anything that `Run.send` takes."""


class Pause(Command, frozen=True):
    """Stand still."""


class Resume(Command, frozen=True):
    """Run at the present pace; beyond the target when that was reached; completes an open iteration first."""


class TogglePause(Command, frozen=True):
    """Pause when running, resume otherwise."""


class StepIterations(Command, frozen=True):
    """Run exactly `count` iterations and pause. An iteration that is open is completed and counts as one."""

    count: int = 1


class StepEpoch(Command, frozen=True):
    """Run to the end of the present epoch and pause."""


class StepPhase(Command, frozen=True):
    """Run the next phase and pause; -1 goes back to the boundary before the last phase."""

    direction: Literal[1, -1] = 1


SLOW_MOTION = 2.0
"""At this pace (iterations a second) and below, a run moves by single phases, so that each can be seen."""


class SetPace(Command, frozen=True):
    """Iterations a second; None as fast as possible."""

    iterations_per_second: float | None


class ChangeSetting(Command, frozen=True):
    """Set the dotted TOML key `key`; live where that is possible, otherwise with a restart from the same seed."""

    key: str
    value: object


class Undo(Command, frozen=True):
    """Take the last change of a setting, restart or new seed back."""


class Redo(Command, frozen=True):
    """Do the last undone change again."""


class Restart(Command, frozen=True):
    """Start again: with the same seed and weights, or with `seed`."""

    seed: int | None = None


class Fork(Command, frozen=True):
    """Make another arm of the focused one, at the moment shown: same weights, same batches. The new one is focused."""


class FocusArm(Command, frozen=True):
    """Look at, and change the settings of, the next arm."""

    offset: int = 1


class DropArm(Command, frozen=True):
    """Give the focused arm up; the last one cannot be."""


class SetLook(Command, frozen=True):
    """Say which pictures the screen wants from now on."""

    look: Look


class Seek(Command, frozen=True):
    """Show the moment after `iteration` updates, negative meaning the start; the run is paused."""

    iteration: int


class SeekRelative(Command, frozen=True):
    """Move the moment shown by `offset` iterations, within what the run has reached; the run is paused."""

    offset: int


class SeekLive(Command, frozen=True):
    """Return from the past to the newest iteration."""


class CancelSeek(Command, frozen=True):
    """Give up a seek that is still under way, and return to where it began."""


class Rescue(Command, frozen=True):
    """Return from divergence: stand at the last finite step, with the learning rate times `factor` as often as it takes
    for the losses not to grow again."""

    factor: float = 0.1


class CheckGradient(Command, frozen=True):
    """Hold the gradient of backpropagation to the slope that the loss has here: `ControlView.gradient_check`."""
