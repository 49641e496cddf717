"""Diverging: the training loss has risen far above its start and stays there.

A loss that was thrown up and then swings between the walls of a valley, without growing, is bouncing instead.
"""

from __future__ import annotations

import math
from itertools import pairwise

from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Severity
from tui_trainer.wording import plain_number

FAR = 2.0
"""The training loss is far up above this multiple of the larger of the first loss and the base loss."""
SPAN = 5
"""The run diverges when this many evaluations in a row are far up, or a single one is beyond `BEYOND`."""
BEYOND = 1000.0
"""A single loss above this multiple of the larger of the first loss and the base loss, or one that is not finite, is
enough."""
FALLING = 4
"""No finding if each of the last evaluations, this many at the present learning rate, is lower than the one before: the
run was mended."""
GROWTH = 2.0
"""The run bounces instead if its loss does not grow by this factor over the evaluations, and many steps overshoot (see
`OVERSHOOTS`)."""
OVERSHOOTS, OFTEN, STEPS = 0.5, 1 / 3, 15
"""Many steps overshoot if the step quality is above the first number in the second share of the last evaluations, at
most the third number of them. Such steps end on the other side of the valley."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the loss has been far up for a while, or is beyond all bounds."""
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
    """Whether the loss is far above its start. Then too long steps are the cause, and other symptoms follow."""
    return window.latest.train_loss > FAR * window.measure


def hovers(window: Window) -> tuple[Evaluation, ...] | None:
    """The evaluations in which a run far above its start swings up and down; None if it does not."""
    if not FAR * window.measure < window.latest.train_loss < math.inf:
        return None  # nearly always; a run at full speed is judged a hundred times a second
    span = window.at_this_rate(SPAN)
    losses = [each.train_loss for each in span]
    if len(span) < SPAN or not all(FAR * window.measure < loss < math.inf for loss in losses):
        return None
    grows = all(before < after for before, after in pairwise(losses)) and losses[-1] > GROWTH * losses[0]
    return None if grows or not overshoots(window, OVERSHOOTS, otherwise=False) else span


def overshoots(window: Window, least: float, *, otherwise: bool) -> bool:
    """Whether steps often have at least this quality: 0 beyond the bottom of the valley; `otherwise` where none was
    measured."""
    qualities = step_qualities(window.at_this_rate(STEPS))
    if not qualities:
        return otherwise
    return sum(quality >= least for quality in qualities) >= OFTEN * len(qualities)


def step_qualities(span: tuple[Evaluation, ...]) -> list[float]:
    """The step qualities of these evaluations, where they were measured."""
    return [value for each in span if (value := each.get("step_quality")) is not None]


def non_finite(window: Window, iteration: int, earlier: Finding | None = None) -> Finding:
    """The finding for a loss that became infinite or not a number at `iteration`."""
    since = earlier.since if earlier else iteration
    last = next((e for e in reversed(window.evaluations) if math.isfinite(e.train_loss)), None)
    before = f"; the last one measured before was {number(last.train_loss)}" if last else ""
    return _finding(
        window,
        since,
        f"after iteration {iteration:,} the loss is too large to compute with.",
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
    """A much shorter step, and a bound on the gradient where there is none yet."""
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
        below("training loss / loss at the start", window.latest.train_loss / window.measure, FAR),
    ),
)
