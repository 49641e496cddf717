"""What can be taken back: changes of settings, and whole sets of arms that a restart or a fork has replaced."""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from tui_trainer.experiment import Experiment
from tui_trainer.experiment.words import change_words, value_words
from tui_trainer.process import give_back
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.pace import Pace
from tui_trainer.telemetry import SettingChange

MOST_ENTRIES = 50
MOST_RUNS = 4
"""Replaced sets of arms that are kept at most: each run holds its data, its curves and its copies of the past."""


class SettingEntry(Struct, frozen=True):
    """A live change of one arm: what it went by before and after.

    Not the two values alone: with another optimizer or schedule go settings that only the one before had.
    """

    arm: str
    key: str
    old: Experiment
    new: Experiment

    @property
    def values(self) -> tuple[object, object]:
        """The old one and the new one."""
        return _value(self.old, self.key), _value(self.new, self.key)

    @property
    def words(self) -> tuple[str, str]:
        """The same as they are written on the screen."""
        old, new = self.values
        return value_words(old, self.key), value_words(new, self.key)

    @property
    def label(self) -> str:
        return change_words(self.key, *self.values)

    def apply_to(self, run: DiagnosedRun) -> None:
        """Make the change, from where the run stands on."""
        old, new = self.values
        event = SettingChange(iteration=run.iteration, label=self.label, key=self.key, old=old, new=new)
        run.change(self.new, event)

    @property
    def reversed(self) -> SettingEntry:
        """The change that takes this one back."""
        return SettingEntry(self.arm, self.key, self.new, self.old)


class ArmsEntry(Struct, frozen=True):
    """The arms as they were before a restart, a new seed, a fork, a change in the past or another lesson."""

    label: str
    """What was done to them, as it stands behind "before": "the restart", "learning rate 0.1 → 0.2"."""
    arms: list[Arm]
    focus: int
    pace: Pace
    """The pace these arms ran at. It changes only when another lesson is loaded."""
    run_number: int
    """The number of that run."""


UndoEntry = SettingEntry | ArmsEntry


class UndoStack:
    """Two stacks; a new entry empties the second."""

    def __init__(self) -> None:
        self.undo: deque[UndoEntry] = deque(maxlen=MOST_ENTRIES)
        self.redo: deque[UndoEntry] = deque(maxlen=MOST_ENTRIES)

    def push(self, entry: UndoEntry) -> None:
        """Remember what was done; the oldest kept runs are forgotten when there are too many."""
        self.undo.append(entry)
        self.redo.clear()
        runs = [each for each in self.undo if isinstance(each, ArmsEntry)]
        if len(runs) > MOST_RUNS:
            while self.undo.popleft() is not runs[0]:
                pass
            del runs
            give_back()

    @property
    def can_undo(self) -> str:
        """What would be taken back, in words; empty when there is nothing."""
        return self.undo[-1].label if self.undo else ""

    @property
    def can_redo(self) -> str:
        return self.redo[-1].label if self.redo else ""


def _value(experiment: Experiment, key: str) -> object:
    inner: object = experiment.tables
    for part in key.split("."):
        inner = inner.get(part) if isinstance(inner, dict) else None
    return inner
