"""Opens a recording so that its run goes on in the same recording, on the same kind of processor bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

from tui_trainer.recordings.folder import Folder
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.control import Control
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.pace import Pace
from tui_trainer.runs.restoring import arms_of, undo_of
from tui_trainer.runs.undo import UndoStack


class Reopened(NamedTuple):
    """A recording that no other program can write now, its arms, and what can be undone."""

    folder: Callable[[], Folder]
    """Raises `OSError` if it cannot be written. Its run goes on nevertheless."""
    recording: Recording
    arms: list[Arm]
    undo: UndoStack


def reopened(path: Path) -> Reopened:
    """Open it, and forget what came after its newest state. Raises `RecordingError` and `OSError`."""
    try:
        folder = Folder(path)
    except OSError as error:
        recording = Recording(path)
        return Reopened(partial(_failing, error), recording, arms_of(recording), undo_of(recording))
    try:
        recording = Recording(path)
        arms, undo = arms_of(recording), undo_of(recording)
        for file in recording.later_files:
            file.unlink()
    except BaseException:
        folder.close(keep=True)
        raise
    return Reopened(lambda: folder, recording, arms, undo)


def _failing(error: OSError) -> NoReturn:
    raise error


def resumed(opened: Reopened, *, records: bool, paused: bool) -> LiveRun:
    """The run, in a new thread. `records`: whether what it does from now on is recorded too."""
    folder, recording, arms, undo = opened

    def prepare(control: Control) -> None:
        state = recording.state
        control.lineup.focus, control.lineup.pace = recording.focus, Pace(state.pace)
        control.lineup.done = undo
        control.lessons[control.lineup.run_number] = recording.lesson
        control.say(f"resumed after iteration {control.run.iteration:,}")

    if not records:
        with suppress(OSError):
            folder().close(keep=True)
    keeper = Keeper(recording.path.parent, (folder, recording)) if records else None
    return LiveRun(arms, paused=paused or not recording.was_running, keeper=keeper, prepare=prepare)
