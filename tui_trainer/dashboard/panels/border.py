"""The border of a panel: its number, which is its key, its title, and a note at the right."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from tui_trainer.dashboard.view import View, sign_of
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Phase, Snapshot

Freshness = Literal["calm", "fresh", "stale"]


def freshness(snapshot: Snapshot, produced_by: Phase) -> Freshness:
    """Whether the result of phase `produced_by` is just made, of this iteration, or still the previous iteration's."""
    if snapshot.phase is None or snapshot.phase > produced_by:
        return "calm"
    return "fresh" if snapshot.phase == produced_by else "stale"


def open_panel(
    panel: str,
    title: str,
    view: View,
    width: int,
    height: int,
    theme: Theme,
    *,
    note: str = "",
    state: Freshness = "calm",
) -> Cells:
    """An empty panel of this size with its border; its inside starts at (1, 1)."""
    key, focused = sign_of(f"focus_{panel}", view.keymap), view.focus == panel
    empty, x = _titled(key, title, focused, state, width, height, theme)
    cells = empty.copy()
    if note and x + text_width(note) + 4 <= width:
        cells.text(width - text_width(note) - 4, 0, f" {note} ", theme.muted)
    return cells


@lru_cache(maxsize=32)
def _titled(
    key: str, title: str, focused: bool, state: Freshness, width: int, height: int, theme: Theme
) -> tuple[Cells, int]:
    """An empty panel with its border and its title, and the column behind the title. Cached, since it hardly ever
    changes; do not write to it."""
    cells = Cells(width, height, theme.text)
    if width < 2 or height < 2:
        return cells, width
    style = theme.fresh if state == "fresh" else theme.border_focus if focused else theme.border
    cells.text(0, 0, "╭" + "─" * (width - 2) + "╮", style)
    cells.text(0, height - 1, "╰" + "─" * (width - 2) + "╯", style)
    for side in (0, -1):
        cells.codes[1:-1, side] = ord("│")
        cells.styles[1:-1, side] = style
    end = width - 2
    x = cells.text(2, 0, "▸" if focused else " ", theme.key, width=max(end - 2, 0))
    if key:
        x = cells.text(x, 0, f"{key} ", theme.key, width=max(end - x, 0))
    style = {"calm": theme.title, "fresh": theme.fresh, "stale": theme.stale}[state]
    return cells, cells.text(x, 0, f"{title} ", style, width=max(end - x, 0))


def title_room(width: int) -> int:
    """Columns for the title of a panel of this width, beside its corners, its sign and its key."""
    return width - 8


def foot_room(width: int) -> int:
    """Columns for the words in the lower border of a panel of this width."""
    return width - 6


def write_foot(cells: Cells, wordings: Wordings, theme: Theme) -> None:
    """╰─ points: training ──╯: what the whole picture has in common; nothing where even the shortest wording has no
    room."""
    room = foot_room(cells.width)
    text = wordings.fitting(room)
    if text and text_width(text) <= room and cells.height > 1:
        cells.text(2, cells.height - 1, f" {text} ", theme.muted)


def mark_cursor(cells: Cells, x: int, y: int, sign: str, theme: Theme) -> None:
    """The sign at (x, y), and its column and row at the edges of the panel."""
    cells.text(x, y, sign, theme.badge)
    if cells.codes[0, x] == ord("─"):
        cells.text(x, 0, theme.sign("▾", "v"), theme.cursor)
    cells.text(0, y, theme.sign("▸", ">"), theme.cursor)


def date(cells: Cells, wordings: Wordings, theme: Theme) -> bool:
    """Write the first of the `wordings` that fits into a free stretch of the border, at its right end: of the lower
    border, else of the upper one. False where none fits."""
    edges = ["".join(map(chr, cells.codes[y])) for y in (-1, 0)] if cells.height > 1 else []
    if any(wording in edge for wording in wordings for edge in edges):
        return True  # the border says it already
    for wording in wordings:
        for y, edge in zip((cells.height - 1, 0), edges, strict=False):
            at = edge.rfind("─" * (text_width(wording) + 3))
            if at >= 0:
                cells.text(at, y, f" {wording} ", theme.muted)
                return True
    return False


def say(cells: Cells, text: str, style: int) -> None:
    """Write a sentence into the middle of a panel that has nothing else to show."""
    room = cells.width - 4
    lines = limited(wrapped(text, room), cells.height - 2)
    top = 1 + max((cells.height - 2 - len(lines)) // 2, 0)
    for number, line in enumerate(lines):
        cells.text(2 + max((room - text_width(line)) // 2, 0), top + number, line, style, width=max(room, 0))
