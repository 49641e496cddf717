"""`tui-trainer verify`: presets compared with their `[expect]` tables, one line each."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

from tui_trainer.cli.json_lines import JsonLines
from tui_trainer.cli.opening import found
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.safe_text import plain
from tui_trainer.cli.train import SLICE_SECONDS
from tui_trainer.exit_status import DONE, FAILED, HUNG_UP
from tui_trainer.experiment import Experiment, with_setting
from tui_trainer.presets import Preset, bundled, find
from tui_trainer.process import handled
from tui_trainer.runs.seed_runs import SeedRuns
from tui_trainer.setting import SEED
from tui_trainer.studies.verify import Verdict, verdicts_so_far
from tui_trainer.telemetry.expectation import Expectation
from tui_trainer.tui.charset import why_ascii
from tui_trainer.tui.terminal import forget_lost_output

Verdicts = list[tuple[str | None, Verdict]]
"""The verdicts on a preset or on each arm of a race, with the name of the arm; None for the preset's own experiment."""


def verify_presets(arguments: argparse.Namespace) -> int:
    """Run and judge; 0 if all presets hold. Raises `PresetError` and `SettingError`.

    Each line is printed as soon as it is known. Ctrl+C, SIGTERM and SIGHUP end it with what the seeds so far have said.
    """
    hung_up = False

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal hung_up
        is_again = hung_up and number == signal.SIGHUP  # a closing terminal may send it, and its shell too
        hung_up |= number == signal.SIGHUP
        if not is_again:
            raise KeyboardInterrupt

    with handled((signal.SIGTERM, signal.SIGHUP), end):
        try:
            return _verify_presets(arguments)
        except (KeyboardInterrupt, OSError):
            if not hung_up:
                raise
    forget_lost_output()
    return HUNG_UP


def _verify_presets(arguments: argparse.Namespace) -> int:
    presets = [found(name) for name in arguments.preset] or list(bundled())
    progress = ProgressBar(sys.stderr, len(presets), "presets")
    width = max(len(preset.title) for preset in presets)
    status = DONE
    for done, preset in enumerate(presets):
        progress.show(done, plain(preset.title))
        started = time.perf_counter()
        verdicts: Verdicts = []
        try:
            for so_far in judged_so_far(preset, arguments.seeds):
                verdicts = so_far
        except KeyboardInterrupt:
            progress.clear()
            if verdicts:
                _tell(preset, verdicts, time.perf_counter() - started, width, as_json=arguments.json)
            raise
        progress.clear()
        _tell(preset, verdicts, time.perf_counter() - started, width, as_json=arguments.json)
        if not all(verdict.holds for _, verdict in verdicts):
            status = FAILED
        if arguments.plot:
            _draw(preset, arguments.seeds)
    return status


def _draw(preset: Preset, seeds: int) -> None:
    """Draw how far the seeds lie apart, and say how the runs end, for the preset or for each arm of a race."""
    from tui_trainer.cli.loss_plot import form_for, seeds_plot

    why = why_ascii(os.environ, sys.stdout.encoding)
    form = form_for(sys.stdout, ascii_only=bool(why))
    for name, experiment in preset.experiments():
        runs = SeedRuns(with_setting(experiment, SEED, 0), seeds)
        try:
            while runs.is_running:
                runs.go_on(SLICE_SECONDS)
        finally:  # interrupted, too: with the seeds that have ended
            if runs.fan.runs:
                print(plain(f"{name}: {runs.words}" if preset.arms else runs.words))
                print(seeds_plot(runs.fan, form), flush=True)


def _tell(preset: Preset, verdicts: Verdicts, seconds: float, width: int, *, as_json: bool) -> None:
    """Print a line for the preset, or for each arm of a race, and one for every miss."""
    if as_json:
        for arm, verdict in verdicts:
            JsonLines(sys.stdout, arm).verdict(preset.title, verdict)
        return
    if not verdicts:
        print(f"{plain(preset.title):<{width}}  claims nothing")
    for number, (arm, verdict) in enumerate(verdicts):
        title = plain(preset.title) if number == 0 else ""
        of_arm = "" if arm is None else f"{plain(arm)} "
        print(f"{title:<{width}}  {of_arm}{verdict.sentence}  {seconds / len(verdicts):.1f} s", flush=True)
        for seed, missed in verdict.misses.items():
            for miss in missed:
                print(f"{'':<{width}}    seed {seed}: {miss}")


def judged(preset: Preset, seeds: int) -> Verdicts:
    """The verdicts under seeds 0 … `seeds` − 1; none without claims. Raises `PresetError`."""
    verdicts: Verdicts = []
    for so_far in judged_so_far(preset, seeds):
        verdicts = so_far
    return verdicts


def judged_so_far(preset: Preset, seeds: int) -> Iterator[Verdicts]:
    """As `judged`; yields the verdicts after each run."""
    claims: list[tuple[str | None, Experiment, Expectation | None]] = [(None, preset.experiment(), preset.expect)]
    if preset.arms:
        experiments = preset.experiments()
        claims = [(arm.name, e, arm.expect) for arm, (_, e) in zip(preset.arms, experiments, strict=True)]
    ended: Verdicts = []
    for name, experiment, expect in claims:
        if expect is not None:
            other = expect.compared_with
            compared = find(other.preset).experiment() if other is not None else None
            for verdict in verdicts_so_far(experiment, expect, range(seeds), compared):
                yield [*ended, (name, verdict)]
            ended.append((name, verdict))
