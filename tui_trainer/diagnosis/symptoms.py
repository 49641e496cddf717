"""What the rules about the inside of a network have in common: they ask layers, and matter only while the run does not
succeed."""

from __future__ import annotations

from typing import Any

from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, LayerValues, Remedy, Severity, Signal

REWEIGHTED = "batches are balanced, so what is minimised is not the loss that is measured"


def reweighted(window: Window) -> bool:
    """Whether training counts rare classes for more than the measured loss does."""
    return window.settings.get("training.balanced_batches") is True


HALF = 0.5
"""What is over a limit already stays so down to this share of it (or, below a limit, up to its inverse)."""


def worst_layer(window: Window, name: str) -> tuple[LayerValues, float] | None:
    """The layer with the largest value of this name; None where no layer has one."""
    found = [(layer, value) for layer in window.latest.layers if (value := layer.get(name)) is not None]
    return max(found, key=lambda each: each[1], default=None)


def symptom(
    window: Window,
    earlier: Finding | None,
    *,
    id: str,
    headline: str,
    body: str,
    brief: str,
    expert: str,
    evidence: dict[str, float],
    cause: str = "",
    severity: Severity = Severity.WARNING,
    since: int | None = None,
) -> Finding:
    """A finding in the words that all of them share. `since`: where that is not when the rule spoke first."""
    if since is None:
        since = earlier.since if earlier else window.latest.iteration
    return Finding(
        id=id,
        severity=severity,
        since=since,
        headline=headline,
        cause=cause,
        body=body,
        brief=(brief,),
        expert=expert,
        evidence={**evidence, "train_loss": window.latest.train_loss, "base_loss": window.first.base_loss},
    )


def note(window: Window, earlier: Finding | None, **words: Any) -> Finding:
    """The same as no alarm: something worth knowing. `words`: those of `symptom`."""
    return symptom(window, earlier, severity=Severity.NOTE, **words)


def loss_signal(window: Window, limit: float) -> Signal:
    """The training loss beside that of the best constant answer."""
    loss = window.loss
    return Signal(
        name="training loss beside that of the best constant answer",
        value=loss,
        healthy=f"below {number(limit)}",
        is_healthy=loss < limit,
    )


def below(name: str, value: float | None, limit: float) -> Signal:
    """Healthy below a limit; where it is not known, nothing is held against it."""
    return Signal(name=name, value=value, healthy=f"below {number(limit)}", is_healthy=value is None or value < limit)


def above(name: str, value: float | None, limit: float) -> Signal:
    """Healthy above a limit, likewise."""
    return Signal(name=name, value=value, healthy=f"above {number(limit)}", is_healthy=value is None or value > limit)


def standard_start(window: Window) -> tuple[Remedy, ...]:
    """The start that keeps the size of signals, where the run has another one."""
    settings, change = window.settings, dict[str, object]()
    gain, scheme = settings.get("network.gain", 1.0), settings.get("network.initializer")
    if gain != 1.0:
        change["network.gain"] = 1.0
    activation = settings.get("network.activation")
    usual = "he" if activation in ("relu", "leaky_relu", "elu", "silu", "gelu") else "xavier"
    if scheme not in (None, usual, "lecun"):
        change["network.initializer"] = usual
    if not change or "network.hidden" not in settings:
        return ()
    return (Remedy("Start from weights whose signals neither grow nor fade.", change),)
