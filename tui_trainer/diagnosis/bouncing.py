"""Bouncing: the loss jumps up and down without falling, because each step lands on the other side of the valley.

The difficulty is to tell bouncing from the noise of small batches. The loss of a healthy run fluctuates too, but little
compared with what the run has learned, and averaging its last weights hardly lowers the loss.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean, median

from tui_trainer.diagnosis.diverging import FAR, OVERSHOOTS, STEPS, hovers, overshoots, step_qualities
from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.saturation import starts_saturated
from tui_trainer.diagnosis.standstill import AT_BASE
from tui_trainer.diagnosis.symptoms import REWEIGHTED, above, below, reweighted
from tui_trainer.diagnosis.window import LENGTH, NEAR_FLOOR, Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Severity, Signal
from tui_trainer.wording import counted, percent, plain_number

SHARE, LEAST, MOST = 0.12, 8, 15
"""Evaluations judged together: this share of the run, but 8 to 15 of them, all at about the present learning rate."""
RISES = 0.2
"""The least share of the evaluations that lie more than 1 % above the one before."""
TURNS = 0.25
"""The least share of the evaluations at which the loss turns from rising to falling or back. One fall and one rise are
no bouncing."""
MIDDLE = 0.6
"""The weights circle a valley if the loss at their running mean is at most this share of the typical loss at the
weights themselves, and lower than that by `GAIN`."""
GAIN = 0.03
"""The least difference between the typical loss and the loss at the mean weights, as a share of the base loss."""
WILD = 0.2
"""Without mean weights that are far better, the loss jumps if at least this share of the evaluations rise by more than
a quarter of `RANGE`."""
RANGE = 0.12
"""The least span of two thirds of the losses of a jumping run, as a share of the base loss."""
CHANGE = 0.05
"""The least median |Δ ln L| between neighbouring evaluations of a jumping run."""
DEEP = 0.85
"""The highest that the lowest loss of a jumping run may be, as a share of the mean loss. A loss that never comes lower
fluctuates above a noise floor."""
PROGRESS = 0.8
"""The least median loss of the later half of the evaluations, relative to that of the earlier half (or of the half in
which the bouncing began). A run below this is making progress."""
MEMORYLESS = ("sgd", "adagrad", "rmsprop")
"""Optimizers whose step follows the gradient of its own batch alone, so that its quality tells whether it is too
long."""
HALF_WAY = -0.5
"""The least median quality of such steps in a jumping run. Below it they go less than half of the way to the bottom of
their batch's valley. With a share s of that way the noise of batches raises the loss by s / (2 − s) of its floor: by a
third at most, which is less than `MIDDLE` asks for."""
SWINGS = 2 / 3
"""The least share of such steps that end across the valley where the loss stays the same. It hardly jumps there,
because both walls are as high."""
SWINGS_SHARE = 0.2
"""The share of the run for which that has to last."""
STAYS = 0.97
"""The least median loss of the later half of that share, relative to the earlier half."""
LENIENCE = 0.5
"""An ongoing finding holds down to this share of every limit."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the loss hovers far above its start, or jumps up and down."""
    return _hovering(window, earlier) or _jumping(window, earlier) or _swinging(window, earlier)


def _hovering(window: Window, earlier: Finding | None) -> Finding | None:
    """Many steps overshoot, and the loss stays far above its start without growing further."""
    span = hovers(window)
    if span is None:
        return None
    losses, first = [each.train_loss for each in span], window.first.train_loss
    low, high = min(losses), max(losses)
    return _finding(
        window,
        earlier.since if earlier else span[0].iteration,
        f"training loss was {number(first)} at the start and between {number(low)} and {number(high)} in the "
        f"{len(span)} evaluations judged up to iteration {window.latest.iteration:,}, and many of the steps measured "
        f"there overshoot the valley.",
        f"L above {FAR:g} × max(L₀, base) = {number(FAR * window.measure)} at {len(span)} evaluations in a row",
        {"low": low, "high": high, "first_train_loss": first, "base_loss": window.first.base_loss},
        span,
    )


def _jumping(window: Window, earlier: Finding | None) -> Finding | None:
    """The loss jumps without falling, or around mean weights whose loss is far lower."""
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
    if _falls_short(window):
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
        change = median(abs(math.log(after) - math.log(before)) for before, after in pairwise(losses))
        if range_of(losses) < lenience * RANGE * base or change < lenience * CHANGE:
            return None
        if not overshoots(window, 0.0, otherwise=True):
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
        f"in the {len(span)} evaluations judged up to iteration {window.latest.iteration:,} training loss rose "
        f"{counted(rose, 'time')}, jumping between {number(min(losses))} and {number(max(losses))}"
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


