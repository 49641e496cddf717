"""The contract of an export format: one moment of a run in, the contents of a file out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from msgspec import Struct

from tui_trainer.arrays import Floats
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment import Experiment, build
from tui_trainer.input_error import InputError
from tui_trainer.telemetry import Evaluations, Snapshot


class ExportError(InputError):
    """A run that a format cannot hold, or a file that cannot be written. The text is for a person."""


class ScreenPicture(NamedTuple):
    """The whole screen, or one panel of it."""

    cells: Cells
    theme: Theme


class Source(Struct, frozen=True, kw_only=True):
    """One moment of a run, and the means to draw it."""

    snapshot: Snapshot
    draw: Callable[[bool], ScreenPicture]
    """Draws this moment, with colours or without."""
    film: Callable[[float], Iterator[tuple[float, ScreenPicture]]]
    """Trains the run once more from its start to this moment. Takes the pictures a second; yields pictures with their
    times in seconds, from 0."""
    films_all_arms: bool = False
    """Whether the film has all arms of a race, or only the one in focus."""
    recall: Callable[[Sequence[Evaluations]], Sequence[Evaluations]] = lambda known: known
    """Returns all evaluations of every arm, given those that the snapshot has."""
    batch_losses: Callable[[], Sequence[Floats]] = tuple
    """Returns for every arm the loss of each mini-batch, (iterations,), as far as they are recorded: NaN, or no number,
    where they are not. Returns nothing for a run that is not recorded."""

    @property
    def evaluations(self) -> list[tuple[str, Evaluations]]:
        """The name of each arm, "" for a single run, with its evaluations up to this moment."""
        snapshot = self.snapshot
        arms = [(arm.name, arm.losses.evaluations, arm.iteration) for arm in snapshot.arms]
        arms = arms or [("", snapshot.losses.evaluations, snapshot.iteration)]
        every = self.recall([known for _, known, _ in arms])
        return [(name, each.until(iteration)) for (name, _, iteration), each in zip(arms, every, strict=True)]

    @property
    def arm(self) -> str:
        """The arm in focus, in words: "arm A (without dropout)"; "" for a single run."""
        focused = next((arm for arm in self.snapshot.arms if arm.focused), None)
        if focused is None:
            return ""
        return f"arm {focused.letter}{f' ({focused.name})' if focused.name != focused.letter else ''}"

    @property
    def experiment(self) -> Experiment:
        """The experiment with the settings in force. Raises `ExportError` for a run that has none, such as a log."""
        settings = self.snapshot.settings
        if settings is None or not settings.tables:
            raise ExportError(f"{self.snapshot.title}: the settings of this run are not known")
        return build(settings.tables, self.snapshot.title, self.snapshot.axis)


class Format(Struct, frozen=True, kw_only=True):
    """One kind of file."""

    title: str
    """What is exported, in a few words for a list: "metrics as CSV"."""
    package: str = ""
    """The optional package that writes it; "" if none is needed."""
    write: Callable[[Source], bytes]
    """Returns the contents of the file. Raises `ExportError`."""
    remark: Callable[[Source], str] = lambda source: ""
    """What the file leaves out of this moment, in words that can follow a comma; "" if it leaves out nothing."""
    has_one_arm: Callable[[Source], bool] = lambda source: False
    """Whether the file has only the arm in focus of a race."""

    @property
    def missing(self) -> str:
        """The package without which it cannot be written; "" if nothing is missing."""
        return self.package if self.package and find_spec(self.package) is None else ""

    def words(self, source: Source, moment: str = "") -> str:
        """The contents of a file in words for a person. `moment`: words for the moment, used if the format has no
        remark of its own."""
        arm = f"{source.arm} alone" if source.arm and self.has_one_arm(source) else ""
        return ", ".join(filter(None, (self.title, arm, self.remark(source) or moment)))
