"""Saturation: units at the flat ends of their activation, where hardly any gradient passes."""

from __future__ import annotations

from tui_trainer.diagnosis.diverging import is_thrown_up
from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below, loss_signal, standard_start, symptom, worst_layer
from tui_trainer.diagnosis.window import NEAR_FLOOR, SUCCESS, Window
from tui_trainer.telemetry import Finding, Remedy
from tui_trainer.wording import percent

SATURATED = 0.5
"""Share of a layer's outputs beyond |tanh| 0.95 above which the finding holds. A classifier that has learned its
examples may have as many, so a run that succeeds is exempt."""
HIGH = 0.7
"""Training loss, as a share of the base loss, above which it matters in units that training itself has driven there:
they may stand where they should, and what else is wrong says more."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether more than `SATURATED` of a layer's outputs are saturated."""
    found = worst_layer(window, "saturated_share")
    if found is None or found[1] <= SATURATED or window.succeeds or window.loss < SUCCESS or is_thrown_up(window):
        return None
    if window.is_at_floor(NEAR_FLOOR) or (window.loss < HIGH and not starts_saturated(window)):
        return None
    layer, share = found
    return symptom(
        window,
        earlier,
        id="saturation",
        headline="saturation",
        body=f"{percent(share)} of what {layer.name} answers lies at the flat ends of {layer.activation}, where "
        f"hardly any blame passes.",
        brief=f"{percent(share)} of {layer.name}",
        expert=f"{percent(share)} of the answers of {layer.name} lie beyond |tanh| 0.95 (limit {SATURATED:.0%}); L = "
        f"{window.loss:.2f} × base.",
        evidence={"saturated_share": share},
    )


def starts_saturated(window: Window) -> bool:
    """Whether it was so before the first step: then inputs or weights are the cause. Else training has led there."""
    return any(layer.of("saturated_share") > SATURATED for layer in window.first.layers)


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Scaled inputs, smaller starting weights, a smaller learning rate."""
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
