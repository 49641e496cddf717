"""The commands that a run takes, as plain data. The run obeys between two iterations, in slow motion between phases."""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import Struct

from tui_trainer.telemetry.aim import Aim
from tui_trainer.telemetry.lesson import LessonEntry
from tui_trainer.telemetry.picture_request import PictureRequest


class Command(Struct, frozen=True, tag=True):
    """Anything that `Run.send` takes. Encoded, a command carries its class name as `type`."""

    opens_run: ClassVar[bool] = False
    """Whether another run is shown once it is obeyed."""


class Pause(Command, frozen=True):
    """Stop training until another command."""


class Resume(Command, frozen=True):
    """Run at the present pace, beyond the target if it was reached. An open iteration is completed first."""


class TogglePause(Command, frozen=True):
    """Pause when running, resume otherwise."""


class StepIterations(Command, frozen=True):
    """Run exactly `count` iterations and pause. An iteration that is open is completed and counts as one."""

    count: int = 1


class StepEpoch(Command, frozen=True):
    """Run to the end of the present epoch and pause."""


class StepPhase(Command, frozen=True):
    """Run the next phase and pause. -1 goes back to the boundary before the last phase."""

    direction: Literal[1, -1] = 1


SLOW_MOTION = 2.0
"""Pace, in iterations a second, up to which a run moves by single phases, so that each can be seen."""


class SetPace(Command, frozen=True):
    """Change the pace: iterations a second, or None for as fast as possible."""

    iterations_per_second: float | None


class ChangeSetting(Command, frozen=True):
    """Set the dotted TOML key `key`. A setting that cannot change live restarts the run from the same seed."""

    key: str
    value: object


class ChangeWeight(Command, frozen=True):
    """Give one weight another value. Layers, inputs and units count from 0; `source` = inputs means the bias."""

    layer: int
    source: int
    unit: int
    value: float


class AddExample(Command, frozen=True):
    """Add a training example: its raw inputs, and the number of its class or its value."""

    inputs: tuple[float, ...]
    target: float


class LeaveOut(Command, frozen=True):
    """Go on without training example `index`, counted from 0 among the present ones."""

    index: int


class WatchFor(Command, frozen=True):
    """Watch the run for an aim from now on, in place of an earlier one; None for nothing. See `ControlView.aim`."""

    aim: Aim | None


class NoteLesson(Command, frozen=True):
    """Keep what a person has just done in a lesson beside the run, with the iteration shown."""

    entry: LessonEntry


class Bookmark(Command, frozen=True):
    """Keep the present arms aside, for `ReturnToBookmark`."""


class ReturnToBookmark(Command, frozen=True):
    """Go on with the arms that were kept aside, if there are any. Undo returns to the present ones."""

    opens_run: ClassVar[bool] = True

    otherwise: Command | None = None
    """What is done if there are none; None for nothing."""


class Undo(Command, frozen=True):
    """Take back the last change of a setting, a weight or the examples, restart or new seed."""


class Redo(Command, frozen=True):
    """Repeat the change that was undone last."""


class Restart(Command, frozen=True):
    """Start again with the same seed and weights, or with `seed`."""

    seed: int | None = None


class Fork(Command, frozen=True):
    """Fork the focused arm at the moment shown: same weights, same batches. The new arm gets the focus."""


class FocusArm(Command, frozen=True):
    """Move the focus by `offset` arms. The focused arm is shown, and its settings are changed."""

    offset: int = 1


class DropArm(Command, frozen=True):
    """Remove the focused arm. The only arm cannot be removed."""


class RequestPictures(Command, frozen=True):
    """Request other pictures from now on."""

    request: PictureRequest


class Seek(Command, frozen=True):
    """Show the moment after `iteration` updates; a negative number is the start. The run is paused."""

    iteration: int


class SeekRelative(Command, frozen=True):
    """Move the moment shown by `offset` iterations, within what the run has reached. The run is paused."""

    offset: int


class SeekLive(Command, frozen=True):
    """Return from the past to the newest iteration."""


class CancelSeek(Command, frozen=True):
    """Cancel a seek that is under way, and return to the moment at which it began."""


class Propose(Command, frozen=True):
    """Propose the first remedy of what holds that has helped on copies of the run, or the next one.

    The run is paused while `ControlView.proposal` is there. Any command but those about the proposal closes it.
    """


class ApplyRemedy(Command, frozen=True):
    """Race the run against itself with these settings, if it proposes them."""

    settings: dict[str, object]


class CloseProposal(Command, frozen=True):
    """Close the proposal, also while it is being tried. The run goes on if it did before."""


class CheckGradient(Command, frozen=True):
    """Compare the gradient of backpropagation with the measured slope of the loss. See `ControlView.gradient_check`."""


class RunSeeds(Command, frozen=True):
    """Run the present experiment under `count` seeds, its own the first. If that is under way or shown, put it away."""

    count: int = 20
