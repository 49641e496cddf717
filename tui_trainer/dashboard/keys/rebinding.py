"""Other keys for the actions of the table: it returns a table with the person's keys, and everything that reads the
table (footer, help, palette, the keys' effects) has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from msgspec import structs

from tui_trainer.dashboard.keys.arrows import owners
from tui_trainer.dashboard.view import KeyAction, key_sign

NAMED = (
    "space", "enter", "tab", "shift+tab", "escape", "backspace", "insert", "delete",
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
    *(f"f{number}" for number in range(1, 13)),
    # Left out: control with c and z has its own meaning, with s and q it may stop and start the terminal, and with h,
    # i, j and m it is backspace, tab, line feed and enter in disguise.
    *(f"ctrl+{letter}" for letter in "abdefgklnoprtuvwxy"),
)  # fmt: skip
"""The keys that are no printable character, as the table writes them."""

ALLOWED_KEYS = "one character, or one of " + ", ".join(name for name in NAMED if "ctrl+" not in name)
ALLOWED_KEYS += ", or ctrl+ a letter other than c h i j m q s z, which terminals use otherwise"
"""What `is_key` allows, in words."""


def is_key(text: str) -> bool:
    """Whether `text` names a key as the table does: a printable character that is no blank, or one of NAMED."""
    return text in NAMED or (len(text) == 1 and text.isprintable() and not text.isspace())


def rebound(keymap: Sequence[KeyAction], keys: Mapping[str, Sequence[str]]) -> tuple[KeyAction, ...]:
    """The table with other keys for some actions: `keys` maps ids to keys, at least one, which replace the action's
    own.

    Where one entry of the footer stands for a pair of actions, it shows the new keys.
    """
    table = [
        structs.replace(action, typed=" ".join(keys[action.id])) if action.id in keys else action for action in keymap
    ]
    for index, action in enumerate(table):
        pair = [other for other in table if other.help == action.help and other.where == action.where]
        if action.signs and any(other.id in keys for other in pair):
            table[index] = structs.replace(action, signs=" ".join(key_sign(other.keys[0]) for other in pair))
    return tuple(table)


def clashes(keymap: Sequence[KeyAction]) -> list[tuple[str, KeyAction, KeyAction]]:
    """Keys that mean two things at the same time, each with the two actions."""
    return [
        (key, one, other)
        for one, other in combinations(keymap, 2)
        if any(one.works_for(owner) and other.works_for(owner) for owner in owners())
        for key in one.keys
        if key in other.keys
    ]
