"""Whose the arrows and enter are: they mean something else in every panel that has a use for them."""

from __future__ import annotations

from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.curve import CURSOR
from tui_trainer.dashboard.panels.panel import LIST
from tui_trainer.dashboard.view import View

NOBODY = "nobody"
"""The panel in focus has no use for them, and no settings are seen beside it."""


def owner_of_arrows(view: View) -> str:
    """A panel's `arrows` (its id, ITEMS or LIST), CURSOR or NOBODY."""
    if view.cursor is not None:
        return CURSOR
    arrows = PANELS[view.focus].arrows
    return NOBODY if arrows == LIST and (view.zoomed or view.narrow) else arrows


def owners() -> frozenset[str]:
    """All that the arrows can belong to."""
    return frozenset({CURSOR, LIST, NOBODY, *(panel.arrows for panel in PANELS.values())})
