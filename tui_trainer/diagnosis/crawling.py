"""Crawling: the direction is right, straight downhill, but the steps are too short to arrive before the run ends."""

from __future__ import annotations

import math
from statistics import mean, median

from tui_trainer.diagnosis.diverging import step_qualities
from tui_trainer.diagnosis.remedies import base_rate, larger_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.saturation import SATURATED
from tui_trainer.diagnosis.standstill import at_the_end, quarters, trains_on_another_loss
from tui_trainer.diagnosis.symptoms import above, below, symptom, worst_layer
from tui_trainer.diagnosis.window import NEAR_FLOOR, SAME_RATE, SUCCESS, Window
from tui_trainer.diagnosis.wording import number, numbers_apart
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Signal
from tui_trainer.wording import percent, plain_number

SHARE, LEAST = 0.04, 5
"""Evaluations judged together: this share of the run, but at least 5 of them."""
STRAIGHT, STAYS_STRAIGHT = 0.98, 0.9
"""The least cosine between the gradients of neighbouring evaluations. The second limit holds for an ongoing finding."""
SHORT, STAYS_SHORT = -0.98, -0.95
"""The most step quality, in the median over `SHORT_SHARE` of the run, where neither noise nor dropout blurs it: on its
own batch a step goes a fiftieth of the way to the bottom. The second limit holds for an ongoing finding."""
SHORT_SHARE = 0.3
"""Share of the run over which step qualities are judged."""
STEEP, STAYS_STEEP = 0.5, 0.25
"""The least gradient norm, as a share of the run's largest: above it the bottom is not near. The second limit holds for
an ongoing finding."""
STEADY_SHARE = 0.2
"""However steep the first steps were, the bottom is not near either if the gradient norm has been steady over this
share of the run."""
FADES, GROWS = 0.9, 1.5
"""The gradient norm is steady if it has neither fallen below the first factor, as it does near a minimum, nor risen
above the second, as it does at the end of a plateau."""
FAR_ABOVE, WHOLE_RUN = 2.0, 0.5
"""Nor is it near if the training error is at least the first multiple of the neighbours', and a whole run of updates
like the last, all in one direction, would change no layer by more than the second share of its weights."""
LEAST_PACE = 0.01
"""The least that ln L falls over a whole run at the present pace where the slope is only steady."""
STEEPER = 1.03
"""The least gradient norm, relative to that a `STEADY_SHARE` before, of a run that is leaving a plateau."""
FALLS_ON = 0.7
"""The least fall of the loss in the later half of `STEADY_SHARE` there, relative to the fall in the earlier half: near
a minimum the loss falls less and less."""
SHORTENED = 0.2
"""The least that a schedule may have left of the learning rate where that fall is held against shorter steps."""
PACE = 2.0
"""The most that ln L would fall over a whole run at the present pace: the loss would not even reach an eighth."""
MOVES = 3e-3
"""The most that one update changes any layer, as a share of the layer's weight norm."""
ROOM = 3.0
"""The present learning rate is not too small if the stable one, where it is known, is less than this multiple of it."""
NO_WAY = 0.7
"""The most that the loss of the best straight line may be, as a share of the present loss of a network without hidden
layers. Above that no rate leads much lower."""
FAR = 0.4
"""Training loss, as a share of the base loss, above which a frozen rate matters."""
FROZEN = 1e-3
"""Learning rate relative to the run's largest, below which it counts as frozen."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether a run goes straight down a slope that stays steep with hardly any progress, or a schedule has frozen its
    learning rate."""
    if window.straight is not None and window.straight > NO_WAY:
        return None
    return _frozen(window, earlier) or _slow(window, earlier)


def _slow(window: Window, earlier: Finding | None) -> Finding | None:
    lenient, latest = earlier is not None, window.latest
    if window.succeeds or window.is_at_floor(NEAR_FLOOR) or _is_near_limit(window):
        return None
    if _arrives(window):
        return None
    straight, way = _straight(window, lenient), "the blame points the same way all the time, and yet"
    span = straight or _short(window, lenient)
    if span is None:
        return None
    if straight is None:
        part = percent(1 + (STAYS_SHORT if lenient else SHORT))
        way = f"half of the steps measured go less than {part} of the way to the bottom of their valley, and"
    steep, pace, quality = _steepness(window) or 0.0, _pace(window, span) or 0.0, _quality(span)
    cosine, moves = latest.get("gradient_cosine") or 0.0, _moves(latest)
    evidence = {
        "gradient_cosine": cosine,
        "steepness": steep,
        "pace": pace,
        "update_ratio": moves,
        "learning_rate": latest.learning_rate,
    }
    short = ""
    if quality is not None:
        evidence["step_quality"] = quality
        short = f", median step quality {quality:.2f} (−1 a short step, 0 the valley's bottom)".replace("-", "−")
    before, now = numbers_apart(span[0].train_loss, latest.train_loss)
    return symptom(
        window,
        earlier,
        id="crawling",
        headline="crawling",
        cause="learning rate too small",
        body=f"{way} training loss fell only from {before} to {now} between iterations {span[0].iteration:,} and "
        f"{latest.iteration:,}.",
        brief=f"loss {before} → {now} in {latest.iteration - span[0].iteration:,} iterations",
        expert=f"Over {percent(window.share(span))} of the run: −Δ ln(L − {window.floor:.2g} × base, the neighbours' "
        f"floor) {pace:.2g} a run, last gradient cosine "
        f"{cosine:.3g}, ‖g‖ {percent(steep)} of its largest, updates {moves:.1e} of the weights{short}. Learning rate "
        f"{plain_number(latest.learning_rate)}.",
        evidence=evidence,
    )


