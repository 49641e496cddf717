"""Vanishing gradients: the signal fades from layer to layer until the last can hardly tell the inputs apart."""

from __future__ import annotations

from tui_trainer.diagnosis.exploding_gradients import unchecked
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import HALF, above, loss_signal, standard_start, symptom
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy

GROWTH = 0.02
"""Share of the signal that the last hidden layer has left at the start, below which the finding holds. Runs that learn
keep at least 0.037."""
HIGH = 0.7
"""Training loss, as a share of the base loss, above which the finding is reported."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Judged from the starting weights, and reported while the loss stays near the base loss."""
    growth = window.first.get("signal_growth")
    if growth is None or growth >= GROWTH or window.loss <= (HALF if earlier else 1) * HIGH:
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


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Another activation, fewer layers, or another initialization."""
    settings, offers = window.settings, list[Remedy]()
    hidden = settings.get("network.hidden")
    if settings.get("network.activation") in ("sigmoid", "tanh"):
        offers.append(Remedy("Take units that pass on what they get: ReLU.", {"network.activation": "relu"}))
    if isinstance(hidden, tuple | list) and len(hidden) > 2:
        offers.append(Remedy("Take two hidden layers only.", {"network.hidden": tuple(hidden[:2])}))
    return (*offers, *standard_start(window))


RULE = Rule(
    title="vanishing gradients",
    judge=judge,
    remedies=remedies,
    in_a_row=6,
    unchecked=unchecked,
    signals=lambda window: (
        above("share of a signal that is left at the start", window.first.get("signal_growth"), GROWTH),
        loss_signal(window, HIGH),
    ),
)
