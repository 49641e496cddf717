"""The README's tables, written by the program itself: `python tests/readme_tables.py` brings README.md up to date.

`test_readme.py` holds the README to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tui_trainer.presets import bundled
from tui_trainer.tui.keymap import KEYMAP, key_sign

README = Path(__file__).parent.parent / "README.md"
GROUPS = {
    "time": "Time",
    "run": "The run",
    "focus": "Arrows and enter",
    "panels": "Panels",
    "other": "The program",
}


def keys() -> str:
    """A table a group: actions that share a sentence share a line."""
    lines = ["| | keys | |", "|---|---|---|"]
    for group, title in GROUPS.items():
        sentences: dict[str, list[str]] = {}
        for action in KEYMAP:
            if action.group == group:
                signs = sentences.setdefault(action.help, [])
                signs += [sign for key in action.keys if (sign := f"`{key_sign(key)}`") not in signs]
        for number, (sentence, signs) in enumerate(sentences.items()):
            lines.append(f"| {f'**{title}**' if not number else ''} | {' '.join(signs)} | {sentence} |")
    return "\n".join(lines)


def presets() -> str:
    """Title and question of every preset, in their order."""
    lines = ["| preset | the question it answers |", "|---|---|"]
    lines += [f"| {preset.title} | {preset.question} |" for preset in bundled()]
    return "\n".join(lines)


TABLES: dict[str, Callable[[], str]] = {"keys": keys, "presets": presets}


def updated(text: str) -> str:
    """The README's text with every table between its marks as the program has it."""
    for name, table in TABLES.items():
        place = re.search(rf"(?<=<!-- {name}: begin)(.*?-->\n).*?(?=\n<!-- {name}: end -->)", text, re.DOTALL)
        if place is None:
            raise ValueError(f"README.md has no place marked for the table of {name}")
        text = text[: place.start()] + place[1] + table() + text[place.end() :]
    return text


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
