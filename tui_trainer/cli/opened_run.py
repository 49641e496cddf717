"""Opens a preset or a recording by its name, and trains it to a moment: for what is made of a trained network."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tui_trainer.cli.opening import experiments_of, found
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.screenshot import advance
from tui_trainer.presets import PresetError
from tui_trainer.recordings.folder import is_recording, recordings_folder, recordings_in
from tui_trainer.recordings.listing import find
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.control import Control
from tui_trainer.runs.restoring import arms_of, recall_evaluations
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.telemetry import Replay
from tui_trainer.telemetry.recorded import Recorded

SLICES = 200
"""Steps in which a run is trained, so that Ctrl+C and the progress bar are served between them."""


class Opened(NamedTuple):
    """A run that was opened by its name."""

    driver: Scheduler
    moment: int | None
    """None: its end."""
    recorded: Recorded | None = None
    """Where its losses are; None for a preset."""


def opened(name: str, settings: Mapping[str, object], record: str | None, at: int | None = None) -> Opened:
    """The run of this preset with these `settings`, or else of this recording in the folder `record`, after the last
    change that a person made before iteration `at`. Raises `PresetError`, `RecordingError` and `SettingError`."""
    try:
        preset = found(name)
    except PresetError:
        root = recordings_folder(os.environ, record)
        if root is None or (
            not any(path.name.startswith(name) for path in recordings_in(root)) and not is_recording(Path(name))
        ):
            raise
        recording = Recording(find(root, name))
        arms = arms_of(recording)
        recall_evaluations(recording, arms)
        control = _with_all_evaluations(Control(arms, paused=True))
        control.lineup.focus = recording.focus
        return Opened(Scheduler(control), max(arm.run.newest for arm in arms), recording.recorded)
    experiments = experiments_of(preset, settings)
    driver = Scheduler(_with_all_evaluations(Control(experiments, paused=True)))
    if preset.journal:
        last = preset.journal[-1].iteration
        driver.obey(Replay(preset.journal, last if at is None else min(at, last)))
    return Opened(driver, preset.moment)


def _with_all_evaluations(control: Control) -> Control:
    """The arms keep every evaluation from now on: nobody watches them for hours, and an export has them all."""
    for arm in control.lineup.arms:
        arm.run.trainer.evaluations.has_all = True
    return control


def train_to(driver: Scheduler, at: int | None) -> None:
    """Run to iteration `at`, or to the end that each arm comes to."""
    lineup = driver.control.lineup
    goal = max(arm.run.trainer.target for arm in lineup.arms) if at is None else at
    progress = ProgressBar(sys.stderr, goal, "iterations")
    while lineup.is_racing if at is None else lineup.can_move and lineup.last.iteration < goal:
        advance(driver, min(goal, lineup.last.iteration + max(goal // SLICES, 1)))
        progress.show(lineup.last.iteration)
    progress.clear()
