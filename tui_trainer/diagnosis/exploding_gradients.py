"""Exploding gradients: every layer enlarges the signal, and on the way back the gradient."""

from __future__ import annotations

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symmetry import starts_alike
from tui_trainer.diagnosis.symptoms import below, standard_start, symptom
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy, Severity

GROWTH = 20.0
"""Growth of the signal from the first to the last hidden layer at the start, as a factor, above which the finding
holds. Initializations that are made to keep the signal let it grow by at most 1.5; constant weights reached 16."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Judged from the starting weights, until the run succeeds."""
    growth = window.first.get("signal_growth")
    if growth is None or growth <= GROWTH or window.succeeds or starts_alike(window):
        return None
    return symptom(
        window,
        earlier,
        id="exploding_gradients",
        headline="exploding gradients",
        severity=Severity.CRITICAL,
        body=f"with the weights of the start a signal grows {number(growth)} times from the first hidden layer to the "
        f"last, and the blame grows on its way back.",
        brief=f"signals grow {number(growth)} times",
        expert=f"At the start the RMS over units of the standard deviation over examples is {number(growth)} times as "
        f"large in the last hidden layer as in the first (limit {GROWTH:g}).",
        evidence={"signal_growth": growth},
    )


def unchecked(window: Window) -> str:
    """Why the growth of signals is not known."""
    if window.first.get("signal_growth") is not None:
        return ""
    return "it takes two hidden layers whose units are not all silent"


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Another initialization, or gradient clipping."""
    offers = standard_start(window)
    if window.settings.get("optimizer.clip_norm", 1.0):
        return offers
    return (*offers, Remedy("Limit the length of the gradient to 1.", {"optimizer.clip_norm": 1.0}))


RULE = Rule(
    title="exploding gradients",
    judge=judge,
    remedies=remedies,
    in_a_row=1,
    unchecked=unchecked,
    signals=lambda window: (below("growth of a signal at the start", window.first.get("signal_growth"), GROWTH),),
)
