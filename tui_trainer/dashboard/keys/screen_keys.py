"""The keys that move between panels and through what a panel shows, and those of the program."""

from __future__ import annotations

from functools import cache

from msgspec import structs

from tui_trainer.dashboard.panels import PANELS, by_number
from tui_trainer.dashboard.panels.curve import CURSOR
from tui_trainer.dashboard.panels.panel import ITEMS, Panel
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE
from tui_trainer.dashboard.panels.point_cursor import POINT
from tui_trainer.dashboard.panels.weight_cursor import WEIGHT
from tui_trainer.dashboard.view import HOME, PROPOSAL, Act, KeyAction, Outcome, View, focus, viewing, zoom
from tui_trainer.telemetry import Snapshot
from tui_trainer.telemetry.commands import CancelSeek, ReturnToBookmark, WatchFor

FOCUS_HELP = "Focus a panel; again to fill the screen."


@cache
def focus_key(panel: Panel) -> KeyAction:
    """The key with the panel's number."""
    act = viewing(lambda snapshot, view: zoom(view) if view.focus == panel.id else focus(view, panel.id))
    title = f"{panel.title.lower()} panel"
    return KeyAction(f"focus_{panel.id}", panel.number, title, FOCUS_HELP, "panels", act, unless=(POINT,))


def _next_panel(direction: int) -> Act:
    def act(snapshot: Snapshot, view: View) -> Outcome:
        hidden = HOME if view.without_settings and view.focus != HOME else ""
        ids = [panel.id for panel in by_number() if panel.id != hidden]
        return focus(view, ids[(ids.index(view.focus) + direction) % len(ids)]), ()

    return act


def _leave(snapshot: Snapshot, view: View) -> Outcome:
    """Leave one thing: a seek, the cursor and a text of one's own, the full screen, a lesson, the focus."""
    if snapshot.seeking is not None:
        return view, (CancelSeek(),)
    if view.cursor is not None or view.request.asked_text:
        request = structs.replace(view.request, asked_text="")
        return structs.replace(view, cursor=None, request=request), ()
    if view.zoomed:
        return structs.replace(view, zoomed=False), ()
    if view.lesson is not None:
        lesson, is_over = view.lesson.lesson, view.lesson.step is None
        left = None if is_over else (f"on with {lesson.title}", lesson.opens)
        return structs.replace(view, lesson=None, left=left), (WatchFor(None), ReturnToBookmark())
    view = structs.replace(view, left=None)
    return view if view.without_settings else focus(view, HOME), ()


def _lesson_to_leave(snapshot: Snapshot, view: View) -> tuple[str, int]:
    return ("leave lesson" if view.lesson is not None and view.lesson.lesson.steps else ""), 1


def _way_back(before: Snapshot, view: View) -> str:
    return f"{view.sign('card')}, enter: on with it" if view.left and view.lesson is None else ""


def _with_cursor(view: View) -> Panel:
    """The focused panel if it has a cursor, else the loss panel."""
    return next(panel for panel in (PANELS[view.focus], PANELS["loss"]) if panel.cursor is not None)


def _toggle_cursor(snapshot: Snapshot, view: View) -> View:
    """Put the cursor of the focused panel out, or take it back."""
    panel = _with_cursor(view)
    if view.cursor is not None or panel.cursor is None:
        return structs.replace(view, cursor=None)
    return structs.replace(focus(view, panel.id), cursor=panel.cursor.start(snapshot, view))


def _no_cursor(snapshot: Snapshot, view: View) -> str:
    cursor = _with_cursor(view).cursor
    return "" if cursor is None or cursor.start(snapshot, view) is not None else cursor.none


def _item(direction: int) -> Act:
    """The next of the items that the focused panel shows one of."""

    def chosen(snapshot: Snapshot, view: View) -> View:
        return structs.replace(view, request=PANELS[view.focus].items.beside(snapshot, view, direction))

    return viewing(chosen)


def _no_other(snapshot: Snapshot, view: View) -> str:
    return PANELS[view.focus].items.none(snapshot, view)


# fmt: off
SCREEN_KEYS = (
    KeyAction("item_left", "left up", "previous layer or neuron", "Weights, gradients: layer. Data: neuron.", "focus",
              _item(-1), where=(ITEMS,), idle=_no_other, footer="choose", signs="←→", rank=4,
              own="Weights, gradients: layer before. Data: neuron."),
    KeyAction("item_right", "right down", "next layer or neuron", "Weights, gradients: layer. Data: neuron.", "focus",
              _item(1), where=(ITEMS,), idle=_no_other, own="Weights, gradients: next layer. Data: neuron."),
    KeyAction("zoom_focused", "enter", "fill the screen", "Other panels: fill the screen, and back.", "focus",
              viewing(lambda snapshot, view: zoom(view)), unless=(HOME, CURSOR, POINT, PHRASE, PROPOSAL, WEIGHT)),
    KeyAction("zoom", "z", "fill the screen", "Fill the screen with the panel, and back.", "panels",
              viewing(lambda snapshot, view: zoom(view)), footer="zoom", rank=15),
    KeyAction("next_panel", "tab", "next panel", "The next panel.", "panels", _next_panel(1),
              footer_now=lambda snapshot, view: ("panel" if view.narrow else "", 3)),
    KeyAction("previous_panel", "shift+tab", "previous panel", "The panel before.", "panels", _next_panel(-1)),
    KeyAction("leave", "escape", "back", "Back: out of cursor, full screen, lesson, panel.", "panels", _leave,
              unless=(PROPOSAL,), unseen=_way_back, footer_now=_lesson_to_leave),
    KeyAction("next_item", "n", "next layer, neuron or example", "Next, previous layer, neuron or example.", "shown",
              _item(1), idle=_no_other, footer="next layer", rank=18, own="The next one in the focused panel."),
    KeyAction("previous_item", "N", "previous layer, neuron or example", "Next, previous layer, neuron or example.",
              "shown", _item(-1), idle=_no_other, own="The one before in the focused panel."),

    KeyAction("cursor", "c", "cursor", "Cursor: a value, a point, a weight, by focus.", "shown",
              viewing(_toggle_cursor), idle=_no_cursor),

    KeyAction("theme", "t", "theme", "The next colour theme.", "other", footer="theme", rank=19),
    KeyAction("palette", "ctrl+p", "command palette", "Find an action by its name.", "other"),
    KeyAction("help", "? h", "help", "What the focused panel shows, and this list.", "other", footer="help", rank=0),
    KeyAction("quit", "q", "quit", "Leave the program.", "other", footer="quit", rank=0),
    KeyAction("repaint", "ctrl+l", "paint anew", "Paint all anew: something else wrote over it.", "other",
              everywhere=True),
    KeyAction("quit_at_once", "ctrl+c", "quit", "Leave the program, wherever you are.", "other", everywhere=True),
    KeyAction("suspend", "ctrl+z", "suspend", "To the shell; its command fg comes back.", "other", everywhere=True),
)
# fmt: on
