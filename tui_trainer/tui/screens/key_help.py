"""The help: all keys with their meanings, from the keymap."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from tui_trainer.dashboard.keys.keymap import GROUPS
from tui_trainer.dashboard.view import View, key_sign
from tui_trainer.tui.screens.reading import Reading

RIGHT = ("focus", "panels", "shown")
"""The groups of the right column. The others are in the left one."""


class KeyHelp(Reading):
    """Two columns; one on a narrow screen; on a slim screen keys and sentence in one cell."""

    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012 (Textual's own way)
    CSS = """
    KeyHelp Horizontal { height: auto; }
    KeyHelp #slim, KeyHelp #narrow, KeyHelp Horizontal { display: none; }
    KeyHelp.-slim #slim, KeyHelp.-narrow #narrow, KeyHelp.-wide Horizontal { display: block; }
    KeyHelp .column { width: 1fr; height: auto; padding: 0 1; }
    """

    def __init__(self, view: View) -> None:
        """`view` has the keymap, and the actions that are impossible now."""
        super().__init__(view, "help")

    def compose(self) -> ComposeResult:
        left = [group for group in GROUPS if group not in RIGHT]
        colour = self.app.current_theme.primary
        with self._all:
            with Horizontal():
                yield Static(key_table(left, self._view, colour), classes="column")
                yield Static(key_table(RIGHT, self._view, colour), classes="column")
            yield Static(key_table(GROUPS, self._view, colour), classes="column", id="narrow")
            yield Static(key_table(GROUPS, self._view, colour, slim=True), classes="column", id="slim")
        yield Static("esc closes · ↑↓ scroll · dimmed: not possible now", id="close", markup=False)


def key_table(groups: Iterable[str], view: View, colour: str, *, slim: bool = False) -> Table:
    """The keys of some groups, each under its heading. `colour`: "#rrggbb" for the keys. `slim`: in one column."""
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    if not slim:
        table.add_column(width=11)
    table.add_column(ratio=1)
    for group in groups:
        if table.row_count:
            table.add_row()
        table.add_row(*[""] * (not slim), Text(GROUPS[group], "bold"))
        for sentence, pair in groupby((a for a in view.keymap if a.group == group), lambda action: action.help):
            actions = tuple(pair)
            keys = " ".join(key_sign(key) for action in actions for key in action.keys)
            dimmed = "dim" if all(action.id in view.greyed for action in actions) else ""
            if slim:
                table.add_row(Text.assemble((keys, f"bold {colour}"), (f" {sentence}", dimmed)))
            else:
                table.add_row(Text(keys, f"bold {colour}"), Text(sentence, dimmed))
    return table
