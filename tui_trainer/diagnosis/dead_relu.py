"""Dead ReLUs: units that output 0 for every example, so that no gradient reaches their weights."""

from __future__ import annotations

from tui_trainer.diagnosis.remedies import smaller_rates
from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import below, loss_signal, symptom, worst_layer
from tui_trainer.diagnosis.window import SUCCESS, Window
from tui_trainer.telemetry import Finding, Remedy
from tui_trainer.wording import percent

DEAD = 0.5
"""Share of dead units in a layer above which the finding holds. Healthy networks have up to 0.12."""
MOST = 0.7
"""Share above which the finding holds even for a run that fits its training examples but not the held-out ones."""


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether more than `DEAD` of a layer's units are dead."""
    found = worst_layer(window, "dead_share")
    if found is None or found[1] <= DEAD or window.succeeds or (window.loss < SUCCESS and found[1] <= MOST):
        return None
    layer, share = found
    return symptom(
        window,
        earlier,
        id="dead_relu",
        headline="dead ReLUs",
        body=f"{percent(share)} of the units of {layer.name} answer 0 to every example that was tried, so no "
        f"blame reaches them.",
        brief=f"{percent(share)} of {layer.name}",
        expert=f"{percent(share)} of the rectifiers of {layer.name} are ≤ 0 on the whole probe (limit {DEAD:.0%}); L = "
        f"{window.loss:.2f} × base.",
        evidence={"dead_share": share},
    )


def remedies(window: Window) -> tuple[Remedy, ...]:
    """Leaky units, biases of 0, a smaller learning rate."""
    settings, offers = window.settings, list[Remedy]()
    if settings.get("network.activation") == "relu":
        offers.append(Remedy("Take units that cannot die: leaky ReLU.", {"network.activation": "leaky_relu"}))
    bias = settings.get("network.bias_init")
    if isinstance(bias, int | float) and bias < 0:
        offers.append(Remedy("Start with biases of 0.", {"network.bias_init": 0.0}))
    return (*offers, *smaller_rates(window, (10,)))


RULE = Rule(
    title="dead ReLUs",
    judge=judge,
    remedies=remedies,
    in_a_row=5,
    unchecked=lambda window: "" if worst_layer(window, "dead_share") else "the network has no rectifiers",
    signals=lambda window: (
        below("share of dead units", found[1] if (found := worst_layer(window, "dead_share")) else None, DEAD),
        loss_signal(window, SUCCESS),
    ),
)
