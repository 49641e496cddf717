"""Diverging: the steps have led far up, out of all proportion to where the training began, and it stays there.

A loss that was thrown far up and goes to and fro there, every step too long for its valley, is not this: it bounces.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median

from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Severity
from tui_trainer.wording import plain_number

FAR = 2.0
"""So many times the larger of the first loss and the loss of the best constant answer …"""
SPAN = 5
"""… at so many evaluations in a row …"""
BEYOND = 1000.0
"""… or so many times that loss once, or a loss that is no number: diverging …"""
FALLING = 4
"""… unless so many evaluations at the present learning rate lie each below the one before: it has been mended …"""
GROWTH = 2.0
"""… or it does not grow to so many times of itself on the way, …"""
OVERSHOOTS, STEPS = 0.5, 15
"""… and the median step quality of so many evaluations says that each step ends on the far side of its valley: that is
bouncing."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Far up for a while, or beyond all bounds."""
    latest = window.latest
    ratio = latest.train_loss / window.measure
    if not math.isfinite(ratio):
        return non_finite(window, latest.iteration, earlier)
    if ratio <= FAR:
        return None  # nearly always
    recent = [each.train_loss for each in window.evaluations[-SPAN:]]
    if not (ratio > BEYOND or (len(recent) == SPAN and min(recent) > FAR * window.measure and not hovers(window))):
        return None
    mended = [each.train_loss for each in window.at_this_rate(FALLING)]
    if len(mended) == FALLING and all(before > after for before, after in pairwise(mended)):
        return None
    since = window.above_since or latest.iteration
    return _finding(
        window,
        since,
        f"training loss rose from {number(window.first.train_loss)} at the start to {number(latest.train_loss)} at "
        f"iteration {latest.iteration:,}.",
        f"loss {number(window.first.train_loss)} → {number(latest.train_loss)}",
        f"L is {number(ratio)} × max(L₀, base) = {number(window.measure)}; the limit is {FAR:g} × at {SPAN} "
        f"evaluations in a row, or {BEYOND:,.0f} × once",
        {"train_loss": latest.train_loss, "ratio": ratio},
    )


def is_thrown_up(window: Window) -> bool:
    """Whether the loss is far above the start: then steps that were too long are the cause of all else."""
    return window.latest.train_loss > FAR * window.measure


def hovers(window: Window) -> tuple[Evaluation, ...] | None:
    """The evaluations in which a run that was thrown far up goes to and fro there; None where it does not."""
    if not FAR * window.measure < window.latest.train_loss < math.inf:
        return None  # nearly always; a run at full speed is judged a hundred times a second
    span = window.at_this_rate(SPAN)
    losses = [each.train_loss for each in span]
    if len(span) < SPAN or not all(FAR * window.measure < loss < math.inf for loss in losses):
        return None
    grows = all(before < after for before, after in pairwise(losses)) and losses[-1] > GROWTH * losses[0]
    quality = step_quality(window.at_this_rate(STEPS))
    return None if grows or quality is None or quality < OVERSHOOTS else span


def step_quality(span: tuple[Evaluation, ...]) -> float | None:
    """The median of those that were measured."""
    qualities = [value for each in span if (value := each.get("step_quality")) is not None]
    return median(qualities) if qualities else None


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


def _finding(window: Window, since: int, body: str, brief: str, rule: str, evidence: dict[str, float]) -> Finding:
    """The words and numbers that both forms of diverging share."""
    first, rate = window.first, window.latest.learning_rate
    return Finding(
        id="diverging",
        severity=Severity.CRITICAL,
        since=since,
        headline="diverging",
        cause="learning rate too large",
        body=body,
        brief=(brief,),
        expert=f"{rule}. Learning rate {plain_number(rate)}.",
        evidence={
            **evidence,
            "first_train_loss": first.train_loss,
            "base_loss": first.base_loss,
            "learning_rate": rate,
        },
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    """A much shorter step; where it is not on yet, a bound on the gradient."""
    shorter = smaller_rates(window, (10, 3))
    if window.settings.get("optimizer.clip_norm", 1.0):
        return shorter
    return (*shorter, Remedy("Limit the length of the gradient to 1.", {"optimizer.clip_norm": 1.0}))


RULE = Rule(
    title="diverging",
    judge=judge,
    remedies=remedies,
    in_a_row=1,
    unchecked=lambda window: "",
    signals=lambda window: (
        below("training loss beside that of the start", window.latest.train_loss / window.measure, FAR),
    ),
)
