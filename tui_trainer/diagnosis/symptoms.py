"""What the rules about the inside of a network share: they read the values of layers, and matter only while the run
does not succeed."""

from __future__ import annotations

from typing import Any

from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Finding, LayerValues, Remedy, Severity, Signal
from tui_trainer.wording import plain_number

REWEIGHTED = "batches are balanced, so what is minimised is not the loss that is measured"


def reweighted(window: Window) -> bool:
    """Whether training weights rare classes more than the measured loss does."""
    return window.settings.get("training.balanced_batches") is True


HALF = 0.5
"""A standing finding holds down to this share of its limit (or, for a lower limit, up to the limit divided by this)."""


def worst_layer(window: Window, name: str) -> tuple[LayerValues, float] | None:
    """The layer in which the instrument `name` reads highest, and the value; None if it reads none."""
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
    """A finding in the form that these rules share. `since`: the iteration since which it holds, if that is not when
    the rule spoke first."""
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
    """A finding that is a note instead of an alarm. `words`: the arguments of `symptom`."""
    return symptom(window, earlier, severity=Severity.NOTE, **words)


def loss_signal(window: Window, limit: float) -> Signal:
    """The training loss as a share of the base loss."""
    loss = window.loss
    return Signal(
        name="training loss / that of the best constant answer",
        value=loss,
        healthy=f"below {plain_number(limit)}",
        is_healthy=loss < limit,
    )


def below(name: str, value: float | None, limit: float) -> Signal:
    """A signal that is healthy below a limit, or unknown."""
    return Signal(
        name=name, value=value, healthy=f"below {plain_number(limit)}", is_healthy=value is None or value < limit
    )


def above(name: str, value: float | None, limit: float) -> Signal:
    """A signal that is healthy above a limit, or unknown."""
    return Signal(
        name=name, value=value, healthy=f"above {plain_number(limit)}", is_healthy=value is None or value > limit
    )


def standard_start(window: Window) -> tuple[Remedy, ...]:
    """The initialization that keeps the size of signals, unless the run has it already."""
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
