"""Diverging: every step leads further up, out of all proportion to where the training began.

A loss that was thrown far up but does not grow any more is not this: that is bouncing.
"""

from __future__ import annotations

import math
from itertools import pairwise

from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule, Settings
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy, Severity
from tui_trainer.wording import plain_number

FAR = 2.0
"""So many times the larger of the first loss and the loss of the best constant answer …"""
RISING = 5
"""… at so many evaluations, each above the one before …"""
GROWTH = 2.0
"""… and the last so many times the first of them …"""
BEYOND = 1000.0
"""… or so many times that loss once, or a loss that is no number: diverging …"""
FALLING = 4
"""… unless so many evaluations at the present learning rate lie each below the one before: it has been mended."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Far up and rising, or beyond all bounds. An ongoing divergence speaks at every new record."""
    latest = window.latest
    ratio = latest.train_loss / window.measure
    if not math.isfinite(ratio):
        return non_finite(window, latest.iteration, earlier)
    recent = [each.train_loss for each in window.evaluations[-RISING:]]
    rising = bool(earlier) or (len(recent) == RISING and grows(recent))
    mended = [each.train_loss for each in window.at_this_rate(FALLING)]
    if len(mended) == FALLING and all(before > after for before, after in pairwise(mended)):
        return None
    record = latest.train_loss >= window.highest and min(recent) > FAR * window.measure
    if not (ratio > BEYOND or (record and rising)):
        return None
    since = earlier.since if earlier else window.above_since or latest.iteration
    return _finding(
        window,
        since,
        f"training loss rose from {number(window.first.train_loss)} at the start to {number(latest.train_loss)} at "
        f"iteration {latest.iteration:,}.",
        f"loss {number(window.first.train_loss)} → {number(latest.train_loss)}",
        f"L is {number(ratio)} × max(L₀, base) = {number(window.measure)}; the limit is {FAR:g} × at {RISING} rising "
        f"evaluations in a row, or {BEYOND:,.0f} × once",
        {"train_loss": latest.train_loss, "ratio": ratio},
    )


def grows(losses: list[float]) -> bool:
    """Whether each lies above the one before, and the last far above the first."""
    return all(before < after for before, after in pairwise(losses)) and losses[-1] > GROWTH * losses[0]


def non_finite(window: Window, iteration: int, earlier: Finding | None = None) -> Finding:
    """The finding for a loss that became infinite or not a number at `iteration`."""
    since = earlier.since if earlier else iteration
    last = next((e for e in reversed(window.evaluations) if math.isfinite(e.train_loss)), None)
    before = f"; the last one measured before was {number(last.train_loss)}" if last else ""
    return _finding(
        window,
        since,
        f"after iteration {iteration:,} the loss is too large to be a number.",
        "loss not finite",
        f"Non-finite loss after iteration {iteration:,}{before}",
        {"iteration": iteration},
    )


def _finding(window: Window, since: int, what: str, short: str, rule: str, evidence: dict[str, float]) -> Finding:
    """The words and numbers that both forms of diverging share."""
    first, rate = window.first, window.latest.learning_rate
    return Finding(
        id="diverging",
        severity=Severity.CRITICAL,
        since=since,
        title="learning rate too large: diverging",
        sentence=f"Diverging since iteration {since:,}: {what}",
        short=(f"since {since:,}: {short}", short),
        expert=f"{rule}. Learning rate {plain_number(rate)}.",
        evidence={
            **evidence,
            "first_train_loss": first.train_loss,
            "base_loss": first.base_loss,
            "learning_rate": rate,
        },
    )


def remedies(window: Window, settings: Settings) -> tuple[Remedy, ...]:
    """A much shorter step; where it is not on yet, a bound on the gradient."""
    shorter = smaller_rates(window, settings, (10, 3))
    if settings.get("optimizer.clip_norm", 1.0):
        return shorter
    return (*shorter, Remedy("Limit the length of the gradient to 1.", {"optimizer.clip_norm": 1.0}))


RULE = Rule(judge=judge, remedies=remedies, in_a_row=1)
