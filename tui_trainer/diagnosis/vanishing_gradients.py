"""Vanishing gradients: the signal fades from layer to layer until the last can hardly tell the inputs apart."""

from __future__ import annotations

from statistics import median

from tui_trainer.diagnosis.exploding_gradients import unchecked as start_unchecked
from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.standstill import AT_BASE, LEAST, held_back
from tui_trainer.diagnosis.symptoms import above, loss_signal, standard_start, symptom
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy

GROWTH = 0.02
"""Share of the signal that the last hidden layer has left at the start, below which the finding holds. Runs that learn
keep at least 0.037."""
HIGH = 0.7
"""Training loss, as a share of the base loss, above which the finding is reported."""
DEEP = 4
"""The least layers, the last included, in which the gradient fades on its way back."""
PASSED = 0.01
"""What the first layer gets of the gradient at the last, root mean square over their weights, below which it gets
hardly any. Networks that learn have 0.03 and more."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Judged from the starting weights, and reported while the loss stays near the base loss; or, where training itself
    has led there, from the gradient while the network has learned nothing."""
    return _fades_from_the_start(window, earlier) or _has_faded(window, earlier)


def _fades_from_the_start(window: Window, earlier: Finding | None) -> Finding | None:
    growth = window.first.get("signal_growth")
    if growth is None or not _is_faint(window) or window.loss <= HIGH:
        return None
    return symptom(
        window,
        earlier,
        id="vanishing_gradients",
        headline="vanishing gradients",
        body=f"with the weights of the start {number(100 * growth)} % of a signal are left from the first hidden layer "
        f"to the last, and the blame fades on its way back.",
        brief=f"{number(100 * growth)} % of a signal are left",
        expert=f"At the start the RMS over units of the standard deviation over examples in the last hidden layer is "
        f"{number(growth)} of that in the first (limit {GROWTH:g}), and L = {window.loss:.2f} × base.",
        evidence={"signal_growth": growth},
    )


def _has_faded(window: Window, earlier: Finding | None) -> Finding | None:
    """The network answers the same to everything, and hardly any of the gradient gets through to its first layer."""
    passed = _passed(window)
    if passed is None or passed >= PASSED or window.loss <= AT_BASE or held_back(window):
        return None
    return symptom(
        window,
        earlier,
        id="vanishing_gradients",
        headline="vanishing gradients",
        body=f"{number(100 * passed)} % of the blame at the last layer gets through to the first, and training loss is "
        f"{number(window.latest.train_loss)}, no better than always giving the same answer.",
        brief=f"{number(100 * passed)} % of the blame gets through",
        expert=f"RMS gradient of the first layer {number(passed)} of that of the last, the median of the latest "
        f"evaluations (limit {PASSED:g}), and L = {window.loss:.2f} × base.",
        evidence={"passed": passed},
    )


def _passed(window: Window) -> float | None:
    """The share of the last layer's gradient that the first one gets; None where the network is not deep, or too few
    evaluations have measured it."""
    if len(window.latest.layers) < DEEP:
        return None
    known = list[float]()
    for each in window.evaluations[-LEAST:]:
        first, last = (layer.get("gradient_rms") for layer in (each.layers[0], each.layers[-1]))
        if first is not None and last is not None:
            known.append(first / last if last else 0.0)
    return median(known) if 2 * len(known) >= LEAST else None


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Another activation, fewer layers, or another initialization."""
    settings, offers = window.settings, list[Remedy]()
    hidden = settings.get("network.hidden")
    if settings.get("network.activation") in ("sigmoid", "tanh"):
        offers.append(Remedy("Take units that pass on what they get: ReLU.", {"network.activation": "relu"}))
    if isinstance(hidden, tuple | list) and len(hidden) > 2:
        offers.append(Remedy("Take two hidden layers only.", {"network.hidden": tuple(hidden[:2])}))
    start = standard_start(window)
    led_there = () if _is_faint(window) or start else smaller_rates(window, (10,))
    return (*led_there, *offers, *start)


def _is_faint(window: Window) -> bool:
    """Whether the signal fades from the start, before any step has been made."""
    growth = window.first.get("signal_growth")
    return growth is not None and growth < GROWTH


def unchecked(window: Window) -> str:
    """Why neither the signal nor the gradient tells."""
    return start_unchecked(window) if _passed(window) is None else ""


RULE = Rule(
    title="vanishing gradients",
    judge=judge,
    remedies=remedies,
    in_a_row=6,
    unchecked=unchecked,
    signals=lambda window: (
        above("share of a signal that is left at the start", window.first.get("signal_growth"), GROWTH),
        above("share of the gradient that gets through to the first layer", _passed(window), PASSED),
        loss_signal(window, HIGH),
    ),
)
