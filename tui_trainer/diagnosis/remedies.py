"""Changes of settings that several rules propose, and which proposals are not in force yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import rounded
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Finding, Remedy, Severity
from tui_trainer.wording import plain_number


def smaller_rates(window: Window, factors: tuple[float, ...]) -> tuple[Remedy, ...]:
    """The base learning rate divided by each of `factors`, as remedies."""
    return tuple(shorter_step(base_rate(window), factor) for factor in factors)


def larger_rates(window: Window, factors: tuple[float, ...]) -> tuple[Remedy, ...]:
    """The base learning rate times each of `factors`, as remedies."""
    return tuple(_longer_step(base_rate(window), factor) for factor in factors)


def base_rate(window: Window) -> float:
    """The learning rate before the schedule."""
    rate = window.settings.get(LEARNING_RATE)
    return float(rate if isinstance(rate, int | float) else window.latest.learning_rate)


def shorter_step(rate: float, factor: float) -> Remedy:
    """The learning rate divided by `factor`."""
    smaller = rounded(rate / factor)
    return Remedy(
        f"Make every step {plain_number(factor)} times shorter: learning rate {plain_number(smaller)}.",
        {LEARNING_RATE: smaller},
    )


def _longer_step(rate: float, factor: float) -> Remedy:
    larger = rounded(rate * factor)
    return Remedy(
        f"Make every step {plain_number(factor)} times longer: learning rate {plain_number(larger)}.",
        {LEARNING_RATE: larger},
    )


def open_remedies(findings: Sequence[Finding], values: Mapping[str, object]) -> Iterator[tuple[Finding, Remedy]]:
    """The remedies of `findings` (the headline first), each once, that would change something in a run with these
    settings. A finding keeps a remedy that was applied until the next evaluation is judged. Empty if all is well."""
    seen = list[Mapping[str, object]]()
    if findings and findings[0].severity is Severity.GOOD:
        return
    for finding in findings:
        judged = finding.evidence.get("learning_rate")
        for remedy in finding.remedies:
            if remedy.settings not in seen and not _followed(remedy, judged, values):
                seen.append(remedy.settings)
                yield finding, remedy


def _followed(remedy: Remedy, judged: float | None, values: Mapping[str, object]) -> bool:
    """Whether the remedy, or more than it asks, is in force: the rate has moved at least as far from the `judged` one
    as proposed."""
    return all(
        (now := values.get(key)) == value or (key == LEARNING_RATE and _beyond(judged, value, now))
        for key, value in remedy.settings.items()
    )


def _beyond(judged: object, proposed: object, now: object) -> bool:
    """Whether the rate has moved from the judged one past the proposed one."""
    if isinstance(judged, float) and isinstance(proposed, float) and isinstance(now, int | float):
        return now < proposed < judged or now > proposed > judged
    return False
