"""Changes of settings that more than one rule proposes."""

from __future__ import annotations

from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import rounded
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Remedy
from tui_trainer.wording import plain_number


def smaller_rates(window: Window, factors: tuple[float, ...]) -> tuple[Remedy, ...]:
    """The learning rate divided by each of `factors`: the base rate, where a schedule moves it."""
    return tuple(shorter_step(base_rate(window), factor) for factor in factors)


def larger_rates(window: Window, factors: tuple[float, ...]) -> tuple[Remedy, ...]:
    """The learning rate times each of `factors`, likewise."""
    return tuple(_longer_step(base_rate(window), factor) for factor in factors)


def base_rate(window: Window) -> float:
    """The rate that a schedule moves."""
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
