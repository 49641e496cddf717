"""What is going wrong in a run, judged from its evaluations alone, so that no verdict depends on the clock.

Each finding is one rule in one file. To add a finding, write the file and add its line to `RULES`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from tui_trainer.diagnosis import (
    bouncing,
    class_imbalance,
    crawling,
    dead_relu,
    diverging,
    early_stopped,
    exploding_gradients,
    good,
    label_noise,
    noisy_batch,
    overfitting,
    plateau,
    saturation,
    symmetry,
    too_little_data,
    underfitting,
    unscaled_inputs,
    vanishing_gradients,
)
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.window import Settings, Window
from tui_trainer.telemetry import Evaluation, Examined, Finding, Severity, Signal

__all__ = ["ALARMS", "BROKEN", "RULES", "Diagnosis", "Rule"]

RULES: Mapping[str, Rule] = {
    "diverging": diverging.RULE,
    "exploding_gradients": exploding_gradients.RULE,
    "symmetry": symmetry.RULE,
    "dead_relu": dead_relu.RULE,
    "saturation": saturation.RULE,
    "vanishing_gradients": vanishing_gradients.RULE,
    "bouncing": bouncing.RULE,
    "overfitting": overfitting.RULE,
    "crawling": crawling.RULE,
    "underfitting": underfitting.RULE,
    "plateau": plateau.RULE,
    "unscaled_inputs": unscaled_inputs.RULE,
    "class_imbalance": class_imbalance.RULE,
    "label_noise": label_noise.RULE,
    "too_little_data": too_little_data.RULE,
    "noisy_batch": noisy_batch.RULE,
    "early_stopped": early_stopped.RULE,
    "good": good.RULE,
}
"""Finding id → rule, in order of precedence: of several findings the first is the headline."""

ALARMS = (Severity.CRITICAL, Severity.WARNING)
"""Severities that rule out "good": while one of these findings stands, none says that all is well."""

BROKEN = "the loss is no finite number any more"
"""Why what was not decided before a run broke cannot be checked."""

CLEAR = 5
"""A finding is dropped after this many evaluations in a row without it."""


class RuleState(Struct, frozen=True, kw_only=True):
    """The recent verdicts of one rule."""

    finding: Finding
    """The rule's last finding."""
    seen: int
    """Evaluations with the finding: in a row until it is raised, then all since."""
    clear: int = 0
    """Evaluations in a row, up to now, at which it was silent."""


class DiagnosisState(Struct, frozen=True, kw_only=True):
    """A diagnosis as plain data, from which it can be continued."""

    window: Window | None
    rules: dict[str, RuleState]
    first_raised: dict[str, int]


