"""`tui-trainer resume` and `tui-trainer replay`: the screen with a run from a recording."""

from __future__ import annotations

import argparse

from tui_trainer.cli.recordings import known_folder, recorded_in
from tui_trainer.cli.resuming import reopened, resumed
from tui_trainer.cli.screen import show
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.preferences import Preferences
from tui_trainer.recordings.listing import find
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.recorded import RecordedRun, playing_pace
from tui_trainer.runs.restoring import arms_of
from tui_trainer.runs.run import Run


def resume(arguments: argparse.Namespace) -> int:
    """Go on with a recording, in the same recording. Raises `RecordingError` and `OSError`."""
    opened = reopened(find(known_folder(arguments.record), arguments.recording))

    def first(preferences: Preferences) -> Run:
        return resumed(opened, records=recorded_in(arguments, preferences) is not None, paused=arguments.paused)

    return show(arguments, _request(opened.recording), first)


def replay(arguments: argparse.Namespace) -> int:
    """See a recording again. Raises `RecordingError`."""
    recording = Recording(find(known_folder(arguments.record), arguments.recording))
    arms, state, lesson = arms_of(recording), recording.state, recording.lesson
    longest = max(arm.run.newest for arm in arms)
    pace = playing_pace(state.pace, longest) if arguments.pace is None else arguments.pace

    def first(preferences: Preferences) -> Run:
        return RecordedRun(
            arms,
            pace=pace,
            focus=recording.focus,
            paused=arguments.paused,
            lesson=lesson,
            recorded=recording.recorded,
        )

    return show(arguments, _request(recording), first)


def _request(recording: Recording) -> OpenRequest:
    """The recording by its path: its title need not be that of a preset."""
    return OpenRequest(preset=str(recording.path.absolute()))
