"""Underfitting: the loss is flat, or falls too slowly, far above what an example's neighbours show to be possible."""

from __future__ import annotations

from statistics import median

from tui_trainer.diagnosis.crawling import STAYS_SHORT, STAYS_STRAIGHT
from tui_trainer.diagnosis.diverging import step_qualities
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.standstill import AT_BASE, LEAST, at_the_end, falls_on, held_back, is_flat, is_idle, quarters
from tui_trainer.diagnosis.symptoms import REWEIGHTED, below, loss_signal, reweighted, standard_start, symptom
from tui_trainer.diagnosis.unscaled_inputs import RATIO
from tui_trainer.diagnosis.unscaled_inputs import remedies as one_scale
from tui_trainer.diagnosis.window import LITTLE, SUCCESS, Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Evaluation, Finding, Remedy
from tui_trainer.wording import percent

SHARE, DEEP_SHARE = 0.2, 0.35
"""Share of the run over which the loss has to be flat; the second for networks with hidden layers, which may leave a
plateau late."""
LATE, SLOW = 0.6, 0.85
"""A run falls too slowly if, past the first share of its length, the median loss of the later half is at least the
second share of that of the earlier half, and it will not succeed by its end."""
BESIDE = 2.0
"""The least training error relative to predicting from neighbours. Noise floors lie at 0.9, good runs below 2."""
NEAR_BEST = 0.8
"""A network without hidden layers underfits at once if the loss of the best straight line, which it cannot go below, is
at least this share of its own, and no success."""
LEARNED_NOTHING = 1.25
"""What stands for `BESIDE` where the loss is no better than that of a constant answer: neighbours need only know
something."""
BESIDE_NAME = f"training error / error of guessing from neighbours ({percent(LITTLE)} of a constant answer's added)"


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the errors are at least twice those of the neighbours, and the loss is flat or falls too slowly."""
    beside = window.beside_neighbours
    if beside is None or not is_far_above(window) or window.succeeds or window.is_hard or reweighted(window):
        return None
    span, loss = is_flat(window, SHARE if len(window.latest.layers) < 2 else DEEP_SHARE), window.latest.train_loss
    if _is_near_best(window):
        span = window.lately(SHARE, LEAST, at_any_rate=True)
        what = f"is {number(loss)} (straight lines reach {number(window.first.values['straight_loss'])} at best)"
    elif span is not None:
        if falls_on(span) and not held_back(window):
            return None
        what = f"stays around {number(median(each.train_loss for each in span[-LEAST:]))}"
    else:
        span, what = _falls_short(window), f"has only come down to {number(loss)}"
    if span is None or is_idle(window):
        return None
    error, neighbours = _errors(window)
    cause, _ = _cause(window)
    return symptom(
        window,
        earlier,
        id="underfitting",
        headline="underfitting",
        body=f"training loss {what} with {_errors_words(window)}; {cause}.",
        brief=f"loss {number(loss)}, {cause}",
        expert=f"{beside_words(window)} (limit {_least_beside(window):g}); L = {number(window.loss)} × base, judged "
        f"over {percent(window.share(span))} of the run.",
        evidence={"beside_neighbours": beside, "train_error": error, "neighbours_error": neighbours},
    )


def _is_near_best(window: Window) -> bool:
    """Whether a network without hidden layers has hardly a way to go, and not to success."""
    straight = window.straight
    return straight is not None and straight >= NEAR_BEST and straight * window.loss > SUCCESS


def is_far_above(window: Window) -> bool:
    """Whether the errors are far more than those of the neighbours, as far as that is known."""
    return window.beside_neighbours is not None and window.beside_neighbours >= _least_beside(window)


def _least_beside(window: Window) -> float:
    return LEARNED_NOTHING if window.loss > AT_BASE else BESIDE


def _errors(window: Window) -> tuple[float, float]:
    """The training error and that of the neighbours, where `Window.beside_neighbours` is known."""
    return window.latest.get("train_error") or 0.0, window.first.get("neighbours_error") or 0.0


def beside_words(window: Window) -> str:
    """The two errors in words, and their ratio, which is `Window.beside_neighbours`."""
    error, neighbours = _errors(window)
    return (
        f"Training error {number(error)} against {number(neighbours)} of 5-NN leave-one-out: "
        f"{number(window.beside_neighbours or 0.0)} times, with {percent(LITTLE)} of a constant answer's error added "
        "to both"
    )


def _errors_words(window: Window) -> str:
    error, neighbours = _errors(window)
    if window.latest.train_accuracy is None:
        return (
            f"a mean squared error of {number(error)}, where guessing each example from its neighbours has "
            f"{number(neighbours)}"
        )
    wrong, guessed = (f"{number(100 * share)}%" for share in (error, neighbours))
    return f"{wrong} of the examples wrong, where guessing each from its neighbours gets {guessed} wrong"


def _falls_short(window: Window) -> tuple[Evaluation, ...] | None:
    """The evaluations over which the loss fell so slowly, although steps are long, that it will not be low by the end;
    None where it fell faster, or where much of the run is left."""
    span = window.lately(DEEP_SHARE, LEAST, at_any_rate=True)
    if len(span) < LEAST or window.share(span) < DEEP_SHARE or window.latest.iteration < LATE * window.length:
        return None
    qualities, (first, second, third, last) = step_qualities(span), quarters(span)
    if not qualities or max(third, last) < SLOW * min(first, second):
        return None
    if median(qualities) <= STAYS_SHORT and _is_straight(span):
        return None
    return span if at_the_end(window, span) > SUCCESS else None


def _is_straight(span: tuple[Evaluation, ...]) -> bool:
    """Whether the run goes straight ahead, so that longer steps may be all that it lacks."""
    cosines = [value for each in span if (value := each.get("gradient_cosine")) is not None]
    return not cosines or median(cosines) >= STAYS_STRAIGHT


def _cause(window: Window) -> tuple[str, tuple[Remedy, ...]]:
    """The cause in words and its remedies: first a setting that holds it back, then the start, then the size."""
    held, hidden = held_back(window), window.settings.get("network.hidden")
    if held:
        return f"{held[0]} may hold it back", (held[1],)
    larger, start, scaled = _larger(hidden), standard_start(window), one_scale(window)
    if scaled and (window.first.get("input_ratio") or 0.0) > RATIO:
        return "inputs of very different scales may hold it back", scaled
    if start:
        return "its unusual start may hold it back", start
    if len(window.latest.layers) == 1:
        return "no hidden layer: it draws only straight lines", larger
    return "the network may be too small", larger


def _larger(hidden: object) -> tuple[Remedy, ...]:
    if not isinstance(hidden, tuple | list):
        return ()
    sizes = tuple(min(4 * size, 512) for size in hidden) or (16,)
    words = "Make the hidden layers four times as wide" if hidden else "Add a hidden layer of 16 units"
    return (Remedy(f"{words}.", {"network.hidden": sizes}),)


def remedies(window: Window) -> tuple[Remedy, ...]:
    """The remedies of the cause, then a larger network."""
    _, first = _cause(window)
    larger = _larger(window.settings.get("network.hidden"))
    return first if first == larger else (*first, *larger)


def unchecked(window: Window) -> str:
    """Why nothing tells how low the loss could be."""
    if reweighted(window):
        return REWEIGHTED
    if window.beside_neighbours is None:
        return "what neighbours of an example know about it is not known"
    if window.is_hard:
        return "neighbours of an example know hardly anything about it"
    return "" if len(window.evaluations) >= LEAST else f"it takes {LEAST} evaluations"


RULE = Rule(
    title="underfitting",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    last_resort=True,
    unchecked=unchecked,
    signals=lambda window: (
        below(BESIDE_NAME, window.beside_neighbours, _least_beside(window)),
        loss_signal(window, SUCCESS),
    ),
)
