"""What `cli` hands to the screen: the presets to open, the settings to change, and how to open a run. Plain data, so
the screen needs neither TOML nor the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct, structs

from tui_trainer.dashboard.view import View
from tui_trainer.experiment.declared import Setting
from tui_trainer.lessons.walk import Lesson, Walk
from tui_trainer.runs.run import Run
from tui_trainer.telemetry import Command, EarlierRun, Snapshot
from tui_trainer.telemetry.expectation import Outcome


class PresetEntry(Struct, frozen=True, kw_only=True):
    """One line of the preset picker. All texts are shown literally."""

    title: str
    opens: str = ""
    """The path by which `OpenRequest` names it; "" where that is the title."""
    family: str = ""
    """The heading under which it stands; "" for none."""
    question: str
    watch: str = ""
    """What to watch while it runs."""
    text: str = ""
    """The lesson: a few short paragraphs, parted by empty lines."""
    steps: str = ""
    """What its steps say: found, but not shown."""


class OpenRequest(Struct, frozen=True, kw_only=True):
    preset: str
    """A preset's title, or the path of a TOML file or a recording."""
    overrides: dict[str, object] = {}
    """Dotted TOML key → value, laid over the preset."""
    seed: int | None = None
    pace: float | Literal["max"] | None = None
    """Iterations a second on screen; None is the preset's own."""
    paused: bool = False


class Catalogue(Struct, frozen=True, kw_only=True):
    """Everything that can be chosen on the screen."""

    presets: Callable[[], tuple[PresetEntry, ...]] = tuple
    """Reads all presets; the first frame does not wait for it. Raises what `OpenRun` raises."""
    about: Callable[[str], PresetEntry | None] = lambda name: None
    """The preset of this title or file; None for a run without one."""
    load: Callable[[OpenRequest], Command | None]
    """The command that makes a run with the capability "load" continue with the request; None for a recording, which
    goes on as a run of its own. Raises what `OpenRun` raises."""
    reading: Callable[[str], tuple[str, Callable[[Callable[[float], None]], object]] | None] = lambda name: None
    """The file of the table of a preset, and what reads it and tells its progress, 0 to 1, if that takes a while; else
    None."""
    lesson: Callable[[OpenRequest], Lesson | None] = lambda request: None
    """The steps of the request's preset, and its place among the stops of a playlist; None for a preset without either.
    Raises what `OpenRun` raises."""
    formats: Callable[[], tuple[tuple[str, str, str], ...]] = tuple
    """Ending and title of every kind of file that a run can be exported to, and the package that is missing for it
    or ""."""
    export: Callable[[str, str, Snapshot, View, tuple[int, int], Callable[[], bool]], str] = lambda *arguments: ""
    """Exports a moment: the ending, the only panel in a picture ("" for the whole screen), snapshot, view, columns and
    rows of the screen, and whether it was cancelled. Returns what was written. Raises a `ValueError` for a person."""
    title_to_keep: Callable[[Snapshot], str] = lambda snapshot: ""
    """A title for the preset that `keep` writes. Raises a `ValueError` for a person."""
    keep: Callable[[Snapshot, str], str] = lambda snapshot, title: ""
    """Keeps the settings in force as a preset of the person's own, and says so. Raises a `ValueError` for a person."""
    table: Callable[[Snapshot], tuple[str, ...]] = lambda snapshot: ()
    """What is understood of the person's table that the run learns from, in sentences. Raises a `ValueError` for a
    person."""
    command_for: Callable[[Snapshot], tuple[str, str]] = lambda snapshot: ("", "")
    """A command that leads to the moment, and a remark on it; no command where there is none."""
    course: Callable[[], tuple[str, str]] = lambda: ("", "")
    """What goes on with the course, in words, and how its stop is opened; empty where nothing is left to do. Raises
    `ValueError` if a file of the course cannot be read."""
    compared: Callable[[Walk, int], Outcome | None] = lambda walk, seed: None
    """The run with which the present task of a lesson compares, under a seed. Takes as long as that run."""
    earlier_runs: Callable[[str], tuple[EarlierRun, ...]] = lambda title: ()
    """The last ended runs of a preset in sessions before, the oldest first."""
    keep_run: Callable[[str, EarlierRun], str] = lambda title, run: ""
    """Keeps an ended run of a preset for later sessions. Returns a sentence if that is not possible."""
    remember: Callable[[Walk], str] = lambda walk: ""
    """Keeps how far a person has come in a lesson. Returns a sentence if that is not possible."""
    settings: tuple[Setting, ...] = ()
    """In the order of the settings list; a run shows those whose key its snapshots carry."""


OpenRun = Callable[[OpenRequest], Run]
"""Opens a run. Raises a `ValueError` or `OSError` whose text tells a person what is wrong with the request."""


def paused_for(lesson: Lesson | None, request: OpenRequest) -> OpenRequest:
    """The request; a lesson with steps begins with text to read, so its run stands still."""
    return structs.replace(request, paused=True) if lesson is not None and lesson.steps else request
