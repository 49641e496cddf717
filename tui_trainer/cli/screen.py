"""`tui-trainer` itself: what the screen needs to know, put together, and the screen opened."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial

from tui_trainer.cli.arguments import DEFAULT_PRESET, UsageError
from tui_trainer.cli.opening import experiment_of, found, overrides
from tui_trainer.cli.overrides import parsed
from tui_trainer.cli.settings_catalogue import settings_catalogue
from tui_trainer.cli.status import WRONG
from tui_trainer.diagnosis import Diagnosis
from tui_trainer.presets import bundled
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.run import Run
from tui_trainer.training import Experiment
from tui_trainer.training.setting_error import nearest
from tui_trainer.tui.app import TrainerApp, run_app
from tui_trainer.tui.catalogue import Catalogue, OpenRequest, PresetEntry
from tui_trainer.tui.depth import depth_of
from tui_trainer.tui.terminal import refusal
from tui_trainer.tui.theme import THEMES


def open_screen(arguments: argparse.Namespace) -> int:
    """Show the run until the person leaves; the exit status. Raises what a wrong preset or setting raises."""
    theme = arguments.theme or THEMES[0]
    if theme not in THEMES:
        raise UsageError(f'no theme "{theme}"; allowed: {", ".join(THEMES)}{nearest(theme, THEMES)}')
    request = OpenRequest(
        preset=arguments.preset or DEFAULT_PRESET,
        overrides=parsed(arguments.set),
        seed=arguments.seed,
        pace=arguments.pace,
        paused=arguments.paused,
    )
    requested(request)  # what is wrong with the request is told before the terminal is looked at
    reason = refusal(os.environ)
    if reason is not None:
        print(f"tui-trainer: {reason}", file=sys.stderr)
        return WRONG
    app = partial(
        TrainerApp,
        open_run,
        catalogue(),
        request,
        depth=depth_of(os.environ),
        theme=theme,
        ascii_only=arguments.ascii,
        painter=arguments.painter,
    )
    return run_app(lambda leave: app(leave=leave))


def catalogue() -> Catalogue:
    """All presets and settings, as the screen lists them. Raises `PresetError`."""
    presets = tuple(
        PresetEntry(
            title=preset.title,
            question=preset.question,
            watch=preset.watch,
            text=preset.text,
            order=preset.order,
        )
        for preset in bundled()
    )
    return Catalogue(presets=presets, settings=settings_catalogue())


def open_run(request: OpenRequest) -> Run:
    """A run in a thread of its own. Raises `PresetError` and `SettingError`."""
    return LiveRun(requested(request), Diagnosis, paused=request.paused)


def requested(request: OpenRequest) -> Experiment:
    """The experiment that is asked for. Raises `PresetError` and `SettingError`."""
    settings = request.overrides | overrides((), seed=request.seed, pace=request.pace)
    return experiment_of(found(request.preset), settings)
