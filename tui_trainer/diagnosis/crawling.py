"""Crawling: the way is right and leads straight down, but the steps are so short that the run will not arrive."""

from __future__ import annotations

import math

from tui_trainer.diagnosis.remedies import larger_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import above, below, symptom
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy, Signal
from tui_trainer.wording import plain_number

SHARE, LEAST = 0.04, 5
"""Of the run, and evaluations, that are judged together."""
STRAIGHT, STAYS_STRAIGHT = 0.98, 0.9
"""Cosine between the gradients of neighbouring evaluations, all of them at least: the valley goes straight on. What
crawls already does so down to the second."""
STEEP, STAYS_STEEP = 0.5, 0.25
"""The gradient beside the steepest of the run, at least: it is not that the bottom is near. The second likewise."""
PACE = 2.0
"""By how much the logarithm of the loss would fall in a whole run at this pace, at most: not to an eighth."""
MOVES = 3e-3
"""Largest update of a layer as a share of its weights, at most."""
FAR = 0.4
"""Training loss, as a share of that of the best constant answer, above which a rate that is frozen matters."""
FROZEN = 1e-3
"""The present rate beside the largest of the run, below which it is frozen."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Straight on, still steep, and hardly any progress; or frozen by a schedule."""
    return _frozen(window, earlier) or _slow(window, earlier)


def _slow(window: Window, earlier: Finding | None) -> Finding | None:
    lenient, latest = earlier is not None, window.latest
    cosine = latest.get("gradient_cosine")
    if cosine is None or cosine < (STAYS_STRAIGHT if lenient else STRAIGHT) or window.succeeds:
        return None
    span = window.lately(SHARE, LEAST)
    if len(span) < LEAST or window.share(span) < SHARE:
        return None
    steep, pace, moves = _steepness(window), _pace(window, span), _moves(latest)
    if pace is None or steep is None:
        return None
    slack = 2 if lenient else 1
    known = [value for each in span if (value := each.get("gradient_cosine")) is not None]
    straight = lenient or min(known) >= STRAIGHT
    if not (
        straight
        and steep >= (STAYS_STEEP if lenient else STEEP)
        and 0 < pace <= slack * PACE
        and moves <= slack * MOVES
    ):
        return None
    loss, rate = latest.train_loss, latest.learning_rate
    return symptom(
        window,
        earlier,
        id="crawling",
        headline="crawling",
        cause="learning rate too small",
        body=f"the blame points the same way all the time, and yet training loss fell only from "
        f"{number(span[0].train_loss)} to {number(loss)} between iterations {span[0].iteration:,} and "
        f"{latest.iteration:,}.",
        brief=f"loss {number(span[0].train_loss)} → {number(loss)}",
        expert=f"Over {window.share(span):.0%} of the run: gradient cosines of {STRAIGHT:g} and more, ‖g‖ {steep:.0%} "
        f"of its largest, −Δ ln L {pace:.2g} a run (limit {PACE:g}), updates {moves:.1e} of the weights. Learning rate "
        f"{plain_number(rate)}.",
        evidence={
            "gradient_cosine": cosine,
            "steepness": steep,
            "pace": pace,
            "update_ratio": moves,
            "learning_rate": rate,
        },
    )


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


def _pace(window: Window, span: tuple[Evaluation, ...]) -> float | None:
    """By how much ln L would fall in a whole run."""
    first, last, share = span[0].train_loss, span[-1].train_loss, window.share(span)
    if not (first > 0 and last > 0 and share > 0) or math.isinf(first):
        return None
    return math.log(first / last) / share


def _moves(evaluation: Evaluation) -> float:
    return max((layer.of("update_ratio") for layer in evaluation.layers), default=0.0)


def unchecked(window: Window) -> str:
    """Why nobody can tell."""
    if window.latest.get("gradient_cosine") is None and window.first.get("steady_gradient_norm") is None:
        return "the gradient on always the same examples is not known"
    if len(window.evaluations) < LEAST:
        return f"it takes {LEAST} evaluations"
    return ""


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Longer steps: by the bound on them, where that is what holds them back, or by the rate."""
    settings = window.settings
    bound, norm = settings.get("optimizer.clip_norm"), window.latest.get("gradient_norm")
    offers = []
    if isinstance(bound, int | float) and norm is not None and norm > bound:
        offers.append(Remedy("Do not limit the length of the gradient.", {"optimizer.clip_norm": None}))
    if (
        settings.get("schedule.name") not in (None, "constant")
        and window.latest.learning_rate < FROZEN * window.highest_rate
    ):
        offers.append(Remedy("Keep the learning rate as it is at first.", {"schedule.name": "constant"}))
    return (*offers, *larger_rates(window, (10, 100)))


def _signals(window: Window) -> tuple[Signal, ...]:
    span = window.lately(SHARE, LEAST)
    return (
        below("cosine of neighbouring gradients", window.latest.get("gradient_cosine"), STRAIGHT),
        above("fall of the logarithm of the loss in a run", _pace(window, span), PACE),
        above("largest update as a share of the weights", _moves(window.latest), MOVES),
    )


RULE = Rule(title="crawling", judge=judge, remedies=remedies, in_a_row=3, unchecked=unchecked, signals=_signals)
