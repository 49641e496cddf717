"""The contract of a finding rule: what it sees at one evaluation, and what it would change.

A rule is a pure function of the window. How often it must speak before it is believed, and how it is put to
rest, is the same for all rules and lies in `Diagnosis`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Finding, Remedy

Settings = Mapping[str, object]
"""Dotted TOML key → value in force, as `Snapshot.values`."""


class Rule(Struct, frozen=True, kw_only=True):
    """One finding: when it holds, and what would help."""

    judge: Callable[[Window, Finding | None], Finding | None]
    """What the latest evaluation shows, without remedies. The second argument is what the rule said last, while
    that stands: an ongoing finding keeps its `since`."""
    remedies: Callable[[Window, Settings], tuple[Remedy, ...]]
    """What would help, the best first; only what the settings have. The first is what the fix key applies."""
    in_a_row: int
    """Evaluations in a row at which `judge` must speak before the finding is raised."""
