"""`tui-trainer verify`: presets compared with their `[expect]` tables, one line each."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from types import FrameType

from tui_trainer.cli.json_lines import JsonLines
from tui_trainer.cli.opening import found
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.safe_text import plain
from tui_trainer.cli.train import LEAST_COLUMNS, PLOT_ROWS, SLICE_SECONDS, has_colours
from tui_trainer.exit_status import DONE, FAILED, HUNG_UP
from tui_trainer.experiment import Experiment, with_setting
from tui_trainer.presets import Preset, bundled, find
from tui_trainer.process import handled
from tui_trainer.runs.seed_runs import SeedRuns
from tui_trainer.setting import SEED
from tui_trainer.studies.verify import Verdict, verify
from tui_trainer.telemetry.expectation import Expectation
from tui_trainer.tui.charset import why_ascii


def verify_presets(arguments: argparse.Namespace) -> int:
    """Run and judge; 0 if all presets hold. Raises `PresetError` and `SettingError`.

    SIGTERM acts like Ctrl+C, SIGHUP exits with `HUNG_UP`. Each line is printed as soon as it is known.
    """

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(HUNG_UP) if number == signal.SIGHUP else KeyboardInterrupt

    with handled((signal.SIGTERM, signal.SIGHUP), end):
        return _verify_presets(arguments)


def _verify_presets(arguments: argparse.Namespace) -> int:
    presets = [found(name) for name in arguments.preset] or list(bundled())
    progress = ProgressBar(sys.stderr, len(presets), "presets")
    width = max(len(preset.title) for preset in presets)
    status = DONE
    for done, preset in enumerate(presets):
        progress.show(done, plain(preset.title))
        started = time.perf_counter()
        try:
            verdicts = judged(preset, arguments.seeds)
        except KeyboardInterrupt:
            progress.clear()
            raise
        seconds = time.perf_counter() - started
        progress.clear()
        if not all(verdict.holds for _, verdict in verdicts):
            status = FAILED
        if arguments.json:
            for arm, verdict in verdicts:
                JsonLines(sys.stdout, arm).verdict(preset.title, verdict)
        else:
            _tell(preset, verdicts, seconds, width)
        if arguments.plot:
            _draw(preset, arguments.seeds)
    return status


def _draw(preset: Preset, seeds: int) -> None:
    """Draw how far the seeds lie apart, and say how the runs end, for the preset or for each arm of a race."""
    from tui_trainer.cli.loss_plot import seeds_plot

    why = why_ascii(os.environ, sys.stdout.encoding)
    columns = max(shutil.get_terminal_size().columns, LEAST_COLUMNS)
    for name, experiment in preset.experiments():
        runs = SeedRuns(with_setting(experiment, SEED, 0), seeds)
        while runs.is_running:
            runs.go_on(SLICE_SECONDS)
        print(plain(f"{name}: {runs.words}" if preset.arms else runs.words))
        print(
            seeds_plot(runs.fan, columns, PLOT_ROWS, colour=has_colours(sys.stdout), ascii_only=bool(why)), flush=True
        )


def _tell(preset: Preset, verdicts: list[tuple[str | None, Verdict]], seconds: float, width: int) -> None:
    """Print a line for the preset, or for each arm of a race, and one for every miss."""
    if not verdicts:
        print(f"{plain(preset.title):<{width}}  claims nothing")
    for number, (arm, verdict) in enumerate(verdicts):
        title = plain(preset.title) if number == 0 else ""
        of_arm = "" if arm is None else f"{plain(arm)} "
        print(f"{title:<{width}}  {of_arm}{verdict.sentence}  {seconds / len(verdicts):.1f} s", flush=True)
        for seed, missed in verdict.misses.items():
            for miss in missed:
                print(f"{'':<{width}}    seed {seed}: {miss}")


def judged(preset: Preset, seeds: int) -> list[tuple[str | None, Verdict]]:
    """The verdicts on the preset or on each arm of a race under seeds 0 … `seeds` − 1; none without claims.

    Each verdict has the name of its arm, None for the preset's own experiment. Raises `PresetError`.
    """
    claims: list[tuple[str | None, Experiment, Expectation | None]] = [(None, preset.experiment(), preset.expect)]
    if preset.arms:
        experiments = preset.experiments()
        claims = [(arm.name, e, arm.expect) for arm, (_, e) in zip(preset.arms, experiments, strict=True)]
    verdicts = []
    for name, experiment, expect in claims:
        if expect is not None:
            other = expect.compared_with
            compared = find(other.preset).experiment() if other is not None else None
            verdicts.append((name, verify(experiment, expect, range(seeds), compared)))
    return verdicts
