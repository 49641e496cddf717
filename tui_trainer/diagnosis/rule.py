"""The contract of a rule: its finding at one evaluation, its remedies, and the signals that it judges by.

A rule is a pure function of the window. How a finding is raised and dropped again is the same for all rules, and stands
in `Diagnosis`.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Finding, Remedy, Signal


class Rule(Struct, frozen=True, kw_only=True):
    """One finding: when it holds, and what would help."""

    title: str
    """The finding's name in a few plain words."""
    judge: Callable[[Window, Finding | None], Finding | None]
    """The finding at the latest evaluation, without remedies, or None. The second argument is the rule's standing
    finding, whose `since` an ongoing one keeps."""
    remedies: Callable[[Window], tuple[Remedy, ...]]
    """Remedies, the best first, for the settings that the run has. The fix key proposes the first."""
    in_a_row: int
    """Evaluations in a row with the finding before it is raised."""
    unchecked: Callable[[Window], str]
    """Why the finding cannot be judged here, in words that follow "not checked: "; "" if it can."""
    signals: Callable[[Window], tuple[Signal, ...]]
    """The signals by which it is judged, with their present values."""
    last_resort: bool = False
    """Whether it is reported only when no other alarm stands."""
    answers: Callable[[Window], str] = lambda window: ""
    """The id of the alarm that is withdrawn while this finding holds; "" for none."""
