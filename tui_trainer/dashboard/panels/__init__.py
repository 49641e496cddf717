"""The panels: each file draws one part of a snapshot into cells of any size, and declares how it is used."""

from __future__ import annotations

from tui_trainer.dashboard.panels import data, fit, gradients, loss, settings, step, weights
from tui_trainer.dashboard.panels.panel import Panel

PANELS: dict[str, Panel] = {
    panel.id: panel
    for panel in (
        loss.PANEL,
        fit.PANEL,
        gradients.PANEL,
        data.PANEL,
        weights.PANEL,
        step.PANEL,
        settings.PANEL,
    )
}
"""By id, in their order on the screen: panels that belong together are neighbours."""


def by_number() -> tuple[Panel, ...]:
    """The panels in the order of their keys; panels without a key come last."""
    return tuple(sorted(PANELS.values(), key=lambda panel: (not panel.number, panel.number)))


def charts() -> frozenset[str]:
    """Panels that may wait when text is painted first."""
    return frozenset(panel.id for panel in PANELS.values() if panel.shows != "words")


def numbers() -> frozenset[str]:
    """Panels with the numbers of one iteration or evaluation, which a person needs time to read."""
    return frozenset(panel.id for panel in PANELS.values() if panel.shows == "numbers")
