"""`tui-trainer train`: a run without a screen, reported as a table, as JSON lines, or as a plot at the end."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TextIO

from tui_trainer.cli.command import UsageError
from tui_trainer.cli.json_lines import JsonLines, Merged, race_fields
from tui_trainer.cli.opening import TARGETS, asked_for, experiments_of, found, overrides, without_effect
from tui_trainer.cli.progress import ProgressBar
from tui_trainer.cli.race_results import race_results
from tui_trainer.cli.recorded_training import RecordedTraining
from tui_trainer.cli.recordings import recorded_in
from tui_trainer.cli.results import results
from tui_trainer.cli.safe_text import complain, plain
from tui_trainer.dashboard.standings import standings
from tui_trainer.exit_status import DONE, FAILED, HUNG_UP, INTERRUPTED
from tui_trainer.experiment.in_force import flat_settings
from tui_trainer.inspection.gradient_check import check_gradient
from tui_trainer.preferences import path_of, preferences_in, themes_of
from tui_trainer.process import handled
from tui_trainer.runs.arms import views
from tui_trainer.runs.control import Control
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.race import Race
from tui_trainer.runs.replay import replay_in_slices
from tui_trainer.telemetry import JournalEntry, Status
from tui_trainer.telemetry.expectation import ENDS
from tui_trainer.tui.charset import ascii_notice, why_ascii
from tui_trainer.tui.terminal import forget_lost_output

SLICE_SECONDS = 0.05
"""Approximate time between two checks for Ctrl+C."""

LEAST_COLUMNS = 40

REASONS = {status: reason for reason, status in ENDS.items()} | {Status.PAUSED: "interrupted"}
"""Why a run ended, in the words of the JSON."""


def train(arguments: argparse.Namespace) -> int:
    """Train, report, return the exit status. Raises `PresetError` and `SettingError`."""
    with _interruptible() as interruption:
        try:
            status = _train(arguments, interruption)
        except OSError:
            if not interruption.hung_up:
                raise
        if not interruption.hung_up:
            return status
    forget_lost_output()
    return HUNG_UP


def _train(arguments: argparse.Namespace, interruption: _Interruption) -> int:
    name = asked_for(arguments)
    if not name:
        raise UsageError('which preset? "tui-trainer presets" lists them; --data FILE is a table of your own')
    preset = found(name)
    given = overrides(arguments.set, seed=arguments.seed, iterations=arguments.iterations, epochs=arguments.epochs)
    experiments = experiments_of(preset, given)
    for words in without_effect(given, experiments):
        complain(words)
    checks = [check_gradient(experiment) if arguments.check_gradients else None for _, experiment in experiments]
    control = Control(experiments, paused=False)
    race = control.lineup
    preferences, _ = preferences_in(path_of(os.environ), themes_of(os.environ))
    root = recorded_in(arguments, preferences)
    moment = 0 if given.keys() & TARGETS else preset.moment or 0
    recording = RecordedTraining(root, control, lambda: interruption.from_outside)
    if arguments.json:
        timing = not arguments.no_timing
        merged = Merged(sys.stdout) if preset.arms else None
        names = [arm.name if preset.arms else None for arm in race.arms]
        writers = [JsonLines(sys.stdout, name, timing=timing, merged=merged) for name in names]
        for (_, before), arm, lines, check in zip(preset.experiments(), race.arms, writers, checks, strict=True):
            lines.start(arm.run, check)
            old, new = flat_settings(before), flat_settings(arm.run.experiment)
            for key in given:
                lines.setting(0, key, old.get(key), new.get(key))
        for arm, lines in zip(race.arms, writers, strict=True):
            lines.observation(arm.run, arm.run.trainer.evaluations.first)
            arm.run.on_observation = partial(lines.observation, arm.run)
        bar = not sys.stdout.isatty()
        reasons = _run_to_end(control, preset.journal, moment, recording, interruption, merged, bar=bar)
        for arm, lines, reason, place in zip(race.arms, writers, reasons, race_fields(race), strict=True):
            lines.end(arm.run, reason, **place)
    else:
        for check in filter(None, checks):
            print(f"{check.sentence} (float64, against differences of the loss)\n")
        reasons = _run_to_end(control, preset.journal, moment, recording, interruption, bar=True)
        columns = shutil.get_terminal_size().columns
        print(race_results(race, reasons, columns) if preset.arms else results(race.run, reasons[0], columns), end="")
        if arguments.examine:  # the JSON has it anyway
            for arm in race.arms:
                print("", *([plain(arm.name)] if preset.arms else []), *_examination(arm.run, columns), sep="\n")
        if recording.words:
            print(f"\n{plain(recording.words)}")
    if arguments.plot:
        _draw(race, sys.stderr if arguments.json else sys.stdout, arguments.ascii)
    if not all(check is None or check.right for check in checks):
        return FAILED
    return INTERRUPTED if "interrupted" in reasons else DONE


class _Interruption:
    """Whether Ctrl+C, SIGTERM or SIGHUP has requested the end. After SIGHUP the streams may be closed."""

    asked = False
    hung_up = False
    from_outside = False
    """Whether it was not a person who did."""


def _run_to_end(
    control: Control,
    journal: Sequence[JournalEntry],
    moment: int,
    recording: RecordedTraining,
    interruption: _Interruption,
    merged: Merged | None = None,
    *,
    bar: bool,
) -> list[str]:
    """Run to the targets, or to an earlier end, with the changes of the journal. A `moment` beyond a target takes its
    place. `merged`: lines to write between two slices. Returns why each arm ended, in the words of the JSON."""
    race = control.lineup
    target = max(arm.run.trainer.target for arm in race.arms)
    progress = ProgressBar(sys.stderr, target, "iterations") if bar else None
    with recording:
        for _ in _slices(control, journal, moment):
            if merged is not None:
                merged.write()
            if words := recording.watch():
                if progress is not None:
                    progress.clear()
                complain(words)
            if interruption.asked:
                break
            if progress is not None:
                latest = [arm.run.trainer.evaluations.latest for arm in race.arms]
                losses = " ".join(f"{each.train_loss:.4g}" for each in latest if each is not None)
                progress.show(max(arm.run.iteration for arm in race.arms), f"loss {losses}" if losses else "")
    if progress is not None:
        progress.clear()
    return [_reason(arm.run, is_cut_off=interruption.asked) for arm in race.arms]


def _reason(run: DiagnosedRun, *, is_cut_off: bool) -> str:
    is_beyond = run.standing is Status.PAUSED and run.first_end is not None and not is_cut_off
    return "target" if is_beyond else REASONS[run.standing]


def _slices(control: Control, journal: Sequence[JournalEntry], moment: int) -> Iterator[None]:
    """Train everything in slices, and stop between them."""
    race, count = control.lineup, 1
    last = journal[-1].iteration if journal else 0
    for arm in race.arms:
        target = arm.run.trainer.target
        for _ in replay_in_slices(arm.run, journal, moment if moment > target else min(last, target)):
            yield
    while race.is_racing:
        started = time.perf_counter()
        status = race.advance(count)
        if status is not Status.PAUSED:
            control.status = status
        seconds = time.perf_counter() - started
        count = max(1, count * 2 if seconds < SLICE_SECONDS / 2 else count // 2 if seconds > SLICE_SECONDS else count)
        yield


@contextmanager
def _interruptible() -> Iterator[_Interruption]:
    """Note Ctrl+C, SIGTERM and SIGHUP, so that the run ends between two iterations and its results are printed.

    A second signal ends the program at once, except SIGHUP: a closing terminal may send it twice, itself and through
    its shell.
    """
    interruption = _Interruption()

    def interrupt(number: int, frame: FrameType | None) -> None:
        if interruption.asked and number != signal.SIGHUP:
            raise KeyboardInterrupt
        interruption.asked = True
        interruption.hung_up |= number == signal.SIGHUP
        interruption.from_outside |= number != signal.SIGINT

    with handled((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), interrupt):
        yield interruption


def _examination(run: DiagnosedRun, columns: int) -> list[str]:
    from tui_trainer.dashboard.examination_lines import examination_lines

    lines = examination_lines(run.examination, run.findings, run.iteration, max(columns, LEAST_COLUMNS), run.restored)
    return [line.text for line in lines]


def _draw(race: Race, stream: TextIO, ascii_only: bool | None) -> None:
    """Draw the losses. `ascii_only`: None lets the environment decide."""
    from tui_trainer.cli.loss_plot import form_for, loss_plot, race_plot

    why = why_ascii(os.environ, stream.encoding) if ascii_only is None else ""
    if ascii_only is False and isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8")
    form = form_for(stream, ascii_only=bool(ascii_only or why))
    curves = [(arm.name, arm.run.trainer.losses) for arm in race.arms]
    axis = race.run.experiment.axis
    if len(curves) == 1:
        stream.write(loss_plot(curves[0][1], form, axis))
    else:
        comparable = not standings(views(race.arms, race.focus, DiagnosedRun.measure)).lead.hindrance
        stream.write(race_plot(curves, form, comparable=comparable, axis=axis))
    if why:
        complain(ascii_notice(why))
