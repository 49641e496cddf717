"""Plateau: the network gives every input about the same answer, and the slope there is too gentle to leave by."""

from __future__ import annotations

from tui_trainer.diagnosis.remedies import larger_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.standstill import is_flat, is_idle
from tui_trainer.diagnosis.symptoms import loss_signal, reweighted, symptom
from tui_trainer.diagnosis.underfitting import BESIDE, unchecked
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy

SHARE = 0.25
"""Of the run for which the loss has to stay where it is."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Flat at the loss of the best constant answer, where neighbours know far more."""
    beside = window.beside_neighbours
    if beside is None or beside < BESIDE or window.is_hard or reweighted(window) or not is_idle(window):
        return None
    span = is_flat(window, SHARE)
    if span is None:
        return None
    return symptom(
        window,
        earlier,
        id="plateau",
        headline="plateau",
        body=f"training loss stays at {number(window.latest.train_loss)}, hardly better than always giving the same "
        f"answer ({number(window.first.base_loss)}); it may take long to get away from there.",
        brief=f"loss stays at {number(window.latest.train_loss)}",
        expert=f"L = {window.loss:.2f} × base, flat for {window.share(span):.0%} of the run; training error "
        f"{beside:.1f} times that of 5-NN leave-one-out.",
        evidence={"beside_neighbours": beside},
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Steps that adapt to a gentle slope, or longer ones."""
    offers: tuple[Remedy, ...] = ()
    if window.settings.get("optimizer.name") in ("sgd", "momentum", "nesterov"):
        offers = (
            Remedy(
                "Let the steps adapt to the slope: Adam at 0.01.",
                {"optimizer.name": "adam", "optimizer.learning_rate": 0.01},
            ),
        )
    return (*offers, *larger_rates(window, (3,)))


RULE = Rule(
    title="plateau",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    last_resort=True,
    unchecked=unchecked,
    signals=lambda window: (loss_signal(window, 0.95),),
)
