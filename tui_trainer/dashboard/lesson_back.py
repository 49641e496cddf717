"""The lesson that a run is in, by what was noted beside the run."""

from __future__ import annotations

from pathlib import Path

from tui_trainer.dashboard.catalogue import Catalogue, OpenRequest
from tui_trainer.lessons.noted import returned
from tui_trainer.lessons.walk import Commands, Walk
from tui_trainer.telemetry import LessonEntry
from tui_trainer.telemetry.lesson import LEFT


def lesson_back(catalogue: Catalogue, entry: LessonEntry, iteration: int, aims: int) -> tuple[Walk, Commands] | str:
    """The walk at this entry, and the commands for its run; else why it does not go on: "" if the lesson was left.
    `aims`: as in `returned`."""
    if entry.stage == LEFT:
        return ""
    try:
        if Path(entry.opens).is_fifo():  # nobody may ever write into it
            raise ValueError(f"{entry.opens} is a pipe, which is read once")
        lesson = catalogue.lesson(OpenRequest(preset=entry.opens))
    except (ValueError, OSError) as error:
        return f"its lesson does not go on: {error}"
    back = None if lesson is None else returned(lesson, entry, iteration, aims)
    return back or f"its lesson does not go on: “{entry.title}” is no longer as it was"
