"""What the arrows and enter belong to: they mean something else in every panel that has a use for them."""

from __future__ import annotations

from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.curve import CURSOR
from tui_trainer.dashboard.panels.panel import LIST
from tui_trainer.dashboard.view import View

ALONE = "alone"
"""Nobody has the arrows: the panel has no use for them, and no settings are seen beside it."""


def place(view: View) -> str:
    """A panel's `arrows` (its id, ITEMS or LIST), CURSOR or ALONE."""
    if view.cursor is not None:
        return CURSOR
    arrows = PANELS[view.focus].arrows
    return ALONE if arrows == LIST and (view.zoomed or view.narrow) else arrows


def places() -> frozenset[str]:
    """All that the arrows can belong to."""
    return frozenset({CURSOR, LIST, ALONE, *(panel.arrows for panel in PANELS.values())})
