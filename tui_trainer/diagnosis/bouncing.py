"""Bouncing: the loss jumps up and down and gets nowhere: every step lands on the other side of the valley.

The hard part is to leave the noise of small batches alone: a healthy run trembles too, but what trembles is
small beside what it has learned, and the middle of its last positions is hardly better than each of them.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean, median

from tui_trainer.diagnosis.diverging import FAR, hovers, step_quality
from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import REWEIGHTED, above, below, reweighted
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Severity, Signal
from tui_trainer.wording import plain_number

SHARE, LEAST, MOST = 0.12, 8, 15
"""Of the run, and evaluations at about the present learning rate, that are judged together."""
RISES = 0.2
"""Share of them, at least, that lie more than 1 % above the one before …"""
TURNS = 0.25
"""… and at which up turns to down or down to up: it goes to and fro, not once down and up again."""
MIDDLE = 0.6
"""Then: loss in the middle of the last positions beside their typical loss, at most …"""
GAIN = 0.03
"""… and as a share of the loss of the best constant answer so much lower; or else …"""
WILD = 0.2
"""… so many rises by a quarter of what follows …"""
RANGE = 0.12
"""… over a range (of two thirds of the evaluations) of this share of the loss of the best constant answer …"""
CHANGE = 0.05
"""… by a median |Δ ln L| from one to the next of this …"""
DEEP = 0.85
"""… down to this share of their mean: a loss that comes no lower than that trembles above a floor …"""
PROGRESS = 0.8
"""… while the median loss of the later half is no less than this of the earlier half's, or of that of the half with
which the bouncing began: where it is less, the run is getting somewhere."""
LENIENCE = 0.5
"""What is jumping already stays so down to this share of every limit."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Thrown far up and hovering between the walls, or jumping."""
    return _hovering(window, earlier) or _jumping(window, earlier)


def _hovering(window: Window, earlier: Finding | None) -> Finding | None:
    """Every step overshoots, and the loss stays far above where it began, without growing beyond all bounds."""
    span = hovers(window)
    if span is None:
        return None
    losses, first = [each.train_loss for each in span], window.first.train_loss
    low, high = min(losses), max(losses)
    return _finding(
        window,
        earlier.since if earlier else span[0].iteration,
        f"training loss was {number(first)} at the start and between {number(low)} and {number(high)} in the "
        f"{len(span)} evaluations judged up to iteration {window.latest.iteration:,}, and most of the steps measured "
        f"there overshoot the valley.",
        f"L above {FAR:g} × max(L₀, base) = {number(FAR * window.measure)} at {len(span)} evaluations in a row",
        {"low": low, "high": high, "first_train_loss": first, "base_loss": window.first.base_loss},
        span,
    )


