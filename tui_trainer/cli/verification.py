"""`tui-trainer verify`: presets held to their `[expect]` tables, one line each."""

from __future__ import annotations

import argparse
import sys
import time

from tui_trainer.cli.opening import found
from tui_trainer.cli.plain import plain
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.status import DONE, FAILED
from tui_trainer.presets import Preset, bundled, find
from tui_trainer.studies.verify import Verdict, verify


def verify_presets(arguments: argparse.Namespace) -> int:
    """Run and judge; 0 when all hold. Raises `PresetError` and `SettingError`."""
    presets = [found(name) for name in arguments.preset] or list(bundled())
    progress = ProgressBar(sys.stderr, len(presets), "presets")
    width = max(len(preset.title) for preset in presets)
    status = DONE
    for done, preset in enumerate(presets):
        progress.show(done, plain(preset.title))
        started = time.perf_counter()
        verdict = judged(preset, arguments.seeds)
        seconds = time.perf_counter() - started
        progress.clear()
        if verdict is None:
            print(f"{plain(preset.title):<{width}}  claims nothing")
            continue
        if not verdict.holds:
            status = FAILED
        print(f"{plain(preset.title):<{width}}  {_told(verdict)}  {seconds:.1f} s", flush=True)
        for seed, missed in verdict.misses.items():
            for miss in missed:
                print(f"{'':<{width}}    seed {seed}: {miss}")
    return status


def judged(preset: Preset, seeds: int) -> Verdict | None:
    """How the preset fares under seeds 0 … `seeds` − 1; None when it claims nothing. Raises `PresetError`."""
    if preset.expect is None:
        return None
    other = preset.expect.compared_with
    compared = find(other.preset).experiment() if other is not None else None
    return verify(preset.experiment(), preset.expect, range(seeds), compared)


def _told(verdict: Verdict) -> str:
    seeds = len(verdict.misses)
    held = sum(not missed for missed in verdict.misses.values())
    return f"{'holds' if verdict.holds else 'FAILS'} in {held} of {seeds} seeds"