class Diagnosis:
    """The findings of one run, fed with its evaluations in order.

    A finding is raised when its rule has spoken at a few evaluations in a row, and released after `CLEAR` silent
    ones, so that the headline does not flicker. Memory is bounded; all state is made of immutable values.
    """

    def __init__(self) -> None:
        self._window: Window | None = None
        self._states: dict[str, RuleState] = {}
        self.first_raised: dict[str, int] = {}
        """Id of every finding that was ever raised → the iteration at which it was raised first."""

    @classmethod
    def restored(cls, state: DiagnosisState) -> Diagnosis:
        """The diagnosis as it was when `state` was taken, without rules that this version does not have."""
        diagnosis = cls()
        diagnosis._window = state.window
        diagnosis._states = {id: rule for id, rule in state.rules.items() if id in RULES}
        diagnosis.first_raised = dict(state.first_raised)
        return diagnosis

    @property
    def state(self) -> DiagnosisState:
        """Everything about the diagnosis."""
        return DiagnosisState(window=self._window, rules=dict(self._states), first_raised=dict(self.first_raised))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that hold now, the headline first: an alarm, "good", or a note."""
        raised = [self._states[id].finding for id in RULES if self._is_raised(id)]
        answered = {RULES[finding.id].answers(self._window) for finding in raised} if self._window else set()
        alarms = [each for each in raised if each.severity in ALARMS and each.id not in answered]
        alarms = [finding for finding in alarms if not RULES[finding.id].last_resort] or alarms[:1]
        good = [] if alarms else [finding for finding in raised if finding.severity is Severity.GOOD]
        return (*alarms, *good, *(finding for finding in raised if finding.severity is Severity.NOTE))

    def observe(self, evaluation: Evaluation, settings: Settings | None = None) -> None:
        """Take the next evaluation. One without a training loss is left out, since all rules judge by it. `settings`
        (as `Snapshot.values`) are those that remedies have to fit."""
        if "train_loss" not in evaluation.values:
            return
        before, settings = self._window, settings or {}
        self._window = window = before.extended(evaluation, settings) if before else Window.opened(evaluation, settings)
        if before and not before.is_judged(evaluation):
            return
        for id, rule in RULES.items():
            self._update(id, window, rule.judge(window, self._earlier(id)), evaluation.iteration)
        self._remember_raised(evaluation.iteration)

    def observe_non_finite(self, iteration: int, settings: Settings | None = None) -> None:
        """Note that the loss of a mini-batch was not finite after `iteration` updates, where a run stops."""
        if self._window is not None:
            finding = diverging.non_finite(self._window, iteration, self._earlier("diverging"))
            self._update("diverging", self._window, finding, iteration)
            self._remember_raised(iteration)

    def examination(self) -> tuple[Examined, ...]:
        """Every finding with what it is judged by now: whether it holds, is clear, or why it was not checked."""
        window = self._window
        return () if window is None else tuple(self._examined(id, rule, window) for id, rule in RULES.items())

    def copy(self) -> Diagnosis:
        """An independent copy; cheap, because the parts are immutable and shared."""
        other = Diagnosis()
        other._window, other._states = self._window, dict(self._states)
        other.first_raised = dict(self.first_raised)
        return other

    def found_as(self, other: Diagnosis) -> bool:
        """Whether it has found the same as the other one, for as long."""
        return self._states == other._states

    def _earlier(self, id: str) -> Finding | None:
        """The last finding of a rule, while it stands."""
        state = self._states.get(id)
        return state.finding if state else None

    def _is_raised(self, id: str) -> bool:
        """Whether the rule has spoken often enough."""
        return id in self._states and self._states[id].seen >= self._needed(RULES[id].in_a_row)

    def _needed(self, count: int) -> int:
        """How many evaluations in a row it takes, instead of so many."""
        return self._window.in_a_row(count) if self._window else count

    def _remember_raised(self, iteration: int) -> None:
        for finding in self.findings:
            self.first_raised.setdefault(finding.id, iteration)

    def _examined(self, id: str, rule: Rule, window: Window) -> Examined:
        holds = any(finding.id == id for finding in self.findings)
        # What a broken run measures no more, its network has all the same: the reason is sought before it broke.
        reason = "" if holds else rule.unchecked(window.while_finite)
        signals = () if reason else rule.signals(window)
        if not holds and not reason and window.while_finite is not window and not any(map(_acquits, signals)):
            reason, signals = BROKEN, ()
        return Examined(
            id=id,
            title=rule.title,
            verdict="holds" if holds else "not_checked" if reason else "clear",
            at=window.latest.iteration,
            reason=reason,
            signals=signals,
        )

    def _update(self, id: str, window: Window, finding: Finding | None, iteration: int) -> None:
        """Advance the state of one rule by its verdict on the latest evaluation, of `iteration`."""
        earlier = self._states.get(id)
        if finding is not None:
            self._states[id] = RuleState(
                finding=replace(finding, at=iteration, remedies=RULES[id].remedies(window)),
                seen=(earlier.seen if earlier else 0) + 1,
            )
        elif earlier is not None:
            if not self._is_raised(id) or earlier.clear + 1 >= self._needed(CLEAR):
                del self._states[id]
            else:
                self._states[id] = replace(earlier, clear=earlier.clear + 1)


def _acquits(signal: Signal) -> bool:
    """Whether the signal was measured, and is healthy."""
    return signal.value is not None and math.isfinite(signal.value) and signal.is_healthy
