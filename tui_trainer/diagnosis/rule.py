"""The contract of a finding rule: what it sees at one evaluation, what it would change, and what it went by.

A rule is a pure function of the window. How often it must speak before it is believed, and how it is put to
rest, is the same for all rules and lies in `Diagnosis`.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Finding, Remedy, Signal


class Rule(Struct, frozen=True, kw_only=True):
    """One finding: when it holds, and what would help."""

    title: str
    """What it is called, in a few plain words."""
    judge: Callable[[Window, Finding | None], Finding | None]
    """What the latest evaluation shows, without remedies. The second argument is what the rule said last, while
    that stands: an ongoing finding keeps its `since`."""
    remedies: Callable[[Window], tuple[Remedy, ...]]
    """What would help, the best first; only what the settings have. The first is what the fix key applies."""
    in_a_row: int
    """Evaluations in a row at which `judge` must speak before the finding is raised."""
    unchecked: Callable[[Window], str]
    """Why the finding cannot be judged here, in words that go behind "not checked: "; "" where it can."""
    signals: Callable[[Window], tuple[Signal, ...]]
    """What it is judged by, now."""
    last_resort: bool = False
    """Whether it is told only where no other alarm explains what is seen."""
    answers: Callable[[Window], str] = lambda window: ""
    """The id of the alarm that is taken back where this holds; "" where there is none."""
