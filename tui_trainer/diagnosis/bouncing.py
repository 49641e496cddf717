"""Bouncing: the loss jumps up and down and gets nowhere: every step lands on the other side of the valley.

The hard part is to leave the noise of small batches alone: a healthy run trembles too, but what trembles is
small beside what it has learned, and the lowest values still fall.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median

from tui_trainer.diagnosis.diverging import grows
from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule, Settings
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Severity
from tui_trainer.wording import plain_number

SPAN = 15
"""Evaluations, all at about the present learning rate, that are judged together."""
RISES = 0.25
"""Share of them, at least, that lie more than 1 % above the one before."""
CHANGE = 0.15
"""Median of |Δ ln L| from one to the next, at least."""
HALF = SPAN // 2 + 1
"""Evaluations of its earlier and of its later half, which share the one in the middle."""
PROGRESS = 0.7
"""Median loss of the later half beside the earlier half's, or beside that of the half with which the bouncing began;
where it is below, the run is getting somewhere: it does not bounce, or does so only since later."""
SWING = 0.7
"""Amplitude beside the typical loss, at least: the noise of healthy batches is smaller."""
AMPLITUDE = 0.03
"""Amplitude beside the loss of the best constant answer, at least: less is hardly worth an alarm."""
FLOOR = 0.8
"""Lower quartile beside that of the evaluations before; where it is below, the run still sinks as it trembles."""
HIGH = 0.5
"""Typical loss beside that of the best constant answer, above which trembling is no sign of sinking."""
LENIENCE = 0.5
"""What is jumping already stays so down to this share of every limit."""

FAR_SPAN = 5
"""Evaluations that tell a run that was thrown out at once, and hovers …"""
FAR = 2.0
"""… at so many times the larger of the first loss and the loss of the best constant answer …"""
FAR_WALL = 0.5
"""… while the median step quality says that each step ends on the far side of its valley."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Thrown out and hovering, or jumping without getting lower."""
    return _hovering(window, earlier) or _jumping(window, earlier)


def _hovering(window: Window, earlier: Finding | None) -> Finding | None:
    """Every step overshoots, and the loss stays far above where it began, without growing beyond all bounds."""
    far = FAR * window.measure
    if not far < window.latest.train_loss < math.inf:
        return None  # nearly always; a run at full speed is judged a hundred times a second
    span = window.at_this_rate(FAR_SPAN)
    losses = [each.train_loss for each in span]
    if len(span) < FAR_SPAN or not all(far < loss < math.inf for loss in losses) or grows(losses):
        return None  # what grows on and on does not hover: it diverges
    quality = _step_quality(span)
    if quality is None or quality < FAR_WALL:
        return None
    since = earlier.since if earlier else span[0].iteration
    low, high, first = min(losses), max(losses), window.first.train_loss
    evidence = {"low": low, "high": high, "first_train_loss": first, "base_loss": window.first.base_loss}
    return _finding(
        window,
        since,
        f"training loss was {number(first)} at the start and between {number(low)} and {number(high)} in the "
        f"{FAR_SPAN} evaluations judged up to iteration {window.latest.iteration:,}, and most of the steps measured "
        f"there overshoot the valley.",
        _reached(span),
        f"L above {FAR:g} × max(L₀, base) = {number(FAR * window.measure)} at {FAR_SPAN} evaluations in a row",
        evidence,
        quality,
    )


