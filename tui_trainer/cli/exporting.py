"""`tui-trainer export`: trains a run, or opens a recorded one, and writes a moment of it to files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec import structs

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opening import asked_for, experiments_of, found, overrides, theme_named
from tui_trainer.cli.plain import plain
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.screenshot import Screen, advance, film, screenshot, without_colours
from tui_trainer.cli.status import DONE
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.drawing.theme_files import BUNDLED_THEMES
from tui_trainer.experiment import Experiment
from tui_trainer.exports import FORMATS, Format, Source
from tui_trainer.exports.files import check_free, write
from tui_trainer.presets import PresetError
from tui_trainer.recordings.folder import is_recording, recordings_folder, recordings_in
from tui_trainer.recordings.listing import find
from tui_trainer.recordings.recording import Recording
from tui_trainer.runs.control import Control
from tui_trainer.runs.lineup import LineUp
from tui_trainer.runs.restoring import arms_of
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.setting_error import nearest
from tui_trainer.telemetry import JournalEntry, Replay
from tui_trainer.telemetry.commands import Seek

SLICES = 200
"""Steps in which a run is trained, so that Ctrl+C and the progress bar are served between them."""


def export(arguments: argparse.Namespace) -> int:
    """Write. Raises `ExportError`, `UsageError`, `PresetError`, `RecordingError` and `SettingError`."""
    files = [(Path(name).expanduser(), format_of(name)) for name in arguments.to]
    for path, _ in files:
        check_free(path, force=arguments.force)
    screen = _screen(arguments)
    driver, moment = _opened(arguments)
    control = driver.control
    control.request = structs.replace(control.request, whole=True)
    at = arguments.at if arguments.at is not None else moment
    if at is not None and at < control.lineup.last.newest:
        driver.obey(Seek(at))
    _train(
        driver, max(arm.run.trainer.target for arm in control.lineup.arms) if at is None else at, to_the_end=at is None
    )
    source = Source(
        snapshot=driver.snapshot(),
        draw=lambda colours: screenshot(
            driver, screen if colours else structs.replace(screen, theme=without_colours())
        ),
        film=partial(film, *_recipe(control.lineup), control.lineup.last.iteration, screen),
    )
    after = _after(control.lineup, at)
    for path, chosen in files:
        write(path, chosen.write(source), force=arguments.force)
        words = chosen.remark(source) or after
        print(plain(f"{path}: {chosen.title}, {words}"))
    return DONE


def _opened(arguments: argparse.Namespace) -> tuple[Scheduler, int | None]:
    """What is exported, after the last change that a person made, and its moment; None for its end. Raises
    `PresetError`, `RecordingError` and `SettingError`."""
    name = asked_for(arguments)
    try:
        preset = found(name)
    except PresetError:
        root = recordings_folder(os.environ, arguments.record)
        if root is None or (
            not any(path.name.startswith(name) for path in recordings_in(root)) and not is_recording(Path(name))
        ):
            raise
        arms = arms_of(Recording(find(root, name)))
        return Scheduler(Control(arms, paused=True)), max(arm.run.newest for arm in arms)
    experiments = experiments_of(preset, overrides(arguments.set, seed=arguments.seed))
    driver = Scheduler(Control(experiments, paused=True))
    if preset.journal:
        last = preset.journal[-1].iteration
        driver.obey(Replay(preset.journal, last if arguments.at is None else min(arguments.at, last)))
    return driver, preset.moment or None


def _recipe(lineup: LineUp) -> tuple[list[tuple[str, Experiment]], Sequence[JournalEntry]]:
    """What a film trains again: all arms, or the one in focus if a person has changed one of them."""
    journal = lineup.run.timeline.journal
    arms = [lineup.arms[lineup.focus]] if any(arm.run.timeline.journal for arm in lineup.arms) else lineup.arms
    return [(arm.name, arm.run.timeline.start_experiment) for arm in arms], journal


def _after(lineup: LineUp, asked: int | None) -> str:
    """The moment in words, which say so if it lies beyond the end of the run, or was asked for and never came."""
    iteration, end = lineup.run.iteration, lineup.run.first_end
    words = f"after {iteration:,} iterations"
    if asked is not None and iteration < asked:
        return f"{words}: it never comes to iteration {asked:,}"
    return words if end is None or iteration <= end else f"{words}, beyond the end of the run at iteration {end:,}"


def format_of(name: str) -> Format:
    """The format that the ending of a file name chooses. Raises `UsageError`."""
    for ending in sorted(FORMATS, key=len, reverse=True):
        if Path(name).name.casefold().endswith(ending) and len(Path(name).name) > len(ending):
            return FORMATS[ending]
    given = Path(name).suffix
    raise UsageError(
        f"--to {name}: the ending chooses the format; allowed: {', '.join(FORMATS)}{nearest(given, FORMATS)}"
    )


def _screen(arguments: argparse.Namespace) -> Screen:
    theme = make_theme(theme_named(arguments.theme, BUNDLED_THEMES), ColourDepth.TRUECOLOR)
    if arguments.panel is not None and arguments.panel not in PANELS:
        allowed = f"allowed: {', '.join(PANELS)}{nearest(arguments.panel, PANELS)}"
        raise UsageError(f"--panel {arguments.panel}: no such panel; {allowed}")
    width, height = arguments.size
    return Screen(width, height, theme, arguments.panel or "")


def _train(driver: Scheduler, goal: int, *, to_the_end: bool) -> None:
    """Run to iteration `goal`. `to_the_end`: to the end that each arm comes to before."""
    lineup, progress = driver.control.lineup, ProgressBar(sys.stderr, goal, "iterations")
    while lineup.is_racing if to_the_end else lineup.can_move and lineup.last.iteration < goal:
        advance(driver, min(goal, lineup.last.iteration + max(goal // SLICES, 1)))
        progress.show(lineup.last.iteration)
    progress.clear()
