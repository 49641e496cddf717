"""The keys that move between panels and through what a panel shows, and those of the program."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from msgspec import structs

from tui_trainer.dashboard.panels import PANELS, by_number
from tui_trainer.dashboard.panels.loss import CURSOR
from tui_trainer.dashboard.panels.panel import ITEMS, Panel, PanelCursor
from tui_trainer.dashboard.panels.phrase_cursor import PHRASE
from tui_trainer.dashboard.panels.point_cursor import POINT
from tui_trainer.dashboard.panels.scale import Scale
from tui_trainer.dashboard.panels.weight_cursor import WEIGHT
from tui_trainer.dashboard.view import HOME, OF_PANEL, PROPOSAL, Act, KeyAction, Reply, View, focus, viewing, zoom
from tui_trainer.lessons.noted import left_at
from tui_trainer.lessons.walk import AFTER_A_CASE
from tui_trainer.telemetry import Snapshot, present
from tui_trainer.telemetry.commands import CancelSeek, ReturnToBookmark, WatchFor

FOCUS_HELP = "Focus a panel; again to fill the screen."


@cache
def focus_key(panel: Panel) -> KeyAction:
    """The key with the panel's number."""
    act = viewing(lambda snapshot, view: zoom(view) if view.focus == panel.id else focus(view, panel.id))
    title = f"{panel.title.lower()} panel"
    return KeyAction(f"focus_{panel.id}", panel.number, title, FOCUS_HELP, "panels", act, unless=(POINT,))


def _next_panel(direction: int) -> Act:
    def act(snapshot: Snapshot, view: View) -> Reply:
        hidden = HOME if view.without_settings and view.focus != HOME else ""
        ids = [panel.id for panel in by_number() if panel.id != hidden]
        return focus(view, ids[(ids.index(view.focus) + direction) % len(ids)]), ()

    return act


def _leave(snapshot: Snapshot, view: View) -> Reply:
    """Leave one thing: a seek, the cursor and a text of one's own, the full screen, a panel that the step of a lesson
    does not show, a lesson, the focus."""
    if snapshot.seeking is not None:
        return view, (CancelSeek(),)
    if view.cursor is not None or view.request.asked_text:
        request = structs.replace(view.request, asked_text="")
        return structs.replace(view, cursor=None, request=request), ()
    if view.zoomed:
        return structs.replace(view, zoomed=False), ()
    if aside := _panel_of_step(view):
        return focus(view, aside), ()
    if view.lesson is not None:
        lesson, is_over = view.lesson.lesson, view.lesson.step is None
        left = None if is_over else (f"on with {lesson.title}", lesson.opens)
        return _at_home(structs.replace(view, lesson=None, left=left)), (
            WatchFor(None),
            ReturnToBookmark(AFTER_A_CASE if view.lesson.is_closed_case else None),
            *left_at(view.lesson),
        )
    return _at_home(structs.replace(view, left=None)), ()


def _at_home(view: View) -> View:
    return view if view.without_settings else focus(view, HOME)


def _panel_of_step(view: View) -> str:
    """The panel to which a person goes back who has left those of a step; "" otherwise."""
    panels = () if view.lesson is None or view.lesson.is_closed_case else view.lesson.panels
    return panels[0] if panels and view.focus not in panels else ""


def _lesson_to_leave(snapshot: Snapshot, view: View) -> tuple[str, int]:
    if _panel_of_step(view):
        return "back to the step", 1
    return ("leave lesson" if view.lesson is not None and view.lesson.lesson.steps else ""), 1


def _way_back(before: Snapshot, view: View) -> str:
    return f"{view.sign('card')}, enter: on with it" if view.left and view.lesson is None else ""


def _toggle_settings(snapshot: Snapshot, view: View) -> View:
    """Show the list of settings and focus it, or hide it; the focus then goes to the first panel."""
    if not view.has_place(HOME):
        return focus(view, HOME)
    other = focus(view, by_number()[0].id) if view.focus == HOME else view
    return structs.replace(other, without_settings=True)


def _focused_first(view: View) -> Iterator[Panel]:
    """The focused panel, then all others: the first that has something has it for the screen."""
    yield PANELS[view.focus]
    yield from by_number()


def _cursor(view: View) -> tuple[str, PanelCursor]:
    """The cursor that the key puts out, and the panel that it is of."""
    return next((panel.id, panel.cursor) for panel in _focused_first(view) if panel.cursor is not None)


