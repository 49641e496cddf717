"""What a panel says, for its tests."""

from __future__ import annotations

import made_up
import short_runs as samples
from msgspec import structs

from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.telemetry import Snapshot

DARK = make_theme()
GREY = make_theme("dark", ColourDepth.NONE)


def text(panel: str, snapshot: Snapshot, width: int = 60, height: int = 16, theme=DARK, **view) -> str:
    view = first_view(settings=samples.SETTINGS, **view)
    return "\n".join(PANELS[panel].draw(snapshot, view, width, height, theme).lines())


def without_biases(snapshot: Snapshot) -> Snapshot:
    """As a source tells that has none."""
    layer = structs.replace(snapshot.network.layer, bias=None, bias_gradient=None, bias_update=None)
    return made_up.changed(snapshot, layer=layer)
