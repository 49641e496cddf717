"""What a panel is: everything that layout, keys, mouse and frames need of one, declared in the panel's own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct, structs

from tui_trainer.dashboard.layout import Rect, Wish
from tui_trainer.dashboard.panels.border import open_panel, say
from tui_trainer.dashboard.panels.scale import Scale
from tui_trainer.dashboard.view import Cursor, KeyAction, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import PictureRequest, Snapshot, present

LIST = "list"
"""The arrows belong to the settings list beside a panel that does not use them."""
ITEMS = "items"
"""The arrows choose the item that the panel shows."""

DrawPanel = Callable[[Snapshot, View, int, int, Theme], Cells]
"""(snapshot, view, width, height, theme) → the panel with its border, in exactly this size."""
Click = Callable[[Snapshot, View, int, int, Rect], tuple[View, str]]
"""(snapshot, view, column and row clicked from 0, rectangle of the panel) → the next view, and the id of an action to
perform then, or ""."""

_PARTS = {
    "progress": "how far it is",
    "settings": "its settings",
    "network": "its network",
    "data": "its data",
    "step": "single steps",
    "race": "other arms",
    "control": "how to control it",
}
"""Part of a snapshot → what a snapshot without it lacks, in words."""


class Items(Struct, frozen=True):
    """Items of which a panel shows one at a time: layers, neurons, examples."""

    beside: Callable[[Snapshot, View, int], PictureRequest]
    """The request for the next item (1) or the previous one (−1), wrapping round."""
    none: Callable[[Snapshot, View], str]
    """Why there is no other item; "" where there is."""
    footer: tuple[str, int] = ("next layer", 18)
    """The word of the key for the next one in the footer, and its rank."""


def _next_layer(snapshot: Snapshot, view: View, direction: int) -> PictureRequest:
    layer = present(present(snapshot.network).layer)
    return structs.replace(view.request, weights_layer=(layer.index + direction) % max(layer.count, 1))


def _only_layer(snapshot: Snapshot, view: View) -> str:
    layer = None if snapshot.network is None else snapshot.network.layer
    if layer is None:
        return "this run does not tell its layers"
    return "" if layer.count > 1 else "the network has one layer only"


LAYERS = Items(_next_layer, _only_layer)
"""The layers of the network."""


class PanelCursor(Struct, frozen=True):
    owner: str
    """The owner of arrows and enter while it is out."""
    start: Callable[[Snapshot, View], Cursor | None]
    """What it is on at first; None where there is nothing for it."""
    none: str = ""
    """Why there is nothing for it, where that may be."""


class Panel(Struct, frozen=True, kw_only=True):
    """One panel of the dashboard."""

    id: str
    title: str
    """Its name in the tabs."""
    title_in_race: str = ""
    """The same in a race, where the panel shows something else."""
    signs: tuple[tuple[str, str], ...] = ()
    """What a person sees first, for the help: five signs or words of the panel, and what each means."""
    signs_in_race: tuple[tuple[str, str], ...] = ()
    """The same in a race, where the panel shows something else."""
    signs_of_table: tuple[tuple[str, str], ...] = ()
    """The same where the data are a table of one's own, if the panel shows something else then."""
    number: str = ""
    """The key that focuses it; "" for the panel to which escape returns."""
    draw: DrawPanel
    wish: Callable[[Snapshot, View], Wish]
    """The size that it asks for at this moment."""
    requires: tuple[str, ...] = ()
    """Parts of the snapshot that it needs."""
    asks: Callable[[View, int, int], dict[str, object]] = lambda view, width, height: {}
    """Fields of `PictureRequest`: what the run has to compute for a panel of this size, (0, 0) while it is hidden."""
    shows: Literal["pictures", "numbers", "words"] = "pictures"
    """Words are painted first after a key; numbers of one iteration stay long enough to be read at full speed."""
    keys: tuple[KeyAction, ...] = ()
    """Keys of this panel alone, or of this one before others."""
    arrows: str = LIST
    """The owner of arrows and enter while it has the focus: LIST, ITEMS, or its own id where `keys` use them."""
    items: Items = LAYERS
    """The items that the keys go through while it has the focus."""
    wheel: tuple[str, str] | None = None
    """The wheel's actions over it, up and down."""
    cursor: PanelCursor | None = None
    scale: Callable[[Snapshot, View], Scale | None] | None = None
    """The scale of its curves at this moment, which a key turns while it has the focus; None where their axis is always
    plain."""
    in_a_case: Literal["open", "closed", "costs"] = "costs"
    """In a case of a lesson, whether a person sees it from the start, never, or for a point."""
    click: Click | None = None
    """None: a click focuses the panel."""

    def drawn(self, snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
        """The panel at this size, or a sentence that says which part of the snapshot is missing."""
        for part in self.requires:
            if getattr(snapshot, part) is None:
                cells = open_panel(self.id, self.title, view, width, height, theme)
                say(cells, f"This run does not tell {_PARTS[part]}.", theme.muted)
                return cells
        return self.draw(snapshot, view, width, height, theme)
