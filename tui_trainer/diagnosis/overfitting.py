"""Overfitting: what is still learned about the training examples makes the answers on unseen ones worse.

Seen as a validation loss that has turned and rises while the training loss falls on; without held-out data
nobody can tell.
"""

from __future__ import annotations

import math

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number, rounded
from tui_trainer.telemetry import Finding, Remedy, Severity, Signal
from tui_trainer.telemetry.held_out import FEW

RISE = 1.15
"""Validation loss relative to its minimum, at least …"""
RISE_OF_BASE = 0.03
"""… which is also this share of the loss of the best constant answer above it …"""
STANDARD_ERRORS = 2.0
"""… and this many standard errors of the validation loss, where they are known: more of them, where the examples are so
few that the error itself is uncertain."""
AGO = 4
"""Evaluations, at least, since the minimum."""
GAP = 1.1
"""Validation loss relative to training loss, at least."""

NOISE = 0.3
"""Noise that augments, as a share of the root mean square of the inputs."""
MOST_SAMPLES = 100_000
"""As many as a made-up data set draws."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """The validation loss well above its minimum, the training loss below where it was then."""
    best, now = window.best, window.latest
    if best is None or best.validation_loss is None or now.validation_loss is None:
        return None
    lowest, loss, held_out = best.validation_loss, now.validation_loss, now.get("validation_examples")
    if held_out == 1:
        return None  # it says nothing of others
    error = now.get("rise_error") or now.get("validation_error")
    margin = max(RISE_OF_BASE * window.base, errors_needed(held_out) * (error or 0.0))
    if not (
        math.isfinite(loss)
        and window.after_best >= AGO
        and loss > RISE * lowest
        and loss > lowest + margin
        and loss > GAP * now.train_loss
        and now.train_loss < best.train_loss
    ):
        return None
    errors = f", {(loss - lowest) / error:.1f} standard errors" if error else ""
    few = f" (only {held_out:g} held-out examples)" if held_out is not None and held_out < FEW else ""
    return Finding(
        id="overfitting",
        severity=Severity.WARNING,
        since=best.iteration,
        headline="overfitting",
        body=(
            f"validation loss rose from {number(lowest)} to {number(loss)} at iteration {now.iteration:,} while "
            f"training loss fell to {number(now.train_loss)}{few}."
        ),
        brief=(
            f"validation loss rose from {number(lowest)} to {number(loss)}, training loss fell to "
            f"{number(now.train_loss)}",
            f"validation rose from {number(lowest)} to {number(loss)}, training fell to {number(now.train_loss)}",
            f"validation {number(lowest)} → {number(loss)}, training → {number(now.train_loss)}",
            f"validation {number(lowest)} → {number(loss)}",
        ),
        expert=(
            f"V is {loss / lowest:.2f} × its minimum{errors} above it; L fell from {number(best.train_loss)} to "
            f"{number(now.train_loss)} since; gap V − L = {number(loss - now.train_loss)}. Prechelt's generalisation "
            f"loss GL = {100 * (loss / lowest - 1):.0f} %."
        ),
        evidence={
            "validation_loss": loss,
            "best_validation_loss": lowest,
            "best_iteration": best.iteration,
            "train_loss": now.train_loss,
            "train_loss_at_best": best.train_loss,
            "gap": loss - now.train_loss,
        },
    )


def errors_needed(held_out: float | None) -> float:
    """What `STANDARD_ERRORS` of a known error stand for where it is estimated from so few (two at least) examples.

    Student's t at the same probability, by its expansion in 1/(n − 1) (Abramowitz and Stegun 26.7.5): 2.05 for 50, 2.3
    for 10, 4.5 for 3.
    """
    if held_out is None:
        return STANDARD_ERRORS
    z, n = STANDARD_ERRORS, held_out - 1
    return (
        z
        + (z**3 + z) / 4 / n
        + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / n**2
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / n**3
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160 / n**4
    )


def unchecked(window: Window) -> str:
    """Why nobody can tell."""
    held_out = window.latest.get("validation_examples")
    if window.latest.validation_loss is None:
        return "no examples are held out"
    return "one held-out example says nothing of others" if held_out == 1 else ""


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Stop in time, or make learning by heart harder, or give more to learn from."""
    settings, offers = window.settings, list[Remedy]()
    if settings.get("training.early_stopping") is False and window.best is not None:
        evaluations = window.evaluations[-AGO:]
        spacing = (evaluations[-1].iteration - evaluations[0].iteration) // max(len(evaluations) - 1, 1)
        patience = max(1, 2 * AGO * spacing)
        offers.append(
            Remedy(
                f"Stop where the validation loss was best, at iteration {window.best.iteration:,}.",
                {"training.early_stopping.patience": patience},
            )
        )
    dropout = settings.get("network.dropout")
    if settings.get("network.hidden") and (dropout == 0 or (isinstance(dropout, tuple | list) and not any(dropout))):
        offers.append(Remedy("Silence 30 % of the hidden units at random in every step.", {"network.dropout": 0.3}))
    if settings.get("training.shift") == 0:
        offers.append(Remedy("Shift every image anew by up to a pixel (augmentation).", {"training.shift": 1.0}))
    elif settings.get("training.input_noise") == 0:
        noise = rounded(NOISE * window.first.values.get("input_size", 1.0))
        words = f"Add fresh noise of {noise:g} to the inputs in every step (augmentation)."
        offers.append(Remedy(words, {"training.input_noise": noise}))
    if settings.get("optimizer.weight_decay") == 0:
        offers.append(Remedy("Pull every weight towards 0 (weight decay 0.1).", {"optimizer.weight_decay": 0.1}))
    return (*offers, *more_data(window), *_smaller(settings.get("network.hidden")))


def _smaller(hidden: object) -> tuple[Remedy, ...]:
    if not isinstance(hidden, tuple | list) or not hidden or min(hidden) < 8:
        return ()
    return (Remedy("Make the hidden layers a quarter as wide.", {"network.hidden": tuple(n // 4 for n in hidden)}),)


def more_data(window: Window) -> tuple[Remedy, ...]:
    """All the real data that there is, or four times as much as was made up."""
    samples = window.settings.get("data.samples")
    if isinstance(samples, int) and "data.validation_share" in window.settings:
        return (Remedy("Train on all the data that there is.", {"data.samples": "all"}),)
    if isinstance(samples, int) and 4 * samples <= MOST_SAMPLES:
        return (Remedy(f"Train on four times the data: {4 * samples:,} samples.", {"data.samples": 4 * samples}),)
    return ()


def _signals(window: Window) -> tuple[Signal, ...]:
    best, now = window.best, window.latest.validation_loss
    lowest = best.validation_loss if best else None
    rise = now / lowest if now is not None and lowest else None
    gap = now / window.latest.train_loss if now is not None and window.latest.train_loss > 0 else None
    return (
        below("validation loss beside its minimum", rise, RISE),
        below("validation loss beside training loss", gap, GAP),
    )


RULE = Rule(title="overfitting", judge=judge, remedies=remedies, in_a_row=3, unchecked=unchecked, signals=_signals)