def _straight(window: Window, lenient: bool) -> tuple[Evaluation, ...] | None:
    """The evaluations over which the run went straight down a steep slope with hardly any progress; None where it did
    not."""
    span, slack = _lately(window, SHARE), 2 if lenient else 1
    cosines = [value for each in span or () if (value := each.get("gradient_cosine")) is not None]
    if span is None or not cosines or (cosines[-1] < STAYS_STRAIGHT if lenient else min(cosines) < STRAIGHT):
        return None
    pace = _pace(window, span)
    if pace is None or not 0 < pace <= slack * PACE or _moves(window.latest) > slack * MOVES:
        return None
    flatter = not trains_on_another_loss(window)
    return span if _leads_on(window, pace, lenient, flatter=flatter) else None


def _short(window: Window, lenient: bool) -> tuple[Evaluation, ...] | None:
    """The evaluations over which steps were too short to succeed by the end; None where they were not."""
    span = _lately(window, SHORT_SHARE)
    quality = _quality(span) if span else None
    if span is None or quality is None or quality > (STAYS_SHORT if lenient else SHORT):
        return None
    first, second, third, last = quarters(span)
    if not last < third < second < first or third - last > GROWS * (first - second):
        return None  # the loss does not fall, or the run leaves a plateau
    saturated = worst_layer(window, "saturated_share")
    if saturated is not None and saturated[1] > SATURATED:
        return None  # hardly any gradient passes, which no rate mends
    beside, pace = window.beside_neighbours, _pace(window, span)
    if pace is None or (beside is not None and beside < NEAR_FLOOR):
        return None
    return span if _leads_on(window, pace, lenient, flatter=True) else None


def _arrives(window: Window) -> bool:
    """Whether the run will succeed by its end, as far as what it did lately tells. It may fall faster and faster."""
    span = window.lately(SHORT_SHARE, LEAST, at_any_rate=True)
    is_long = len(span) >= LEAST and window.share(span) >= SHORT_SHARE
    return is_long and at_the_end(window, span) <= SUCCESS


def _lately(window: Window, share: float) -> tuple[Evaluation, ...] | None:
    """The evaluations over this share of the run; None where they do not reach so far back, or where the learning rate
    was lower there. A higher rate in the past is no objection: what was slow even then is slow."""
    span = window.lately(share, LEAST, at_any_rate=True)
    was_lower = any(SAME_RATE * each.learning_rate < window.latest.learning_rate for each in span)
    return None if len(span) < LEAST or window.share(span) < share or was_lower else span


def _leads_on(window: Window, pace: float, lenient: bool, *, flatter: bool) -> bool:
    """Whether the bottom is not near; `flatter`: also where the gradient was far steeper once."""
    steep = _steepness(window)
    if steep is None:
        return False
    return steep >= (STAYS_STEEP if lenient else STEEP) or (flatter and _goes_on(window, pace))


def _quality(span: tuple[Evaluation, ...]) -> float | None:
    """The median step quality; None where it was not measured."""
    known = step_qualities(span)
    return median(known) if known else None


def _frozen(window: Window, earlier: Finding | None) -> Finding | None:
    rate, highest = window.latest.learning_rate, window.highest_rate
    if not highest or rate >= FROZEN * highest or window.loss < FAR or window.succeeds or window.is_hard:
        return None
    return symptom(
        window,
        earlier,
        id="crawling",
        headline="crawling",
        cause="learning rate too small",
        body=f"the learning rate is down from {plain_number(highest, 3)} to {plain_number(rate, 3)}, and training loss "
        f"is still {number(window.latest.train_loss)}.",
        brief=f"rate {plain_number(rate, 3)}",
        expert=f"The rate is {rate / highest:.1e} of its largest, and L = {window.loss:.2f} × base.",
        evidence={"learning_rate": rate, "highest_rate": highest},
    )


def _steepness(window: Window) -> float | None:
    norm = window.latest.get("steady_gradient_norm")
    return norm / window.steepest if norm is not None and window.steepest > 0 else None


