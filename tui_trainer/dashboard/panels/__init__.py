"""The panels: each file draws one part of a snapshot into cells of any size."""

from __future__ import annotations

from collections.abc import Callable

from tui_trainer.dashboard.panels import curve, data, fit, gradients, settings, step, weights
from tui_trainer.dashboard.view import View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot

DrawPanel = Callable[[Snapshot, View, int, int, Theme], Cells]
"""(snapshot, view, width, height, theme) → the panel with its border, in exactly that size."""

PANEL_DRAWINGS: dict[str, DrawPanel] = {
    "loss": curve.draw,
    "weights": weights.draw,
    "gradients": gradients.draw,
    "fit": fit.draw,
    "data": data.draw,
    "step": step.draw,
    "settings": settings.draw,
}
"""By the ids of `view.PANELS`."""
