"""`tui-trainer resume` and `tui-trainer replay`: the screen with a run from a recording."""

from __future__ import annotations

import argparse

from tui_trainer.cli.recordings import known_folder
from tui_trainer.cli.screen import records, show
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.preferences import Preferences
from tui_trainer.recordings.folder import Folder
from tui_trainer.recordings.listing import find
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.control import Control
from tui_trainer.runs.keeping import Keeper
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.pace import Pace
from tui_trainer.runs.recorded import RecordedRun, playing_pace
from tui_trainer.runs.restoring import arms_of
from tui_trainer.runs.run import Run


def resume(arguments: argparse.Namespace) -> int:
    """Go on with a recording, in the same recording. Raises `RecordingError` and `OSError`."""
    path = find(known_folder(arguments.record), arguments.recording)
    folder = Folder(path)
    try:
        recording = Recording(path)
        arms = arms_of(recording)
        for file in recording.later_files:
            file.unlink()
    except BaseException:
        folder.close(keep=True)
        raise

    def prepare(control: Control) -> None:
        state = recording.state
        control.lineup.focus, control.lineup.pace = min(state.focus, len(arms) - 1), Pace(state.pace)
        control.say(f"resumed after iteration {control.run.iteration:,}")

    def first(preferences: Preferences) -> Run:
        keeper = None
        if records(arguments, preferences):
            keeper = Keeper(path.parent, (folder, recording))
        else:
            folder.close(keep=True)
        paused = arguments.paused or not recording.was_running
        return LiveRun(arms, paused=paused, keeper=keeper, prepare=prepare)

    return show(arguments, OpenRequest(preset=recording.header.title), first)


def replay(arguments: argparse.Namespace) -> int:
    """See a recording again. Raises `RecordingError`."""
    recording = Recording(find(known_folder(arguments.record), arguments.recording))
    arms, state = arms_of(recording), recording.state
    longest = max(arm.run.newest for arm in arms)
    pace = playing_pace(state.pace, longest) if arguments.pace is None else arguments.pace

    def first(preferences: Preferences) -> Run:
        return RecordedRun(arms, pace=pace, focus=min(state.focus, len(arms) - 1), paused=arguments.paused)

    return show(arguments, OpenRequest(preset=recording.header.title), first)
