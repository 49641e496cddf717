"""What the loss panel draws: the loss, the accuracy or the learning rate."""

from __future__ import annotations

from tui_trainer.dashboard.panels import accuracy_curve, loss, rate_curve
from tui_trainer.dashboard.view import CURVES, CurveKind, View
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot

_DRAWINGS = {"loss": loss.draw, "accuracy": accuracy_curve.draw, "learning_rate": rate_curve.draw}


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size."""
    return _DRAWINGS[view.curve](snapshot, view, width, height, theme)


def curve_after(snapshot: Snapshot, view: View) -> CurveKind:
    """What the panel goes on to: accuracy is left out where no answer is a class."""
    following = CURVES[(CURVES.index(view.curve) + 1) % len(CURVES)]
    if following == "accuracy" and not accuracy_curve.has_accuracy(snapshot):
        return "learning_rate"
    return following
