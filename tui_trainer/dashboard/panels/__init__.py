"""The panels: each file draws one part of a snapshot into cells of any size, and declares how it is used."""

from __future__ import annotations

from tui_trainer.dashboard.panels import curve, data, fit, gradients, settings, step, weights
from tui_trainer.dashboard.panels.panel import Panel

PANELS: dict[str, Panel] = {
    panel.id: panel
    for panel in (
        curve.PANEL,
        fit.PANEL,
        gradients.PANEL,
        data.PANEL,
        weights.PANEL,
        step.PANEL,
        settings.PANEL,
    )
}
"""By id, in the order in which they stand on the screen: what belongs together is side by side."""


def by_number() -> tuple[Panel, ...]:
    """The panels in the order of their keys, last those without."""
    return tuple(sorted(PANELS.values(), key=lambda panel: (not panel.number, panel.number)))


def charts() -> frozenset[str]:
    """Panels that can wait when words are painted first."""
    return frozenset(panel.id for panel in PANELS.values() if panel.shows != "words")


def numbers() -> frozenset[str]:
    """Panels of numbers that belong to one iteration."""
    return frozenset(panel.id for panel in PANELS.values() if panel.shows == "numbers")
