"""Symmetry: units that start equal get equal gradients and stay equal, so the layer acts as a single unit."""

from __future__ import annotations

from tui_trainer.diagnosis.rule import Rule
from tui_trainer.diagnosis.symptoms import above, standard_start, symptom
from tui_trainer.diagnosis.window import Window
from tui_trainer.telemetry import Finding, LayerValues, Remedy
from tui_trainer.telemetry.expectation import EQUAL


def judge(window: Window, earlier: Finding | None) -> Finding | None:
    """Whether all units of a hidden layer have the same incoming weights, up to rounding."""
    found = _most_alike(window)
    if found is None or found[1] > EQUAL or window.succeeds:
        return None
    layer, spread = found
    return symptom(
        window,
        earlier,
        id="symmetry",
        headline="symmetry",
        body=f"all units of {layer.name} have the same incoming weights, so they get the same blame and stay the same.",
        brief=f"all units of {layer.name} are alike",
        expert=f"The incoming weights of the units of {layer.name} differ by {spread:.1e} of the largest (limit "
        f"{EQUAL:g}).",
        evidence={"unit_spread": spread},
    )


def _most_alike(window: Window) -> tuple[LayerValues, float] | None:
    found = [(layer, spread) for layer in window.latest.layers if (spread := layer.get("unit_spread")) is not None]
    return min(found, key=lambda each: each[1], default=None)


def starts_alike(window: Window) -> bool:
    """Whether the units of a layer were equal before the first step."""
    return any((layer.get("unit_spread") or 1.0) <= EQUAL for layer in window.first.layers)


def remedies(window: Window) -> tuple[Remedy, ...]:
    """A random initialization."""
    return standard_start(window)


RULE = Rule(
    title="symmetry",
    judge=judge,
    remedies=remedies,
    in_a_row=3,
    unchecked=lambda window: "" if _most_alike(window) else "no hidden layer has two units",
    signals=lambda window: (
        above("difference between units of a layer", found[1] if (found := _most_alike(window)) else None, EQUAL),
    ),
)
