"""The one table of keys, a row an action. Effects, footer, help screen, command palette and README all read it, so none
of them can promise a key that another does not have."""

from __future__ import annotations

from typing import Any

from tui_trainer.dashboard.keys.lesson_keys import LESSON_KEYS
from tui_trainer.dashboard.keys.run_keys import RUN_KEYS
from tui_trainer.dashboard.keys.screen_keys import SCREEN_KEYS, focus_key
from tui_trainer.dashboard.keys.time_keys import TIME_KEYS
from tui_trainer.dashboard.panels import PANELS, by_number
from tui_trainer.dashboard.view import KeyAction, View

KEYS: dict[str, KeyAction] = {action.id: action for action in (*TIME_KEYS, *RUN_KEYS, *LESSON_KEYS, *SCREEN_KEYS)}
"""All actions that belong to no panel, by id."""

GROUPS = {
    "time": "Time",
    "run": "The run",
    "lesson": "A lesson",
    "focus": "Arrows and enter, by focus",
    "panels": "Panels",
    "shown": "What panels show",
    "other": "The program",
}
"""The groups in the order of the table, and their headings in the help."""


def keymap() -> tuple[KeyAction, ...]:
    """The program's own keys by group; in a group those of the panels come first."""
    rows = [
        *(focus_key(panel) for panel in by_number() if panel.number),
        *(action for panel in PANELS.values() for action in panel.keys),
        *KEYS.values(),
    ]
    return tuple(sorted(rows, key=lambda action: list(GROUPS).index(action.group)))


def action_of(key: str) -> str:
    """Id of the action that one of the program's own keys always means; "" for none."""
    return next((each.id for each in keymap() if key in each.keys and not each.where and not each.during), "")


def first_view(**choices: Any) -> View:
    """The view at the start, with the program's own keys unless others are given."""
    return View(**{"keymap": keymap(), **choices})