def _goes_on(window: Window, pace: float) -> bool:
    """Whether the slope has been about as steep for long, however steep the first steps were."""
    span = window.lately(STEADY_SHARE, LEAST, at_any_rate=True)
    earlier, later = (_fall(window, half) for half in (span[: len(span) // 2 + 1], span[len(span) // 2 :]))
    if window.share(span) < STEADY_SHARE or later < FALLS_ON * earlier:
        return False
    if pace < LEAST_PACE:
        return _grows_steeper(span) and _hardly_moves(window)
    return _stays_steep(span) or _hardly_moves(window)


def _fall(window: Window, span: tuple[Evaluation, ...]) -> float:
    """By how much the loss fell, beside the part of the run that it took, and beside the learning rate where a schedule
    shortens the steps a little: then it falls less and less, though the bottom be far."""
    way = window.share(span)
    if window.latest.learning_rate >= SHORTENED * base_rate(window):
        way *= mean(each.learning_rate for each in span)
    return (span[0].train_loss - span[-1].train_loss) / (way or 1.0)


def _stays_steep(span: tuple[Evaluation, ...]) -> bool:
    """Whether the gradient has kept its norm."""
    before, now = span[0].get("steady_gradient_norm"), span[-1].get("steady_gradient_norm")
    return before is not None and now is not None and 0 < FADES * before <= now <= GROWS * before


def _grows_steeper(span: tuple[Evaluation, ...]) -> bool:
    """Whether the run is leaving a plateau, however slowly: near a minimum the gradient would fade."""
    before, now = span[0].get("steady_gradient_norm"), span[-1].get("steady_gradient_norm")
    return before is not None and now is not None and now > STEEPER * before


def _hardly_moves(window: Window) -> bool:
    """Whether a run that still has much to learn cannot get far from its present weights, even in a straight line."""
    beside = window.beside_neighbours
    return beside is not None and beside >= FAR_ABOVE and _moves(window.latest) * window.length <= WHOLE_RUN


def _is_clipped(window: Window) -> bool:
    """Whether the bound on the gradient's length is at work."""
    bound, norm = window.settings.get("optimizer.clip_norm"), window.latest.get("gradient_norm")
    return isinstance(bound, int | float) and norm is not None and norm > bound


def _is_near_limit(window: Window) -> bool:
    """Whether longer steps would not be stable. Then the rate is not what makes the run slow."""
    if _is_clipped(window):
        return False  # clipping has shortened the steps, so the rate does not tell their length
    known = (value for each in reversed(window.evaluations) if (value := each.get("stable_rate")) is not None)
    limit = next(known, None)
    return limit is not None and ROOM * window.latest.learning_rate > limit


def _pace(window: Window, span: tuple[Evaluation, ...]) -> float | None:
    """By how much the logarithm of the loss above `Window.floor` would fall in a whole run."""
    floor = window.floor * window.base if window.loss > window.floor else 0.0
    first, last, share = span[0].train_loss - floor, span[-1].train_loss - floor, window.share(span)
    if not (0 < first < math.inf and 0 < last < math.inf and share > 0):
        return None
    return (math.log(first) - math.log(last)) / share


def _moves(evaluation: Evaluation) -> float:
    return max((layer.of("update_ratio") for layer in evaluation.layers), default=0.0)


def unchecked(window: Window) -> str:
    """Why this cannot be judged."""
    if window.latest.get("gradient_cosine") is None and window.first.get("steady_gradient_norm") is None:
        return "the gradient on always the same examples is not known"
    if len(window.evaluations) < LEAST:
        return f"it takes {LEAST} evaluations"
    return ""


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Longer steps: a higher bound on the gradient where clipping holds them back, otherwise a higher rate."""
    settings = window.settings
    offers = []
    if _is_clipped(window):
        offers.append(Remedy("Do not limit the length of the gradient.", {"optimizer.clip_norm": None}))
    if (
        settings.get("schedule.name") not in (None, "constant")
        and window.latest.learning_rate < FROZEN * window.highest_rate
    ):
        offers.append(Remedy("Keep the learning rate as it is at first.", {"schedule.name": "constant"}))
    return (*offers, *larger_rates(window, (10, 100)))


def _signals(window: Window) -> tuple[Signal, ...]:
    span = window.lately(SHARE, LEAST, at_any_rate=True)
    return (
        below("cosine of neighbouring gradients", window.latest.get("gradient_cosine"), STRAIGHT),
        above("fall of the logarithm of the loss above the floor of noise in a run", _pace(window, span), PACE),
        above("largest update as a share of the weights", _moves(window.latest), MOVES),
        above("step quality, the median", _quality(window.lately(SHORT_SHARE, LEAST, at_any_rate=True)), SHORT),
    )


RULE = Rule(title="crawling", judge=judge, remedies=remedies, in_a_row=3, unchecked=unchecked, signals=_signals)