def _swinging(window: Window, earlier: Finding | None) -> Finding | None:
    """Most steps end across the valley, about as high as they began, and the loss stays where it is. At the loss of a
    constant answer that says nothing: a network whose units are silent or at their flat ends still moves its biases."""
    if window.settings.get("optimizer.name") not in MEMORYLESS or window.loss > AT_BASE:
        return None
    if window.succeeds or window.is_at_floor(NEAR_FLOOR):
        return None
    span = window.lately(SWINGS_SHARE, LEAST, LENGTH)
    qualities, losses = step_qualities(span), [each.train_loss for each in span]
    across, half = _across(qualities), len(losses) // 2
    if len(span) < LEAST or window.share(span) < SWINGS_SHARE or 2 * len(qualities) < LEAST:
        return None
    if across < SWINGS * len(qualities) or median(losses[half:]) < STAYS * median(losses[:half]):
        return None
    return _finding(
        window,
        earlier.since if earlier else span[0].iteration,
        f"{counted(across, 'step')} of the {len(qualities)} measured up to iteration {window.latest.iteration:,} "
        f"ended across the valley, and training loss stays around {number(median(losses))}.",
        f"{percent(across / len(qualities))} of the steps have a quality of {OVERSHOOTS:g} or more, and L is "
        f"{median(losses[half:]) / median(losses[:half]):.2f} × that of the half before",
        {"across": across / len(qualities), "median_now": median(losses)},
        span,
    )


def _finding(
    window: Window, since: int, body: str, rule: str, evidence: dict[str, float], span: tuple[Evaluation, ...]
) -> Finding:
    """The words and numbers that both forms of bouncing share."""
    rate, qualities, wall = window.latest.learning_rate, step_qualities(span), ""
    if qualities:
        evidence["step_quality"] = quality = median(qualities)
        wall = f"; median step quality {number(quality)} (0 the valley's bottom, 1 the far wall)"
    return Finding(
        id="bouncing",
        severity=Severity.WARNING,
        since=since,
        headline="bouncing",
        cause="learning rate too large",
        body=body,
        brief=_reached(span, since),
        expert=f"{rule}{wall}. Learning rate {plain_number(rate)}.",
        evidence={**evidence, "learning_rate": rate},
    )


def _falls_short(window: Window) -> bool:
    """Whether steps that follow their own batch alone end far short of the bottom of its valley."""
    if window.settings.get("optimizer.name") not in MEMORYLESS:
        return False
    qualities = step_qualities(window.at_this_rate(STEPS))
    return bool(qualities) and median(qualities) < HALF_WAY


def _across(qualities: list[float]) -> int:
    """How many of the steps end on the other side of the valley, about as high as they began."""
    return sum(quality >= OVERSHOOTS for quality in qualities)


def _has_risen(window: Window) -> bool:
    """Whether the loss rose in one of the last steps. Of a run that no longer rises, too few evaluations would be
    rises."""
    losses = [each.values.get("train_loss", math.nan) for each in window.evaluations[-LEAST:]]
    return any(after > before for before, after in pairwise(losses))


def _rises(losses: list[float]) -> float:
    """The share of rises by more than 1 %."""
    return sum(after > 1.01 * before for before, after in pairwise(losses)) / max(len(losses) - 1, 1)


def _turns(losses: list[float]) -> float:
    """The share of peaks and troughs."""
    steps = [after - before for before, after in pairwise(losses)]
    return sum(first * second < 0 for first, second in pairwise(steps)) / max(len(steps) - 1, 1)


def _reached(span: tuple[Evaluation, ...], since: int) -> tuple[str, ...]:
    """How low and how high the loss was in `span`, as its curve shows it, in fewer and fewer words that do not speak of
    all the time `since` it bounces, if the span is shorter. The curve has the iterations between evaluations too: a
    run that jumps at every second iteration may be evaluated on the same side of its valley every time."""
    epochs = [loss for each in span[1:] if (loss := each.get("epoch_loss")) is not None and math.isfinite(loss)]
    losses = [*(each.train_loss for each in span), *epochs]
    low, high, start = number(min(losses)), number(max(losses)), span[0].iteration
    if start <= since:
        return (f"loss {low} to {high}",)
    return (f"loss {low} to {high} since {start:,}", f"lately {low} to {high}")


def range_of(losses: list[float]) -> float:
    """The highest loss minus the lowest, after a sixth of the losses at either end is left out. So two spikes in a
    dozen do not count."""
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
    is_memoryless = window.settings.get("optimizer.name") in MEMORYLESS
    steps = step_qualities(window.lately(SWINGS_SHARE, LEAST, LENGTH)) if is_memoryless else []
    return (
        below("share of rises above 1 %", _rises(losses), RISES),
        below("range of the loss / loss of the best constant answer", range_of(losses) / window.base, RANGE),
        above("loss at the mean of the weights / loss", beside, MIDDLE),
        below("share of steps that end across the valley", _across(steps) / len(steps) if steps else None, SWINGS),
    )


def answers(window: Window) -> str:
    """Steps that are too long also drive units to their flat ends: shorter ones are what helps."""
    return "" if starts_saturated(window) else "saturation"


RULE = Rule(
    title="bouncing",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    unchecked=unchecked,
    signals=_signals,
    answers=answers,
)
