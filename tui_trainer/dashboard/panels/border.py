"""The border around every panel: its number, which is its key, its title, and a note at the right."""

from __future__ import annotations

from typing import Literal

from tui_trainer.dashboard.view import View, sign_of
from tui_trainer.drawing.cells import Cells, text_width
from tui_trainer.drawing.text_fitting import Wordings, limited, wrapped
from tui_trainer.drawing.theme import Theme
from tui_trainer.telemetry import Phase, Snapshot

Freshness = Literal["calm", "fresh", "stale"]


def freshness(snapshot: Snapshot, produced_by: Phase) -> Freshness:
    """Whether what phase `produced_by` makes is just made, of this iteration, or still the previous iteration's."""
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
    """A bordered, empty panel of this size; the area within starts at (1, 1)."""
    cells = Cells(width, height, theme.text)
    if width < 2 or height < 2:
        return cells
    focused = view.focus == panel
    packed = theme.fresh if state == "fresh" else theme.border_focus if focused else theme.border
    cells.text(0, 0, "╭" + "─" * (width - 2) + "╮", packed)
    cells.text(0, height - 1, "╰" + "─" * (width - 2) + "╯", packed)
    for side in (0, -1):
        cells.codes[1:-1, side] = ord("│")
        cells.styles[1:-1, side] = packed
    _write_title(cells, sign_of(f"focus_{panel}", view.keymap), title, note, focused, state, theme)
    return cells


def _write_title(cells: Cells, key: str, title: str, note: str, focused: bool, state: Freshness, theme: Theme) -> None:
    """╭─ 1 Loss ────── log y ─╮, the note leaving first where room is short."""
    sign = "▸" if focused else " "
    end = cells.width - 2
    x = cells.text(2, 0, sign, theme.key, width=max(end - 2, 0))
    if key:
        x = cells.text(x, 0, f"{key} ", theme.key, width=max(end - x, 0))
    packed = {"calm": theme.title, "fresh": theme.fresh, "stale": theme.stale}[state]
    x = cells.text(x, 0, f"{title} ", packed, width=max(end - x, 0))
    if note and x + text_width(note) + 4 <= cells.width:
        cells.text(cells.width - text_width(note) - 4, 0, f" {note} ", theme.muted)


def write_foot(cells: Cells, wordings: Wordings, theme: Theme) -> None:
    """╰─ points: training ──╯: what all of the panel's picture shares, ways to say it, the longest first; nothing where
    not even the last has room."""
    text = wordings.fitting(cells.width - 6)
    if text and text_width(text) + 6 <= cells.width and cells.height > 1:
        cells.text(2, cells.height - 1, f" {text} ", theme.muted)


def date(cells: Cells, wordings: Wordings, theme: Theme) -> bool:
    """Write the first of the `wordings` that a free stretch of the border has room for, at its right end:
    the lower border's, else the upper one's. False where there is none."""
    edges = ["".join(map(chr, cells.codes[y])) for y in (-1, 0)] if cells.height > 1 else []
    if any(way in edge for way in wordings for edge in edges):
        return True  # it says so by itself
    for way in wordings:
        for y, edge in zip((cells.height - 1, 0), edges, strict=False):
            at = edge.rfind("─" * (text_width(way) + 3))
            if at >= 0:
                cells.text(at, y, f" {way} ", theme.muted)
                return True
    return False


def say(cells: Cells, text: str, packed: int) -> None:
    """Put one sentence into the middle of a panel that has nothing else to show, in as many lines as it needs."""
    room = cells.width - 4
    lines = limited(wrapped(text, room), cells.height - 2)
    top = 1 + max((cells.height - 2 - len(lines)) // 2, 0)
    for number, line in enumerate(lines):
        cells.text(2 + max((room - text_width(line)) // 2, 0), top + number, line, packed, width=max(room, 0))
