"""Saturation: units at the flat ends of their function, where hardly any blame passes."""

from __future__ import annotations

from tui_trainer.diagnosis.diverging import is_thrown_up
from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below, loss_signal, standard_start, symptom, worst_layer
from tui_trainer.diagnosis.window import SUCCESS, Window
from tui_trainer.telemetry import Finding, Remedy

SATURATED = 0.5
"""Share of a layer's answers beyond |tanh| 0.95. A classifier that has learnt its examples may have as many."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """More than half of what a layer answers."""
    found = worst_layer(window, "saturated_share")
    if found is None or found[1] <= SATURATED or window.succeeds or window.loss < SUCCESS or is_thrown_up(window):
        return None
    layer, share = found
    return symptom(
        window,
        earlier,
        id="saturation",
        headline="saturation",
        body=f"{share:.0%} of what {layer.name} answers lies at the flat ends of {layer.activation}, where hardly any "
        f"blame passes.",
        brief=f"{share:.0%} of {layer.name}",
        expert=f"{share:.0%} of the answers of {layer.name} lie beyond |tanh| 0.95 (limit {SATURATED:.0%}); L = "
        f"{window.loss:.2f} × base.",
        evidence={"saturated_share": share},
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Smaller inputs, smaller starting weights, a shorter step."""
    offers: tuple[Remedy, ...] = ()
    if window.settings.get("data.standardize") is False:
        offers = (Remedy("Bring all inputs to mean 0 and deviation 1.", {"data.standardize": True}),)
    return (*offers, *standard_start(window), *smaller_rates(window, (10,)))


RULE = Rule(
    title="saturation",
    judge=judge,
    remedies=remedies,
    in_a_row=5,
    unchecked=lambda window: "" if worst_layer(window, "saturated_share") else "no unit of the network has flat ends",
    signals=lambda window: (
        below(
            "share at the flat ends", found[1] if (found := worst_layer(window, "saturated_share")) else None, SATURATED
        ),
        loss_signal(window, SUCCESS),
    ),
)
