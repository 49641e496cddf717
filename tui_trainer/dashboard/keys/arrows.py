"""The owner of the arrows and of enter: every panel that uses them gives them another meaning."""

from __future__ import annotations

from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.curve import CURSOR
from tui_trainer.dashboard.panels.panel import LIST
from tui_trainer.dashboard.view import View

NOBODY = "nobody"
"""The focused panel does not use them, and no list of settings is beside it."""


def owner_of_arrows(view: View) -> str:
    """A panel's `arrows` (its id, ITEMS or LIST), CURSOR or NOBODY."""
    if view.cursor is not None:
        return CURSOR
    arrows = PANELS[view.focus].arrows
    return NOBODY if arrows == LIST and (view.zoomed or view.narrow) else arrows


def owners() -> frozenset[str]:
    """All possible owners."""
    return frozenset({CURSOR, LIST, NOBODY, *(panel.arrows for panel in PANELS.values())})
