"""What undo can take back: changes of settings and weights, and sets of arms that a restart or a fork has replaced."""

from __future__ import annotations

from collections import deque
from functools import cached_property

from msgspec import Struct, structs

from tui_trainer.experiment import Experiment
from tui_trainer.experiment.in_force import flattened
from tui_trainer.experiment.words import change_words, value_words
from tui_trainer.process import give_back
from tui_trainer.runs.arms import Arm
from tui_trainer.runs.diagnosed_run import DiagnosedRun
from tui_trainer.runs.pace import Pace
from tui_trainer.telemetry import SettingChange
from tui_trainer.telemetry.commands import ChangeWeight

MOST_ENTRIES = 50
MOST_RUNS = 4
"""The largest number of kept sets of arms. Each run holds its data, its curves and its copies of the past."""


class SettingEntry(Struct, frozen=True, dict=True):
    """A live change of one arm: its experiment before and after.

    The two values would not suffice: another optimizer or schedule also drops settings that only the old one had.
    """

    arm: str
    key: str
    old: Experiment
    new: Experiment

    @cached_property
    def values(self) -> tuple[object, object]:
        """The old and the new value."""
        old, new = (flattened(experiment.tables).get(self.key) for experiment in (self.old, self.new))
        return old, new

    @property
    def words(self) -> tuple[str, str]:
        """The two values as written on the screen."""
        old, new = self.values
        return value_words(old, self.key), value_words(new, self.key)

    @property
    def label(self) -> str:
        return change_words(self.key, *self.values)

    def apply_to(self, run: DiagnosedRun) -> None:
        """Make the change from the present iteration on."""
        old, new = self.values
        event = SettingChange(iteration=run.iteration, label=self.label, key=self.key, old=old, new=new)
        run.change(self.new, event)

    @property
    def reversed(self) -> SettingEntry:
        """The change that takes this one back."""
        return SettingEntry(self.arm, self.key, self.new, self.old)


class WeightEntry(Struct, frozen=True):
    """A weight of one arm that was changed by hand."""

    arm: str
    key: str
    """The name of the weight."""
    change: ChangeWeight
    old: float

    @property
    def words(self) -> tuple[str, str]:
        """The old and the new value as written on the screen."""
        return value_words(_short(self.old)), value_words(_short(self.change.value))

    @property
    def label(self) -> str:
        return change_words(self.key, _short(self.old), _short(self.change.value))

    def apply_to(self, run: DiagnosedRun) -> None:
        """Make the change from the present iteration on."""
        run.change_weight(self.change)

    @property
    def reversed(self) -> WeightEntry:
        """The change that takes this one back."""
        back = structs.replace(self.change, value=self.old)
        return structs.replace(self, change=back, old=self.change.value)


def _short(value: float) -> float:
    """A weight to four digits, as people read it."""
    return float(f"{value:.4g}")


class ArmsEntry(Struct, frozen=True):
    """The arms before a restart, a new seed, a fork, a change in the past or another preset."""

    label: str
    """What was done, as it follows the word "before": "the restart", "learning rate 0.1 → 0.2"."""
    arms: list[Arm]
    focus: int
    pace: Pace
    """The pace of these arms. It changes only when another preset is loaded."""
    run_number: int
    bookmark: ArmsEntry | None = None
    """What was gone back to from these arms of a lesson: it is kept aside once more when they return."""


class LostEntry(Struct, frozen=True):
    """What replaced arms in an earlier program: a recording has no more of them than their curves."""

    label: str
    """As that of an `ArmsEntry`."""


ChangeEntry = SettingEntry | WeightEntry
UndoEntry = ChangeEntry | ArmsEntry | LostEntry


class UndoStack:
    """The changes to undo and to redo. A new change empties the second stack."""

    def __init__(self) -> None:
        self.undo: deque[UndoEntry] = deque(maxlen=MOST_ENTRIES)
        self.redo: deque[UndoEntry] = deque(maxlen=MOST_ENTRIES)

    def push(self, entry: UndoEntry) -> None:
        """Remember a change. If there are too many replaced runs, the oldest are dropped."""
        self.undo.append(entry)
        self.redo.clear()
        runs = [each for each in self.undo if isinstance(each, ArmsEntry)]
        if len(runs) > MOST_RUNS:
            while self.undo.popleft() is not runs[0]:
                pass
            del runs
            give_back()

    def as_of(self, run_number: int) -> UndoStack:
        """What could be undone before the runs of this number were replaced; nothing if that is not known."""
        stack, entries = UndoStack(), list(self.undo)
        while entries and not (isinstance(entries[-1], ArmsEntry) and entries[-1].run_number == run_number):
            entries.pop()
        stack.undo += entries[:-1]
        return stack

    @property
    def can_undo(self) -> str:
        """What undo would take back, in words; empty if there is nothing."""
        return self.undo[-1].label if self.undo else ""

    @property
    def can_redo(self) -> str:
        return self.redo[-1].label if self.redo else ""
