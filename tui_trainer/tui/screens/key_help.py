"""All keys with what they do, from the one table of keys."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from tui_trainer.tui.keymap import KEYMAP, key_sign
from tui_trainer.tui.screens.asking import Asking

HEADINGS = {
    "time": "Time",
    "run": "The run",
    "other": "The program",
    "focus": "Arrows and enter, by focus",
    "panels": "Panels",
}
"""Title of each group of the keymap, in the order of the screen."""

RIGHT = ("focus", "panels")
"""The groups of the right column; the rest stands in the left one."""


class KeyHelp(Asking[None]):
    """Two columns, one on a narrow screen; scrolls; left with escape, q, ? or h."""

    BINDINGS = [("q,h,question_mark", "leave", "leave")]  # noqa: RUF012 (Textual's own way)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (76, "-wide")]  # noqa: RUF012
    CSS = """
    KeyHelp { background: $background; }
    KeyHelp VerticalScroll { height: 1fr; }
    KeyHelp Horizontal { height: auto; }
    KeyHelp.-narrow Horizontal, KeyHelp.-wide #narrow { display: none; }
    KeyHelp .column { width: 1fr; height: auto; padding: 0 1; }
    KeyHelp #close { height: 1; padding: 0 1; color: $foreground 70%; }
    """

    def __init__(self, greyed: frozenset[str]) -> None:
        """`greyed`: ids of the actions that can do nothing now."""
        super().__init__()
        self._greyed = greyed

    def compose(self) -> ComposeResult:
        left = [group for group in HEADINGS if group not in RIGHT]
        colour = self.app.current_theme.primary
        with VerticalScroll():
            with Horizontal():
                yield Static(key_table(left, self._greyed, colour), classes="column")
                yield Static(key_table(RIGHT, self._greyed, colour), classes="column")
            yield Static(key_table(HEADINGS, self._greyed, colour), classes="column", id="narrow")
        yield Static("↑↓ scroll · esc closes · dimmed: nothing to do now", id="close", markup=False)


def key_table(groups: Iterable[str], greyed: frozenset[str], colour: str) -> Table:
    """The keys of some groups, each group under its heading; `colour` ("#rrggbb") is that of the keys."""
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    table.add_column(width=11, no_wrap=True)
    table.add_column(ratio=1)
    for group in groups:
        if table.row_count:
            table.add_row()
        table.add_row("", Text(HEADINGS[group], "bold"))
        for sentence, pair in groupby((a for a in KEYMAP if a.group == group), lambda action: action.help):
            actions = tuple(pair)
            keys = " ".join(key_sign(key) for action in actions for key in action.keys)
            dimmed = "dim" if all(action.id in greyed for action in actions) else ""
            table.add_row(Text(keys, f"bold {colour}"), Text(sentence, dimmed))
    return table
