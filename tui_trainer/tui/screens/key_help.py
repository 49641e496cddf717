"""The help: what the focused panel shows, all keys with their meanings, and what the other panels show."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from tui_trainer.dashboard.keys.keymap import GROUPS
from tui_trainer.dashboard.panels import PANELS, by_number
from tui_trainer.dashboard.panels.panel import Panel
from tui_trainer.dashboard.view import View, key_sign
from tui_trainer.tui.screens.text_screen import TextScreen

RIGHT = ("focus", "panels", "shown")
"""The groups of the right column. The others are in the left one."""


class KeyHelp(TextScreen):
    """Keys in two columns, on a narrow screen in one; on a slim screen there is room for the keys alone."""

    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-narrow"), (100, "-wide")]  # noqa: RUF012 (Textual's own way)
    CSS = """
    KeyHelp Horizontal { height: auto; }
    KeyHelp .signs { height: auto; padding: 0 1 1 1; }
    KeyHelp #slim, KeyHelp #narrow, KeyHelp Horizontal, KeyHelp.-slim .signs { display: none; }
    KeyHelp.-slim #slim, KeyHelp.-narrow #narrow, KeyHelp.-wide Horizontal { display: block; }
    KeyHelp .column { width: 1fr; height: auto; padding: 0 1; }
    """

    def __init__(self, view: View, *, race: bool = False, table: bool = False) -> None:
        """`view` has the keymap, the actions that are impossible now, and the focused panel. `race`: whether the run
        has several arms; `table`: whether it learns from a table of one's own."""
        super().__init__(view, "help")
        self._race, self._table = race, table

    def compose(self) -> ComposeResult:
        in_lesson = self._view.lesson is not None
        groups = sorted(GROUPS, key=lambda group: in_lesson and group != "lesson")  # what is new to them comes first
        left = [group for group in groups if group not in RIGHT]
        right = [group for group in groups if group in RIGHT]
        colour = self.app.current_theme.primary
        first = PANELS[self._view.focus]
        others = [panel for panel in by_number() if panel is not first]
        with self._all:
            yield self._signs_of(first)
            with Horizontal():
                yield Static(key_table(left, self._view, colour), classes="column")
                yield Static(key_table(right, self._view, colour), classes="column")
            yield Static(key_table(groups, self._view, colour), classes="column", id="narrow")
            yield Static(key_table(groups, self._view, colour, slim=True), classes="column", id="slim")
            yield from map(self._signs_of, others)
        yield Static("esc closes · ↑↓ scroll · dimmed: not possible now", id="close", markup=False)

    def _signs_of(self, panel: Panel) -> Static:
        """The signs and words of a panel, each with its meaning."""
        title, signs = panel.title, panel.signs
        if self._race and panel.title_in_race:
            title, signs = panel.title_in_race, panel.signs_in_race
        elif self._table and panel.signs_of_table:
            signs = panel.signs_of_table
        table = Table.grid(padding=(0, 1, 0, 0), expand=True)
        table.add_column(width=11)
        table.add_column(ratio=1)
        table.add_row(
            Text(panel.number, f"bold {self.app.current_theme.primary}"), Text(f"{title}: what you see", "bold")
        )
        for sign, meaning in signs:
            table.add_row(Text(sign, "bold"), Text(meaning))
        return Static(table, classes="signs")


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