def _jumping(window: Window, earlier: Finding | None) -> Finding | None:
    """Jumping without getting lower, or around a middle that is far lower."""
    if reweighted(window):
        return None
    if len(window.evaluations) < LEAST or (not earlier and not _has_risen(window)):
        return None  # nearly always
    span = window.lately(SHARE, LEAST, MOST)
    losses, lenience = [each.train_loss for each in span], LENIENCE if earlier else 1.0
    rises = _rises(losses)
    if len(span) < LEAST or rises < lenience * RISES or not all(0 < loss < math.inf for loss in losses):
        return None
    if _turns(losses) < lenience * TURNS:
        return None
    base, typical = window.base, median(losses)
    middle = _middle(span)
    half = len(losses) // 2 + 1
    at_first, now = median(losses[:half]), median(losses[-half:])
    around = middle is not None and middle < typical - max(lenience * (1 - MIDDLE) * typical, GAIN * base)
    if not around:
        wild = mean(after > before + lenience * RANGE / 4 * base for before, after in pairwise(losses))
        if wild < lenience * WILD or now < PROGRESS * at_first:
            return None
        low = sorted(losses)[len(losses) // 10]
        if low > DEEP * mean(losses):
            return None
        change = median(abs(math.log(after / before)) for before, after in pairwise(losses))
        if range_of(losses) < lenience * RANGE * base or change < lenience * CHANGE:
            return None
    since, first = span[0].iteration, half
    if earlier and now >= PROGRESS * earlier.evidence.get("median_at_first", math.inf):
        since, at_first, first = earlier.since, earlier.evidence["median_at_first"], int(earlier.evidence["at_first"])
    rose = sum(after > before for before, after in pairwise(losses))
    evidence = {
        "rises": rises,
        "low": min(losses),
        "high": max(losses),
        "at_first": first,
        "median_at_first": at_first,
        "median_now": now,
        "range_of_base": range_of(losses) / base,
    }
    what = (
        f"in the {len(span)} evaluations judged up to iteration {window.latest.iteration:,} training loss rose {rose} "
        f"times, jumping between {number(min(losses))} and {number(max(losses))}"
    )
    if around and middle is not None:
        evidence["middle"] = middle
        what += f"; the middle of these positions would have {number(middle)}."
        rule = f"at the running mean of the weights L is {middle / typical:.2f} × median L"
    else:
        what += (
            f"; its median was {number(at_first)} in the first {first} since then and is {number(now)} in the last "
            f"{half}."
        )
        rule = f"median L {now / at_first:.2f} × that of the first {first} evaluations since {since:,}"
    rule = (
        f"Over {len(span)} evaluations: {rises:.0%} rises above 1 %, middle range {range_of(losses) / base:.2f} × "
        f"base; {rule}"
    )
    return _finding(window, since, what, rule, evidence, span)


def _finding(
    window: Window, since: int, body: str, rule: str, evidence: dict[str, float], span: tuple[Evaluation, ...]
) -> Finding:
    """The words and numbers that both forms of bouncing share."""
    rate, quality, wall = window.latest.learning_rate, step_quality(span), ""
    if quality is not None:
        evidence["step_quality"] = quality
        wall = f"; median step quality {quality:.2f} (0 the valley's bottom, 1 the far wall)"
    return Finding(
        id="bouncing",
        severity=Severity.WARNING,
        since=since,
        headline="bouncing",
        cause="learning rate too large",
        body=body,
        brief=(_reached(span),),
        expert=f"{rule}{wall}. Learning rate {plain_number(rate)}.",
        evidence={**evidence, "learning_rate": rate},
    )


def _has_risen(window: Window) -> bool:
    """Whether the loss rose in one of the last steps: without that, too few of many can be rises."""
    losses = [each.values.get("train_loss", math.nan) for each in window.evaluations[-LEAST:]]
    return any(after > before for before, after in pairwise(losses))


def _rises(losses: list[float]) -> float:
    """The share of rises by more than 1 %."""
    return sum(after > 1.01 * before for before, after in pairwise(losses)) / max(len(losses) - 1, 1)


def _turns(losses: list[float]) -> float:
    """The share of peaks and troughs."""
    steps = [after - before for before, after in pairwise(losses)]
    return sum(first * second < 0 for first, second in pairwise(steps)) / max(len(steps) - 1, 1)


def _reached(span: tuple[Evaluation, ...]) -> str:
    """How low and how high the loss was, as its curve shows it: also between evaluations, which may always meet a run
    that jumps at every second iteration on the same side of its valley."""
    epochs = [loss for each in span[1:] if (loss := each.get("epoch_loss")) is not None and math.isfinite(loss)]
    losses = [*(each.train_loss for each in span), *epochs]
    return f"loss {number(min(losses))} to {number(max(losses))}"


def range_of(losses: list[float]) -> float:
    """Without a sixth of them at either end: two spikes in a dozen are no range."""
    ordered, skipped = sorted(losses), len(losses) // 6
    return ordered[-1 - skipped] - ordered[skipped]


def _middle(span: tuple[Evaluation, ...]) -> float | None:
    """The median loss at the running mean of the weights; None where too few of them were measured."""
    known = [value for each in span[-LEAST:] if (value := each.get("mean_weights_loss")) is not None]
    return median(known) if 2 * len(known) >= LEAST else None


def unchecked(window: Window) -> str:
    """Why there is not enough to judge."""
    if reweighted(window):
        return REWEIGHTED
    count = len(window.at_this_rate(LEAST))
    return "" if count >= LEAST else f"it takes {LEAST} evaluations at about the present learning rate"


def remedies(window: Window) -> tuple[Remedy, ...]:
    """A shorter step."""
    return smaller_rates(window, (3, 10))


def _signals(window: Window) -> tuple[Signal, ...]:
    span = window.lately(SHARE, LEAST, MOST)
    losses, middle = [each.train_loss for each in span], _middle(span)
    beside = middle / median(losses) if middle and median(losses) else None
    return (
        below("share of rises above 1 %", _rises(losses), RISES),
        below("range of the loss beside the best constant answer's", range_of(losses) / window.base, RANGE),
        above("loss at the mean of the weights beside the loss", beside, MIDDLE),
    )


RULE = Rule(title="bouncing", judge=judge, remedies=remedies, in_a_row=3, unchecked=unchecked, signals=_signals)
