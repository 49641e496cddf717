"""The contract of an export format: one moment of a run in, the contents of a file out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import NamedTuple

from msgspec import Struct

from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.experiment import Experiment, build
from tui_trainer.telemetry import Snapshot


class ExportError(ValueError):
    """A run that a format cannot hold, or a file that cannot be written. The text is for a person."""


class Picture(NamedTuple):
    """The whole screen, or one panel of it."""

    cells: Cells
    theme: Theme


class Source(Struct, frozen=True, kw_only=True):
    """One moment of a run, and the means to draw it."""

    snapshot: Snapshot
    draw: Callable[[bool], Picture]
    """Draws this moment, with colours or without."""
    film: Callable[[float], Iterator[tuple[float, Picture]]]
    """Trains the run once more from its start to this moment. Takes the pictures a second; yields pictures with their
    times in seconds, from 0."""

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
    """The package that writes it, if that is one which not everybody has installed."""
    write: Callable[[Source], bytes]
    """Returns the contents of the file. Raises `ExportError`."""
    remark: Callable[[Source], str] = lambda source: ""
    """What the file does not say of this moment, in words that can follow a comma; "" if there is nothing."""

    @property
    def missing(self) -> str:
        """The package without which it cannot be written; "" if nothing is missing."""
        return self.package if self.package and find_spec(self.package) is None else ""
