"""Plateau: the network predicts about the same for every input, and the slope there is too gentle to leave."""

from __future__ import annotations

from tui_trainer.diagnosis.remedies import larger_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.standstill import AT_BASE, is_flat, is_idle
from tui_trainer.diagnosis.symptoms import loss_signal, reweighted, standard_start, symptom
from tui_trainer.diagnosis.underfitting import beside_words, is_far_above, unchecked
from tui_trainer.diagnosis.window import Window
from tui_trainer.diagnosis.wording import number
from tui_trainer.telemetry import Finding, Remedy
from tui_trainer.wording import percent

SHARE = 0.25
"""Share of the run over which the loss has to be flat."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether the loss is flat near the base loss although neighbours predict far better."""
    beside = window.beside_neighbours
    if beside is None or not is_far_above(window) or window.is_hard or reweighted(window) or not is_idle(window):
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
        expert=f"{beside_words(window)}; L = {number(window.loss)} × base, flat for {percent(window.share(span))} of "
        "the run.",
        evidence={"beside_neighbours": beside},
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    """A standard initialization, Adam, or a larger learning rate."""
    offers: tuple[Remedy, ...] = ()
    if window.settings.get("optimizer.name") in ("sgd", "momentum", "nesterov"):
        offers = (
            Remedy(
                "Let the steps adapt to the slope: Adam at 0.01.",
                {"optimizer.name": "adam", "optimizer.learning_rate": 0.01},
            ),
        )
    return (*standard_start(window), *offers, *larger_rates(window, (3,)))


RULE = Rule(
    title="plateau",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    last_resort=True,
    unchecked=unchecked,
    signals=lambda window: (loss_signal(window, AT_BASE),),
)
