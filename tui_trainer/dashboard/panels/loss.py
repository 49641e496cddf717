"""The loss panel: the loss, the accuracy or the learning rate by iteration, and the value cursor on it."""

from __future__ import annotations

from msgspec import structs

from tui_trainer.dashboard import smoothing
from tui_trainer.dashboard.layout import Wish
from tui_trainer.dashboard.panels import accuracy_curve, loss_curve, rate_curve
from tui_trainer.dashboard.panels.border import write_foot
from tui_trainer.dashboard.panels.panel import Panel, PanelCursor
from tui_trainer.dashboard.panels.scale import Scale, loss_scale, rate_scale, rates_shown
from tui_trainer.dashboard.panels.time_plot import counts_from_its_start, run_axis
from tui_trainer.dashboard.view import CURVES, LOSS, Act, CurveKind, KeyAction, Reply, View, viewing
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.numbers import count
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry.commands import Seek

CURSOR = "cursor"
"""The owner of arrows and enter while the value cursor is out."""

_CURSOR_STEPS = 100
"""Presses of an arrow that move the value cursor across the whole curve."""

_DRAWINGS = {"loss": loss_curve.draw, "accuracy": accuracy_curve.draw, "learning_rate": rate_curve.draw}


def draw(snapshot: Snapshot, view: View, width: int, height: int, theme: Theme) -> Cells:
    """The panel at this size; its lower edge names the unit of the axis."""
    cells = _DRAWINGS[view.curve](snapshot, view, width, height, theme)
    if snapshot.newest:
        axis, counts = run_axis(snapshot), snapshot.losses.counts
        words = f"{counts} since {count(axis.low)}" if counts_from_its_start(axis) else counts
        write_foot(cells, Wordings(words, counts), theme)
    return cells


def curve_after(snapshot: Snapshot, view: View) -> CurveKind:
    """The curve that follows; accuracy is skipped where the network predicts no classes."""
    following = CURVES[(CURVES.index(view.curve) + 1) % len(CURVES)]
    if following == "accuracy" and not accuracy_curve.has_accuracy(snapshot):
        return "learning_rate"
    return following


def _no_accuracy(snapshot: Snapshot, view: View) -> str:
    if view.curve != "learning_rate" or accuracy_curve.has_accuracy(snapshot):
        return ""
    return "there is no accuracy: only answers that are classes can be right"


def _smoothed(direction: int) -> Act:
    """Smooth over more iterations (1) or fewer (−1)."""
    return viewing(
        lambda snapshot, view: structs.replace(view, smoothing=smoothing.turned(snapshot, view.smoothing, direction))
    )


def _not_smoothed(snapshot: Snapshot, view: View) -> str:
    return "" if view.curve == "loss" else f"only the loss is smoothed; {view.sign('next_curve')} goes on to it"


def _smoothing_words(snapshot: Snapshot, view: View) -> str:
    if snapshot.arms:
        return "a race draws evaluations, which are not smoothed; only the batches behind them are, full screen"
    return f"smoothing: {smoothing.words(snapshot, smoothing.window(snapshot, view.smoothing))[0]}"


def _scale(snapshot: Snapshot, view: View) -> Scale | None:
    match view.curve:
        case "loss":
            return loss_scale(snapshot, view)
        case "learning_rate":
            return rate_scale(rates_shown(snapshot), view)
        case "accuracy":
            return None


def _move_cursor(direction: int) -> Act:
    def moved(snapshot: Snapshot, view: View) -> View:
        newest = snapshot.newest
        at = snapshot.iteration if view.iteration_at_cursor is None else view.iteration_at_cursor
        return structs.replace(view, cursor=min(max(at + direction * max(1, newest // _CURSOR_STEPS), 0), newest))

    return viewing(moved)


def _seek_cursor(snapshot: Snapshot, view: View) -> Reply:
    return view, () if view.iteration_at_cursor is None else (Seek(view.iteration_at_cursor),)


# fmt: off
_KEYS = (
    KeyAction("curve_smoother", "up", "smoother", "Loss: a smoother, a rougher line.", "focus", _smoothed(1),
              where=(LOSS, CURSOR), idle=_not_smoothed, unseen=_smoothing_words,
              footer="smoothing", signs="↑↓", rank=4, own="Loss: a smoother line."),
    KeyAction("curve_rougher", "down", "rougher", "Loss: a smoother, a rougher line.", "focus", _smoothed(-1),
              where=(LOSS, CURSOR), idle=_not_smoothed, unseen=_smoothing_words, own="Loss: a rougher line."),
    KeyAction("cursor_left", "left", "cursor to the left", "Loss: move the value cursor.", "focus", _move_cursor(-1),
              where=(LOSS, CURSOR), footer="cursor", signs="←→", rank=4, own="Loss: move the value cursor back."),
    KeyAction("cursor_right", "right", "cursor to the right", "Loss: move the value cursor.", "focus", _move_cursor(1),
              where=(LOSS, CURSOR), own="Loss: move the value cursor on."),
    KeyAction("cursor_seek", "enter", "go to the cursor", "Loss: go to the moment at the cursor.", "focus",
              _seek_cursor, needs="seek", where=(CURSOR,), footer="go there", rank=4, moves=True),
    KeyAction("next_curve", "L", "loss / accuracy / learning rate", "Loss panel: loss, accuracy, learning rate.",
              "shown", viewing(lambda snapshot, view: structs.replace(view, curve=curve_after(snapshot, view))),
              unseen=_no_accuracy, footer="accuracy", rank=16,
              footer_now=lambda snapshot, view: (curve_after(snapshot, view).replace("_", " "), 16), tells="settings"),
    KeyAction("smoother", "s", "smoother", "A smoother, a rougher loss curve.", "shown", _smoothed(1),
              idle=_not_smoothed, unseen=_smoothing_words, own="A smoother loss curve."),
    KeyAction("rougher", "S", "rougher", "A smoother, a rougher loss curve.", "shown", _smoothed(-1),
              idle=_not_smoothed, unseen=_smoothing_words, own="A rougher loss curve."),
)
# fmt: on

_SIGNS = (
    ("━━ train", "The training loss: how wrong the network is on the examples from which it learns, smoothed."),
    ("─●─ valid.", "The validation loss: the same for examples held out, from which it never learns."),
    ("▲ best", "The evaluation with the lowest validation loss so far."),
    ("┆", "A setting was changed here, or the run ended; ✗: the loss is no finite number any more."),
    ("lower", "Lower is better. Where ● rises while the line falls, the network learns its examples by heart."),
)

PANEL = Panel(
    id=LOSS,
    title="Loss",
    signs=_SIGNS,
    number="1",
    draw=draw,
    wish=lambda snapshot, view: Wish(LOSS, 1, least=(28, 10), wanted=(50, 16)),
    asks=lambda view, width, height: {"stable_rate": view.curve == "learning_rate" and width > 0},
    keys=_KEYS,
    arrows=LOSS,
    cursor=PanelCursor(CURSOR, lambda snapshot, view: snapshot.iteration),
    scale=_scale,
    in_a_case="open",
    wheel=("smoother", "rougher"),
)
