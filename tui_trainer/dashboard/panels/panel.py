"""What a panel is: all that layout, keys, mouse and frames have to know of one, declared in the panel's own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct, structs

from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.view import KeyAction, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Look, Snapshot, present

LIST = "list"
"""The arrows belong to the settings list that is seen beside a panel with no use for them."""
ITEMS = "items"
"""The arrows choose among what the panel shows one of."""

DrawPanel = Callable[[Snapshot, View, int, int, Theme], Cells]
"""(snapshot, view, width, height, theme) → the panel with its border, in exactly that size."""

_PARTS = {
    "progress": "how far it is",
    "settings": "its settings",
    "network": "its network",
    "data": "its data",
    "step": "single steps",
    "race": "other arms",
    "control": "how to control it",
}
"""What a snapshot that lacks a part does not tell."""


class Items(Struct, frozen=True):
    """What a panel shows one of at a time: layers, neurons, examples."""

    beside: Callable[[Snapshot, View, int], Look]
    """The look at the next (1) or the previous (−1) of them, round at the ends."""
    none: Callable[[Snapshot, View], str]
    """Why there is no other to choose; "" where there is."""


def _next_layer(snapshot: Snapshot, view: View, direction: int) -> Look:
    layer = present(present(snapshot.network).layer)
    return structs.replace(view.look, weights_layer=(layer.index + direction) % max(layer.count, 1))


def _only_layer(snapshot: Snapshot, view: View) -> str:
    layer = None if snapshot.network is None else snapshot.network.layer
    if layer is None:
        return "this run does not tell its layers"
    return "" if layer.count > 1 else "the network has one layer only"


LAYERS = Items(_next_layer, _only_layer)
"""The layers of the network."""


class Panel(Struct, frozen=True, kw_only=True):
    """One panel of the dashboard."""

    id: str
    title: str
    """In the tabs."""
    title_in_race: str = ""
    """The same in a race, where the panel shows something else then."""
    number: str = ""
    """The key that focuses it; "" for the one to which escape comes back."""
    draw: DrawPanel
    wish: Callable[[Snapshot, View], Wish]
    """The room that it would like at this moment."""
    requires: tuple[str, ...] = ()
    """Parts of the snapshot without which there is nothing to draw."""
    asks: Callable[[View, int, int], dict[str, object]] = lambda view, width, height: {}
    """Fields of `Look`: what the run has to compute for a panel of this size, (0, 0) while it is not seen."""
    shows: Literal["pictures", "numbers", "words"] = "pictures"
    """Words are painted first after a key. Numbers of one iteration stay at full speed until they can be read."""
    keys: tuple[KeyAction, ...] = ()
    """Of this panel alone, or first of all of this one."""
    arrows: str = LIST
    """What arrows and enter belong to while it has the focus: LIST, ITEMS, or its own id where `keys` has them."""
    items: Items = LAYERS
    """What the keys for it go through while it has the focus."""
    wheel: tuple[str, str] | None = None
    """Actions of the wheel over it, up and down."""
    click: Callable[[View, int, int], tuple[View, str]] | None = None
    """(view, row clicked from 0, rows of the panel) → the next view, and the id of an action to perform then or "";
    None to focus it."""

    def drawn(self, snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
        """The panel at this size; where a part of the snapshot is missing, a sentence that says so."""
        for part in self.requires:
            if getattr(snapshot, part) is None:
                cells = open_panel(self.id, self.title, view, width, height, theme)
                say(cells, f"This run does not tell {_PARTS[part]}.", theme.muted)
                return cells
        return self.draw(snapshot, view, width, height, theme)
