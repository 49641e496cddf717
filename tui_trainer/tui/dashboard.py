"""The whole screen as one grid of cells: header, verdict, panels and footer, and where on it everything is."""

from __future__ import annotations

from msgspec import Struct

from tui_trainer.telemetry import Snapshot
from tui_trainer.tui.cells import Cells
from tui_trainer.tui.layout import Rect
from tui_trainer.tui.theme import Theme
from tui_trainer.tui.view import FooterKey, View


class Frame(Struct, frozen=True, kw_only=True):
    """One picture of the screen."""

    cells: Cells
    places: dict[str, Rect]
    """What a click can mean: panel ids; "setting:3", a line of the settings list; "tab:loss", a tab of the
    one-panel layout; "key:q", a key of the footer."""
    map_size: tuple[int, int] = (40, 20)
    """(columns, rows) of the decision map that would fill the data panel exactly: what to ask for in `Look`."""


def draw_dashboard(
    snapshots: tuple[Snapshot, ...],
    view: View,
    width: int,
    height: int,
    theme: Theme,
    footer: tuple[FooterKey, ...],
) -> Frame:
    """Draw the first of `snapshots` at this size; pure, so that equal arguments give an equal picture."""
    cells = Cells(width, height, theme.text)
    cells.text(1, 0, snapshots[0].title, theme.title)
    return Frame(cells=cells, places={})
