"""Telling what is going wrong in a run, from its evaluations alone, so the verdict is the same on every machine.

Every finding is one rule in one file. To add one: the file, and its line in `RULES`, at its place.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.diagnosis import bouncing, diverging, overfitting
from tui_trainer.diagnosis.rule import Rule, Settings
from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Evaluation, Finding

__all__ = ["RULES", "Diagnosis", "Rule"]

RULES: Mapping[str, Rule] = {
    "diverging": diverging.RULE,
    "bouncing": bouncing.RULE,
    "overfitting": overfitting.RULE,
}
"""Finding id → rule, in order of precedence: of several findings the first is the headline."""

CLEAR = 5
"""Evaluations in a row without a sign after which a finding is released."""
LOG_LENGTH = 64
"""Raised findings that are remembered; beyond, the oldest are forgotten."""


class _Watch(Struct, frozen=True, kw_only=True):
    """How one rule has spoken lately."""

    finding: Finding
    """What it said last."""
    seen: int
    """Evaluations in a row at which it spoke, until the finding was raised."""
    clear: int = 0
    """Evaluations in a row, up to now, at which it was silent."""
    entry: int | None = None
    """The number of the finding in the log (counted over the whole run) since it was raised."""


class Diagnosis:
    """The findings of one run, fed with its evaluations in order.

    A finding is raised when its rule has spoken at a few evaluations in a row, and released after `CLEAR` silent
    ones, so that the headline does not flicker. Memory is bounded; all state is made of immutable values.
    """

    def __init__(self) -> None:
        self._window: Window | None = None
        self._watches: dict[str, _Watch] = {}
        self._log: dict[int, Finding] = {}
        self._raised = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those that hold now, the headline first."""
        held = {id: watch.finding for id, watch in self._watches.items() if watch.entry is not None}
        return tuple(held[id] for id in RULES if id in held)

    @property
    def log(self) -> tuple[Finding, ...]:
        """All that were ever raised (the latest `LOG_LENGTH`), as last seen, in order of `since`."""
        return tuple(sorted(self._log.values(), key=lambda finding: finding.since))

    def observe(self, evaluation: Evaluation, settings: Settings | None = None) -> None:
        """Take the next evaluation. `settings` (as `Snapshot.settings`) are those that remedies shall fit."""
        window = self._window.extended(evaluation) if self._window else Window.opened(evaluation)
        self._window = window
        for id, rule in RULES.items():
            self._update(id, window, rule.judge(window, self._earlier(id)), settings or {})

    def observe_non_finite(self, iteration: int, settings: Settings | None = None) -> None:
        """Take note that the loss of a mini-batch was no number after `iteration` updates; a run stops there."""
        if self._window is not None:
            finding = diverging.non_finite(self._window, iteration, self._earlier("diverging"))
            self._update("diverging", self._window, finding, settings or {})

    def copy(self) -> Diagnosis:
        """An independent copy; cheap, because the parts are immutable and shared."""
        other = Diagnosis()
        other._window, other._raised = self._window, self._raised
        other._watches, other._log = dict(self._watches), dict(self._log)
        return other

    def _earlier(self, id: str) -> Finding | None:
        """What the rule said last, while that stands."""
        watch = self._watches.get(id)
        return watch.finding if watch else None

    def _update(self, id: str, window: Window, finding: Finding | None, settings: Settings) -> None:
        """Move one rule's watch on by what it said of the latest evaluation."""
        earlier = self._watches.get(id)
        if finding is not None:
            watch = _Watch(
                finding=replace(finding, remedies=RULES[id].remedies(window, settings)),
                seen=earlier.seen + 1 if earlier else 1,
                entry=earlier.entry if earlier else None,
            )
            if watch.entry is None and watch.seen >= RULES[id].in_a_row:
                watch = replace(watch, entry=self._raised)
                self._raised += 1
            self._watches[id] = watch
            if watch.entry is not None:
                self._log[watch.entry] = watch.finding
                self._log.pop(watch.entry - LOG_LENGTH, None)
        elif earlier is not None:
            if earlier.entry is None or earlier.clear + 1 >= CLEAR:
                del self._watches[id]
            else:
                self._watches[id] = replace(earlier, clear=earlier.clear + 1)
