"""`tui-trainer train`: a run without a screen, told as a table, as JSON lines, or drawn once at the end."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from tui_trainer.cli.json_lines import JsonLines
from tui_trainer.cli.opening import experiment_of, found, overrides
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.results import results
from tui_trainer.cli.status import DONE, FAILED, INTERRUPTED
from tui_trainer.instruments.gradient_check import check_gradient
from tui_trainer.studies.headless import HeadlessRun
from tui_trainer.telemetry import Status
from tui_trainer.training.summary import flat_settings

SPAN = 0.05
"""Seconds, about, that the run goes on between two looks at the clock and at Ctrl+C."""

PLOT_ROWS, LEAST_COLUMNS = 20, 40

REASONS = {
    Status.FINISHED: "target",
    Status.DIVERGED: "diverged",
    Status.STOPPED_EARLY: "early_stopping",
    Status.PAUSED: "interrupted",
}


def train(arguments: argparse.Namespace) -> int:
    """Train, tell, return the exit status. Raises `PresetError` and `SettingError`."""
    preset = found(arguments.preset)
    given = overrides(arguments.set, seed=arguments.seed, iterations=arguments.iterations, epochs=arguments.epochs)
    experiment = experiment_of(preset, given)
    check = check_gradient(experiment) if arguments.check_gradients else None
    run = HeadlessRun(experiment)
    with _interruptible() as interruption:
        if arguments.json:
            lines = JsonLines(sys.stdout)
            lines.start(run, check)
            before, now = flat_settings(preset.experiment()), flat_settings(experiment)
            for key in given:
                lines.setting(0, key, before.get(key), now.get(key))
            run.tell(lines)
            reason = _run_to_end(run, interruption, bar=not sys.stdout.isatty())
            lines.end(run, reason)
        else:
            if check is not None:
                print(f"{check.sentence} (float64, against differences of the loss)\n")
            reason = _run_to_end(run, interruption, bar=True)
            print(results(run, reason, shutil.get_terminal_size().columns), end="")
    if arguments.plot:
        _draw(run, sys.stderr if arguments.json else sys.stdout)
    if check is not None and not check.right:
        return FAILED
    return INTERRUPTED if reason == "interrupted" else DONE


class _Interruption:
    """Whether Ctrl+C or SIGTERM has asked for the end."""

    asked = False


def _run_to_end(run: HeadlessRun, interruption: _Interruption, *, bar: bool) -> str:
    """Run to the target, or to what comes before it; the reason in the words of the JSON."""
    trainer = run.trainer
    progress = ProgressBar(sys.stderr, trainer.target, "iterations") if bar else None
    count = 1
    while trainer.iteration < trainer.target and not interruption.asked:
        started = time.perf_counter()
        status = run.advance(min(count, trainer.target - trainer.iteration))
        seconds = time.perf_counter() - started
        count = max(1, count * 2 if seconds < SPAN / 2 else count // 2 if seconds > SPAN else count)
        latest = trainer.evaluations.latest
        if progress is not None:
            progress.show(trainer.iteration, f"loss {latest.train_loss:.4g}" if latest else "")
        if status is not Status.PAUSED:
            break
    if progress is not None:
        progress.clear()
    return REASONS[trainer.status]


@contextmanager
def _interruptible() -> Iterator[_Interruption]:
    """Ctrl+C and SIGTERM are noted, so that the run ends between two iterations and its results are told.

    A second one ends the program at once.
    """
    interruption = _Interruption()

    def interrupt(number: int, frame: FrameType | None) -> None:
        if interruption.asked:
            raise KeyboardInterrupt
        interruption.asked = True

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _draw(run: HeadlessRun, stream: TextIO) -> None:
    from tui_trainer.cli.loss_plot import loss_plot

    columns = max(shutil.get_terminal_size().columns, LEAST_COLUMNS)
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    stream.write(loss_plot(run.trainer.losses, columns, PLOT_ROWS, colour=colour))
