"""The whole screen as one grid of cells: header, verdict, panels and footer, with the rectangle of each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct, structs

from tui_trainer.dashboard.evaluations_at import evaluations_shown
from tui_trainer.dashboard.header import done_words, draw_footer, draw_header, draw_tabs, past_words, status_words
from tui_trainer.dashboard.introduction import draw_introduction, draw_strip, introduction, question_wordings
from tui_trainer.dashboard.layout import SMALLEST, Rect, Wish, arrange
from tui_trainer.dashboard.lesson_strip import (
    HELD_BACK_WORDS,
    closed_panel,
    draw_lesson,
    draw_played,
    held_back,
    is_closed,
    is_played,
    most_strip_rows,
    room_needed,
    strip_rows,
)
from tui_trainer.dashboard.panel_memory import PanelMemory
from tui_trainer.dashboard.panels import PANELS
from tui_trainer.dashboard.panels.panel import Panel
from tui_trainer.dashboard.proposal_box import draw_proposal
from tui_trainer.dashboard.verdict import draw_verdict, verdict_wordings
from tui_trainer.dashboard.view import FooterKey, View
from tui_trainer.drawing.ascii import make_ascii
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.charts.numbers import compact, count, plain
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot

_UNSEEN = Rect(0, 0, 0, 0)


class Frame(Struct, frozen=True, kw_only=True):
    """One picture of the screen."""

    cells: Cells
    rectangles: dict[str, Rect]
    """Rectangle of everything that can be clicked: panel ids; "tab:loss", a tab of the one-panel layout; "key:quit", an
    action of the footer; "action:fix", the one that the verdict names, or one of a proposal."""
    asks: dict[str, Any]
    """Fields of `PictureRequest`: what the panels need at their present sizes."""


def draw_dashboard(
    snapshot: Snapshot,
    view: View,
    width: int,
    height: int,
    theme: Theme,
    footer: tuple[FooterKey, ...],
    memory: PanelMemory | None = None,
    kept: Collection[str] = (),
) -> Frame:
    """Draw the screen at this size; equal arguments give an equal picture.

    `memory` of earlier pictures saves drawing what has not changed. For the `kept` panels the last pictures will do,
    whatever their moment.
    """
    memory = memory or PanelMemory()
    cells = Cells(width, height, theme.text)
    wishes = tuple(_wish(panel, snapshot, view) for panel in PANELS.values() if view.has_place(panel.id))
    rows = strip_rows(snapshot, view, width, height, theme)
    walk = view.lesson
    keeps_places = walk is not None and walk.step is not None and not walk.panels
    most = most_strip_rows(walk, width, height) if walk is not None and keeps_places else rows
    layout = arrange(width, height, view.focus, view.zoomed, wishes, strip=rows, most_strip=most)
    lesson = snapshot
    if view.lesson is not None and view.lesson.holds_back:
        snapshot = held_back(snapshot, view.held_settings)
    rectangles: dict[str, Rect] = {}
    if layout.kind == "enlarge":
        _ask_for_room(cells, theme)
    elif layout.kind == "text":
        rows = _write_status(cells, snapshot, view, theme)
        rectangles |= draw_footer(cells, height - 1, footer, theme) if rows < height else {}
    else:
        draw_header(cells, layout.header, snapshot, view, theme)
        said = introduction(snapshot, view)
        if lesson is not snapshot:
            cells.text(1, layout.header, HELD_BACK_WORDS, theme.muted, width=width - 2)
        elif said is not None:
            draw_introduction(cells, layout.header, said, theme, has_strip=bool(layout.strip))
        else:
            rectangles |= draw_verdict(cells, layout.header, snapshot, view, theme)
        if view.lesson is not None:
            draw_lesson(cells, layout.header + 1, layout.strip, lesson, view, theme, height)
        elif layout.strip and is_played(snapshot):
            draw_played(cells, layout.header + 1, snapshot, theme)
        elif layout.strip and said is None:
            draw_strip(cells, layout.header + 1, view, theme)
        if layout.kind == "tabs":
            rectangles |= draw_tabs(
                cells, layout.header + layout.strip + 1, view.focus, theme, race=bool(snapshot.arms)
            )
        for name, rect in layout.panels.items():
            if is_closed(PANELS[name], view):
                drawn = closed_panel(PANELS[name], view, rect.width, rect.height, theme)
            else:
                drawn = memory.draw(name, snapshot, view, rect.width, rect.height, theme, kept=name in kept)
            cells.paste(drawn, rect.x, rect.y)
            rectangles[name] = rect
        rectangles |= draw_footer(cells, height - 1, footer, theme)
    if snapshot.proposal is not None and layout.kind != "enlarge":
        box = draw_proposal(cells, snapshot, snapshot.proposal, view, theme)
        rectangles = box | rectangles | box  # it comes first, and its own count
    if theme.ascii:
        make_ascii(cells)
    asks: dict[str, object] = {}
    for panel in PANELS.values():
        room = layout.panels.get(panel.id, _UNSEEN)
        asks |= panel.asks(view, room.width, room.height)
    return Frame(cells=cells, rectangles=rectangles, asks=asks)


def _wish(panel: Panel, snapshot: Snapshot, view: View) -> Wish:
    """What a panel asks for; one that is closed has room after those that can be read."""
    wish = panel.wish(snapshot, view)
    return structs.replace(wish, importance=wish.importance + len(PANELS) * is_closed(panel, view))


def _ask_for_room(cells: Cells, theme: Theme) -> None:
    """The message below the smallest size."""
    needed = f"Please enlarge: {SMALLEST[0]}×{SMALLEST[1]} cells at least, this is {cells.width}×{cells.height}."
    for y, line in enumerate(limited(wrapped(needed, cells.width), cells.height)):
        cells.text(0, y, line, theme.warning)


def _write_status(cells: Cells, snapshot: Snapshot, view: View, theme: Theme) -> int:
    """The run in a few lines of text for a small screen, the most important first. Returns their number."""
    latest = evaluations_shown(snapshot).latest
    number, done = count(snapshot.iteration), done_words(snapshot)
    wordings = Wordings(done, f"{number} done")
    if snapshot.progress is not None:
        target = f"{number} of {count(snapshot.progress.target_iterations)} {snapshot.losses.counts} done"
        wordings = Wordings(target, *wordings)
    if snapshot.phase is not None:
        wordings = Wordings(done, f"{number} done", number).suffixed(f" [{snapshot.phase.word}]")
    lines = [(status_words(snapshot, cells.width), theme.strong), (wordings.fitting(cells.width), theme.text)]
    if snapshot.past:
        lines[1] = (Wordings(past_words(snapshot), f"past: {number}").fitting(cells.width), theme.badge)
    if latest is not None:
        lines.append((f"train loss {compact(latest.train_loss)}", theme.train))
        if latest.validation_loss is not None:
            lines.append((f"validation {compact(latest.validation_loss)}", theme.validation))
    if snapshot.progress is not None and not view.is_closed_case:
        lines.append((f"learning rate {plain(snapshot.progress.learning_rate, 3)}", theme.text))
    if view.lesson is not None and view.lesson.lesson.steps:
        lines.insert(2, (room_needed(cells.width, cells.height).fitting(cells.width), theme.warning))
    room = max(cells.height - len(lines), 1)
    said = introduction(snapshot, view)
    wordings = verdict_wordings(snapshot, view, theme) if said is None else question_wordings(said)
    verdict = limited(wrapped(wordings.fitting_rows(cells.width, room), cells.width), room)
    lines = lines[: cells.height - len(verdict)]
    lines[2:2] = [(line, theme.warning if snapshot.findings else theme.muted) for line in verdict]
    for y, (line, style) in enumerate(lines):
        cells.text(0, y, line, style)
    return len(lines)


def apology(error: Exception, width: int, height: int, theme: Theme) -> Cells:
    """In place of a picture that could not be drawn."""
    cells = Cells(width, height, theme.text)
    lines = ("This picture could not be drawn.", f"{type(error).__name__}: {error}", "The training goes on.")
    for row, line in enumerate(lines):
        cells.text(1, max(height // 2 - 1, 0) + row, line, theme.text, max(width - 2, 0))
    return cells