def _jumping(window: Window, earlier: Finding | None) -> Finding | None:
    """Many rises, no progress, and an amplitude that matters."""
    span = window.at_this_rate(SPAN)
    losses = [each.train_loss for each in span]
    if len(span) < SPAN or not all(math.isfinite(loss) and loss > 0 for loss in losses):
        return None
    up, lenience = sum(after > 1.01 * before for before, after in pairwise(losses)), LENIENCE if earlier else 1.0
    if not lenience * RISES <= up / (SPAN - 1) < 1:
        return None  # before what takes longer; and what only rises does not jump
    base, typical, before = window.base, median(losses), window.at_this_rate()[:-SPAN]
    at_first, now = median(losses[:HALF]), median(losses[-HALF:])
    if now < PROGRESS * at_first:  # without lenience: what still gets lower is not said to get no lower
        return None
    still_sinks = bool(before) and _quartile(span) <= FLOOR * _quartile(before)
    if typical < HIGH * base and (still_sinks or not (before or earlier)):
        return None
    change = median(abs(math.log(after / before)) for before, after in pairwise(losses))
    low, high = sorted(losses)[1], sorted(losses)[-2]  # without the two extremes: one spike is no bouncing
    swing, amplitude = (high - low) / typical, (high - low) / base
    limits, measured = (CHANGE, SWING, AMPLITUDE), (change, swing, amplitude)
    if any(value < lenience * limit for value, limit in zip(measured, limits, strict=True)):
        return None
    since, long_ago = span[0].iteration, earlier.evidence.get("median_at_first") if earlier else None
    if earlier and long_ago is not None and now >= PROGRESS * long_ago:
        since, at_first = earlier.since, long_ago
    rose = sum(after > before for before, after in pairwise(losses))
    evidence = {
        "rises": up / (SPAN - 1),
        "low": min(losses),
        "high": max(losses),
        "median_change": change,
        "median_at_first": at_first,
        "median_now": now,
        "amplitude_of_base": amplitude,
    }
    return _finding(
        window,
        since,
        f"in the {SPAN} evaluations judged up to iteration {window.latest.iteration:,} training loss rose {rose} "
        f"times, jumping between {number(min(losses))} and {number(max(losses))}; its median was {number(at_first)} in "
        f"the first {HALF} since then and is {number(now)} in the last {HALF}.",
        _reached(span),
        f"Over {SPAN} evaluations: {up / (SPAN - 1):.0%} rises above 1 %, median |Δ ln L| {change:.2f}, amplitude "
        f"without the extremes {swing:.2f} × median L and {amplitude:.2f} × base; median L {now / at_first:.2f} × that "
        f"of the first {HALF} evaluations since {since:,}",
        evidence,
        _step_quality(span),
    )


def _finding(
    window: Window, since: int, what: str, short: str, rule: str, evidence: dict[str, float], quality: float | None
) -> Finding:
    """The words and numbers that both forms of bouncing share."""
    rate = window.latest.learning_rate
    wall = ""
    if quality is not None:
        evidence = {**evidence, "step_quality": quality}
        wall = f"; median step quality {quality:.2f} (0 the valley's bottom, 1 the far wall)"
    return Finding(
        id="bouncing",
        severity=Severity.WARNING,
        since=since,
        title="learning rate too large: bouncing",
        sentence=f"Bouncing since iteration {since:,}: {what}",
        short=(f"since {since:,}: {short}", short),
        expert=f"{rule}{wall}. Learning rate {plain_number(rate)}.",
        evidence={**evidence, "learning_rate": rate},
    )


def _reached(span: tuple[Evaluation, ...]) -> str:
    """How low and how high the loss was, as its curve shows it: also between evaluations, which may always meet a run
    that jumps at every second iteration on the same side of its valley."""
    epochs = [loss for each in span[1:] if (loss := each.get("epoch_loss")) is not None and math.isfinite(loss)]
    losses = [*(each.train_loss for each in span), *epochs]
    return f"loss {number(min(losses))} to {number(max(losses))}"


def _step_quality(span: tuple[Evaluation, ...]) -> float | None:
    """The median of those that were measured."""
    qualities = [value for each in span if (value := each.get("step_quality")) is not None]
    return median(qualities) if qualities else None


def _quartile(span: tuple[Evaluation, ...]) -> float:
    """The lower quartile of the training losses."""
    return sorted(each.train_loss for each in span)[len(span) // 4]


def remedies(window: Window, settings: Settings) -> tuple[Remedy, ...]:
    """A shorter step."""
    return smaller_rates(window, settings, (3, 10))


RULE = Rule(judge=judge, remedies=remedies, in_a_row=3)
