"""`tui-trainer export`: trains a run, and writes its last moment to files."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from msgspec import structs

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opening import experiments_of, found, overrides, theme_named
from tui_trainer.cli.plain import plain
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.screenshot import Screen, advance, film, screenshot, without_colours
from tui_trainer.cli.status import DONE
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.drawing.theme_files import BUNDLED_THEMES
from tui_trainer.exports import FORMATS, Format, Source
from tui_trainer.exports.files import check_free, write
from tui_trainer.runs.control import Control
from tui_trainer.runs.scheduler import Scheduler
from tui_trainer.setting_error import nearest
from tui_trainer.telemetry import Replay

SLICES = 200
"""Steps in which a run is trained, so that Ctrl+C and the progress bar are served between them."""


def export(arguments: argparse.Namespace) -> int:
    """Train and write. Raises `ExportError`, `UsageError`, `PresetError` and `SettingError`."""
    files = [(Path(name).expanduser(), format_of(name)) for name in arguments.to]
    for path, _ in files:
        check_free(path, force=arguments.force)
    screen = _screen(arguments)
    preset = found(arguments.preset)
    experiments = experiments_of(preset, overrides(arguments.set, seed=arguments.seed))
    driver = Scheduler(Control(experiments, paused=True))
    control = driver.control
    control.request = structs.replace(control.request, whole=True)
    at = arguments.at if arguments.at is not None else preset.moment or None
    goal = max(arm.run.trainer.target for arm in control.lineup.arms) if at is None else at
    if preset.journal:
        driver.obey(Replay(preset.journal, min(goal, preset.journal[-1].iteration)))
    _train(driver, goal, to_the_end=at is None)
    source = Source(
        snapshot=driver.snapshot(),
        draw=lambda colours: screenshot(
            driver, screen if colours else structs.replace(screen, theme=without_colours())
        ),
        film=partial(film, experiments, preset.journal, control.lineup.last.iteration, screen),
    )
    for path, chosen in files:
        write(path, chosen.write(source), force=arguments.force)
        print(plain(f"{path}: {chosen.title}, after {source.snapshot.iteration:,} iterations"))
    return DONE


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
