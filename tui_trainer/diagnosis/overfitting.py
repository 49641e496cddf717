"""Overfitting: further learning about the training examples makes predictions on unseen ones worse.

The sign is a validation loss that rises from its minimum while the training loss still falls. It cannot be judged
without held-out data.
"""

from __future__ import annotations

import math

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number, rounded
from tui_trainer.telemetry import Finding, Remedy, Severity, Signal
from tui_trainer.telemetry.few_held_out import FEW

RISE = 1.15
"""The least validation loss, relative to its minimum."""
RISE_OF_BASE = 0.03
"""The least rise of the validation loss above its minimum, as a share of the base loss."""
STANDARD_ERRORS = 2.0
"""The least rise in standard errors of the validation loss, where they are known. Few held-out examples need more,
since the standard error itself is uncertain: see `errors_needed`."""
AGO = 4
"""The least number of evaluations since the minimum of the validation loss."""
FALLEN = 0.9
"""The most training loss, relative to that at the minimum of the validation loss: the network has gone on learning."""
GAP = 1.1
"""The least validation loss, relative to the training loss."""
LASTING, LASTING_SHARE, LEAST = 1.2, 0.1, 5
"""Instead of the standard errors: the least validation loss relative to its minimum, and the share of the run and the
least number of evaluations for which it stays there. Chance comes and goes, and where the network gets a few examples
wrong with ever more confidence, the standard error grows with the rise."""
ENOUGH = 20
"""The least number of held-out examples for that. Chance that lies in the choice of fewer stays for the whole run."""

NOISE = 0.3
"""The noise that is proposed as augmentation, as a share of the root mean square of the inputs."""
MOST_SAMPLES = 100_000
"""The most examples that a generated data set draws."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the validation loss is well above its minimum while the training loss is below its value there."""
    best, now = window.best, window.latest
    if best is None or best.validation_loss is None or now.validation_loss is None:
        return None
    lowest, loss, held_out = best.validation_loss, now.validation_loss, now.get("validation_examples")
    if held_out == 1:
        return None  # the loss of one example tells nothing about others
    error = now.get("rise_error") or now.get("validation_error")
    margin = errors_needed(held_out) * (error or 0.0)
    if not (
        math.isfinite(loss)
        and window.after_best >= AGO
        and loss > RISE * lowest
        and loss > lowest + RISE_OF_BASE * window.base
        and (loss > lowest + margin or _lasts(window, lowest))
        and loss > GAP * now.train_loss
        and now.train_loss < FALLEN * best.train_loss
    ):
        return None
    errors = f", {(loss - lowest) / error:.1f} standard errors" if error else ""
    few = f" (only {held_out:g} held-out examples)" if held_out is not None and held_out < FEW else ""
    rise = loss / lowest if lowest else math.inf  # a clipped output can be right to the last bit
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
            f"V is {rise:.2f} × its minimum{errors} above it; L fell from {number(best.train_loss)} to "
            f"{number(now.train_loss)} since; gap V − L = {number(loss - now.train_loss)}. Prechelt's generalisation "
            f"loss GL = {100 * (rise - 1):.0f} %."
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


def _lasts(window: Window, lowest: float) -> bool:
    """Whether the validation loss of enough examples has been far above its minimum for long."""
    if window.latest.values.get("validation_examples", ENOUGH) < ENOUGH:
        return False
    span = window.lately(LASTING_SHARE, LEAST, at_any_rate=True)
    limit = max(LASTING * lowest, lowest + RISE_OF_BASE * window.base)
    lasts = len(span) >= LEAST and window.share(span) >= LASTING_SHARE
    return lasts and all((each.validation_loss or 0.0) > limit for each in span)


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
    """Why this cannot be judged."""
    held_out = window.latest.get("validation_examples")
    if window.latest.validation_loss is None:
        return "no examples are held out"
    return "one held-out example says nothing of others" if held_out == 1 else ""


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Stopping in time, what makes memorising harder, and more examples."""
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
    """All examples of a data set of fixed size, or four times as many generated ones."""
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
        below("validation loss / its minimum", rise, RISE),
        below("validation loss / training loss", gap, GAP),
    )


RULE = Rule(title="overfitting", judge=judge, remedies=remedies, in_a_row=3, unchecked=unchecked, signals=_signals)
