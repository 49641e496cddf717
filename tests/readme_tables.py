"""The README's tables, written by the program itself: `python tests/readme_tables.py` brings README.md up to date.

`test_readme.py` holds the README to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, groupby, repeat
from pathlib import Path

from tui_trainer.dashboard.keys.keymap import GROUPS, keymap
from tui_trainer.dashboard.view import key_sign
from tui_trainer.diagnosis import RULES
from tui_trainer.experiment.declared import Setting, listed_settings
from tui_trainer.exports import FORMATS
from tui_trainer.instruments import INSTRUMENTS, LAYER_INSTRUMENTS
from tui_trainer.lessons.numbers import NUMBERS
from tui_trainer.presets import bundled
from tui_trainer.presets.steps import MEASURES

README = Path(__file__).parent.parent / "README.md"


def keys() -> str:
    """A table a group: actions that share a sentence share a line."""
    lines = ["| | keys | |", "|---|---|---|"]
    for group, title in GROUPS.items():
        sentences: dict[str, list[str]] = {}
        for action in keymap():
            if action.group == group:
                signs = sentences.setdefault(action.help, [])
                signs += [
                    sign for key in action.keys if (sign := f"`{key_sign(key)}`".replace("|", r"\|")) not in signs
                ]
        for number, (sentence, signs) in enumerate(sentences.items()):
            lines.append(f"| {f'**{title}**' if not number else ''} | {' '.join(signs)} | {sentence} |")
    return "\n".join(lines)


def presets() -> str:
    """Title and question of every preset, in their order; a family's name in its first line."""
    lines = ["| | preset | the question it answers |", "|---|---|---|"]
    for family, members in groupby(bundled(), lambda preset: preset.family):
        names = chain([f"**{family}**"], repeat(""))
        lines += [
            f"| {name} | {preset.title} | {preset.question} |" for name, preset in zip(names, members, strict=False)
        ]
    return "\n".join(lines)


def settings() -> str:
    """Every key of an experiment: its values, whether a run takes it over at once, and what it is."""
    lines = ["| key | values | at once | |", "|---|---|---|---|"]
    for each in listed_settings():
        values = " ".join(f"`{str(choice).lower() if choice in (False, True) else choice}`" for choice in each.choices)
        values = values or " or ".join([_range(each), *(f"`{word}`" for word in each.words)])
        text = each.help.replace("|", "\\|")
        lines.append(f"| `{each.key}` | {values} | {'yes' if each.live else ''} | {text} |")
    return "\n".join(lines)


def _range(setting: Setting) -> str:
    """What a number may be; the widest where structs differ."""
    ends = (setting.low, ">" if setting.above_low else "≥"), (setting.high, "<" if setting.below_high else "≤")
    return ", ".join(f"{sign} {end:,}".removesuffix(".0") for end, sign in ends if end is not None)


def numbers() -> str:
    """The numbers that texts of lessons may name, and the measures and findings that they share with `[expect]`."""
    lines = ["| name | |", "|---|---|"]
    lines += [f"| `{name}` | {number.help} |" for name, number in NUMBERS.items()]
    measures, findings = (" ".join(f"`{name}`" for name in names) for names in (MEASURES, RULES))
    return "\n".join([*lines, "", f"Measures: {measures}", "", f"Findings: {findings}"])


def formats() -> str:
    """The ending and the contents of every export format."""
    return "\n".join(
        ["| ending | contents |", "|---|---|", *(f"| `{end}` | {each.title} |" for end, each in FORMATS.items())]
    )


def measures() -> str:
    """What the instruments measure, by name."""
    whole, layer = (" ".join(f"`{name}`" for name in each) for each in (INSTRUMENTS, LAYER_INSTRUMENTS))
    return f"Measures of an evaluation: {whole}\n\nMeasures of a layer: {layer}"


TABLES: dict[str, Callable[[], str]] = {
    "keys": keys,
    "presets": presets,
    "settings": settings,
    "numbers": numbers,
    "formats": formats,
    "measures": measures,
}


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
