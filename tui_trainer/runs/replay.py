"""A run recomputed from its journal: the same experiment, the same changes, the same bits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_trainer.experiment import with_setting
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.undo import SettingEntry
from tui_trainer.telemetry import JournalEntry, Status
from tui_trainer.telemetry.commands import ChangeWeight

SLICE = 50
"""Iterations of one slice of a replay. Between slices it can be cancelled."""


def replay_in_slices(run: DiagnosedRun, journal: Sequence[JournalEntry], iteration: int) -> Iterator[float]:
    """Take a run at its start, with the changes of `journal`, to `iteration`, or to where it diverges. Yields the share
    done, 0 to 1, after each slice.

    Raises `SettingError` or `IndexError` for a change that the run cannot make.
    """
    for entry in journal:
        if entry.iteration > iteration:
            break
        yield from _run_to(run, entry.iteration, iteration)
        change = entry.change
        if isinstance(change, ChangeWeight):
            run.change_weight(change)
        else:
            changed = with_setting(run.experiment, change.key, change.value)
            SettingEntry("", change.key, run.experiment, changed).apply_to(run)
    yield from _run_to(run, iteration, iteration)


def _run_to(run: DiagnosedRun, iteration: int, goal: int) -> Iterator[float]:
    """Run beyond targets and early stops."""
    while run.iteration < iteration and run.reached is not Status.DIVERGED:
        run.advance(min(iteration - run.iteration, SLICE))
        yield run.iteration / goal
