"""The lines that introduce a run to a person who has just opened it, and the program to one who is new to it."""

from __future__ import annotations

from tui_trainer.dashboard.view import Introduction, View
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Snapshot, Status


def introduction(snapshot: Snapshot, view: View) -> Introduction | None:
    """What stands in the verdict's place, unless the run has failed, has something to say of its own accord, or is on
    its way to the moment at which it was opened."""
    is_busy = snapshot.message.is_unasked or snapshot.seeking is not None
    is_no_time = is_busy or snapshot.status in (Status.FAILED, Status.CRASHED)
    return None if is_no_time else view.introduction


def draw_introduction(cells: Cells, y: int, said: Introduction, theme: Theme, *, has_strip: bool) -> None:
    """Draw the question of a run in the verdict's row, and what to watch in the strip below it. Without a strip they
    share the row, or take turns."""
    room, watch = cells.width - 4, f"Watch: {said.watch}" if said.watch else ""
    cells.text(1, y, "?", theme.title)
    if has_strip:
        cells.text(3, y, said.question, theme.title, width=room)
        cells.text(3, y + 1, watch, theme.text, width=room)
    elif text_width(said.question) + 1 + text_width(watch) <= room:
        x = cells.text(3, y, said.question, theme.title)
        cells.text(x + 1, y, watch, theme.text)
    elif said.is_read and watch:
        cells.text(3, y, watch, theme.text, width=room)
    else:
        cells.text(3, y, said.question, theme.title, width=room)


def question_wordings(said: Introduction) -> Wordings:
    """The same for a screen that has no room for panels."""
    return Wordings(f"{said.question} Watch: {said.watch}" if said.watch else said.question, said.question)


def draw_strip(cells: Cells, y: int, view: View, theme: Theme) -> None:
    """Tell a new person where to begin: a line under the verdict."""
    card, presets, help = map(view.sign, ("card", "presets", "help"))
    begin = f"{card}: what this run asks, and the course"
    words = Wordings(
        f"{begin} in short lessons · {presets}: other questions · {help}: what the panels show",
        f"{begin} · {presets}: more · {help}: help",
        begin,
        f"{card}: the course",
    ).fitting(cells.width - 12)
    x = cells.text(1, y, " New here? ", theme.badge)
    cells.text(x + 1, y, words, theme.strong, width=max(cells.width - 2 - x, 0))
