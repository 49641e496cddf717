"""`tui-trainer export`: trains a run, or opens a recorded one, and writes a moment of it to files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from msgspec import structs

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.opened_run import opened, train_to
from tui_trainer.cli.opening import asked_for, overrides, theme_named
from tui_trainer.cli.safe_text import plain
from tui_trainer.cli.screenshot import Screen, film, screenshot, without_colours
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.drawing.theme_files import BUNDLED_THEMES
from tui_trainer.exit_status import DONE
from tui_trainer.experiment import Experiment
from tui_trainer.exports import FORMATS, Format, Source
from tui_trainer.exports.files import check_free, write
from tui_trainer.recordings.strands import every_batch_loss
from tui_trainer.runs.lineup import LineUp
from tui_trainer.setting_error import nearest
from tui_trainer.telemetry import JournalEntry
from tui_trainer.telemetry.commands import Seek


def export(arguments: argparse.Namespace) -> int:
    """Write. Raises `ExportError`, `UsageError`, `PresetError`, `RecordingError` and `SettingError`."""
    files = [(Path(name).expanduser(), format_of(name)) for name in arguments.to]
    for path, _ in files:
        check_free(path, force=arguments.force)
    screen = _screen(arguments)
    settings = overrides(arguments.set, seed=arguments.seed)
    driver, moment, recorded = opened(asked_for(arguments), settings, arguments.record, arguments.at)
    control = driver.control
    control.request = structs.replace(control.request, whole=True)
    at = arguments.at if arguments.at is not None else moment
    if at is not None and at < control.lineup.last.newest:
        driver.obey(Seek(at))
    train_to(driver, at)
    arms, journal = _recipe(control.lineup)
    source = Source(
        snapshot=driver.snapshot(),
        draw=lambda colours: screenshot(
            driver, screen if colours else structs.replace(screen, theme=without_colours())
        ),
        film=partial(film, arms, journal, control.lineup.last.iteration, screen),
        films_all_arms=len(arms) == len(control.lineup.arms),
        batch_losses=tuple if recorded is None else partial(every_batch_loss, recorded),
    )
    after = _after(control.lineup, at)
    for path, chosen in files:
        write(path, chosen.write(source), force=arguments.force)
        print(plain(f"{path}: {chosen.words(source, after)}"))
    return DONE


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
