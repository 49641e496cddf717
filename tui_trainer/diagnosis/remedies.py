"""Changes of settings that more than one rule proposes."""

from __future__ import annotations

from tui_trainer.diagnosis.rule import Settings
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import rounded
from tui_trainer.setting import LEARNING_RATE
from tui_trainer.telemetry import Remedy
from tui_trainer.wording import plain_number


def smaller_rates(window: Window, settings: Settings, factors: tuple[float, ...]) -> tuple[Remedy, ...]:
    """The learning rate divided by each of `factors`: the base rate, where a schedule moves it."""
    rate = settings.get(LEARNING_RATE)
    rate = rate if isinstance(rate, int | float) else window.latest.learning_rate
    return tuple(shorter_step(float(rate), factor) for factor in factors)


def shorter_step(rate: float, factor: float) -> Remedy:
    """The learning rate divided by `factor`."""
    smaller = rounded(rate / factor)
    return Remedy(
        f"Make every step {plain_number(factor)} times shorter: learning rate {plain_number(smaller)}.",
        {LEARNING_RATE: smaller},
    )