def _toggle_cursor(snapshot: Snapshot, view: View) -> View:
    """Put the cursor of the focused panel out, or take it back."""
    if view.cursor is not None:
        return structs.replace(view, cursor=None)
    panel, cursor = _cursor(view)
    return structs.replace(focus(view, panel), cursor=cursor.start(snapshot, view))


def _no_cursor(snapshot: Snapshot, view: View) -> str:
    _, cursor = _cursor(view)
    return "" if cursor.start(snapshot, view) is not None else cursor.none


def _scale(snapshot: Snapshot, view: View) -> Scale | None:
    """The scale that the key turns."""
    return next(panel.scale(snapshot, view) for panel in _focused_first(view) if panel.scale is not None)


def _flip_axis(snapshot: Snapshot, view: View) -> View:
    """Switch the axis between linear and logarithmic; the choice ends where the axis would be the same without it."""
    is_logarithmic, unchosen = present(_scale(snapshot, view)).logarithmic, structs.replace(view, log_y_here=None)
    if present(_scale(snapshot, unchosen)).logarithmic != is_logarithmic:
        return unchosen
    return structs.replace(view, log_y_here=not is_logarithmic)


def _plain_axis(snapshot: Snapshot, view: View) -> str:
    if _scale(snapshot, view) is not None:
        return ""
    return f"accuracies have a plain axis; {view.sign('next_curve')} goes on"


def _axis_word(snapshot: Snapshot, view: View) -> tuple[str, int]:
    return "log y", 16 if PANELS[view.focus].scale is None else OF_PANEL


def _item(direction: int) -> Act:
    """The next of the items that the focused panel shows one of."""

    def chosen(snapshot: Snapshot, view: View) -> View:
        return structs.replace(view, request=PANELS[view.focus].items.beside(snapshot, view, direction))

    return viewing(chosen)


def _no_other(snapshot: Snapshot, view: View) -> str:
    return PANELS[view.focus].items.none(snapshot, view)


# fmt: off
SCREEN_KEYS = (
    KeyAction("item_left", "left up", "previous layer or picture", "Weights, gradients: layer. Data: picture.", "focus",
              _item(-1), where=(ITEMS,), idle=_no_other, footer="choose", signs="←→", rank=4,
              own="Weights, gradients: layer before. Data: picture."),
    KeyAction("item_right", "right down", "next layer or picture", "Weights, gradients: layer. Data: picture.", "focus",
              _item(1), where=(ITEMS,), idle=_no_other, own="Weights, gradients: next layer. Data: picture."),
    KeyAction("zoom_focused", "enter", "fill the screen", "Other panels: fill the screen, and back.", "focus",
              viewing(lambda snapshot, view: zoom(view)), unless=(HOME, CURSOR, POINT, PHRASE, PROPOSAL, WEIGHT)),
    KeyAction("zoom", "z", "fill the screen", "Fill the screen with the panel, and back.", "panels",
              viewing(lambda snapshot, view: zoom(view)), footer="zoom", rank=15),
    KeyAction("next_panel", "tab", "next panel", "The next panel.", "panels", _next_panel(1),
              footer_now=lambda snapshot, view: ("panel" if view.narrow else "", 3)),
    KeyAction("previous_panel", "shift+tab", "previous panel", "The panel before.", "panels", _next_panel(-1)),
    KeyAction("hide_settings", "Q", "settings list", "The list of settings, away and back.", "panels",
              viewing(_toggle_settings)),
    KeyAction("leave", "escape", "back", "Back: out of cursor, full screen, lesson, panel.", "panels", _leave,
              unless=(PROPOSAL,), unseen=_way_back, footer_now=_lesson_to_leave),
    KeyAction("next_item", "n", "next layer, picture or example", "Next, previous layer, picture or example.", "shown",
              _item(1), idle=_no_other, footer_now=lambda snapshot, view: PANELS[view.focus].items.footer,
              own="The next one in the focused panel."),
    KeyAction("previous_item", "N", "previous layer, picture or example", "Next, previous layer, picture or example.",
              "shown", _item(-1), idle=_no_other, own="The one before in the focused panel."),

    KeyAction("cursor", "c", "cursor", "Cursor: a value, a point, a weight, by focus.", "shown",
              viewing(_toggle_cursor), idle=_no_cursor),
    KeyAction("log_y", "y", "log y", "A logarithmic or a plain axis, for this run.", "shown", viewing(_flip_axis),
              idle=_plain_axis, footer_now=_axis_word),

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
