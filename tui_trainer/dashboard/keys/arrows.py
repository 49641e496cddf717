"""The owner of the arrows and of enter: every panel that uses them gives them another meaning."""

from __future__ import annotations

from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.panel import LIST
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE
from tui_trainer.dashboard.view import HOME, PROPOSAL, PhraseNumber, View

NOBODY = "nobody"
"""The focused panel does not use them, and no list of settings is beside it."""


def owner_of_arrows(view: View) -> str:
    """A panel's `arrows` (its id, ITEMS or LIST), the owner of its cursor, PHRASE, PROPOSAL or NOBODY."""
    if view.is_proposing:
        return PROPOSAL
    panel = PANELS[view.focus]
    if view.cursor is not None and panel.cursor is not None:
        return PHRASE if isinstance(view.cursor, PhraseNumber) else panel.cursor.owner
    arrows = panel.arrows
    return NOBODY if arrows == LIST and (view.zoomed or view.narrow or not view.has_place(HOME)) else arrows


def owners() -> frozenset[str]:
    cursors = (panel.cursor.owner for panel in PANELS.values() if panel.cursor is not None)
    return frozenset({LIST, NOBODY, PROPOSAL, PHRASE, *cursors, *(panel.arrows for panel in PANELS.values())})
