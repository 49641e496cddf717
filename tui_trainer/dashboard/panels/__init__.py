"""The panels: each file draws one part of a snapshot into cells of any size, and declares how it is used."""

from __future__ import annotations

from tui_trainer.dashboard.panels import curve, data, fit, gradients, settings, step, weights
from tui_trainer.dashboard.panels.panel import Panel

PANELS: dict[str, Panel] = {
    panel.id: panel
    for panel in (
        curve.PANEL,
        weights.PANEL,
        gradients.PANEL,
        fit.PANEL,
        data.PANEL,
        step.PANEL,
        settings.PANEL,
    )
}
"""By id, in the order of their keys."""


def charts() -> frozenset[str]:
    """Panels that can wait when words are painted first."""
    return frozenset(panel.id for panel in PANELS.values() if panel.shows != "words")


def numbers() -> frozenset[str]:
    """Panels of numbers that belong to one iteration."""
    return frozenset(panel.id for panel in PANELS.values() if panel.shows == "numbers")
