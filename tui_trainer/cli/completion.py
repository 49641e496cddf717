"""`tui-trainer completion`: a script that lets a shell complete commands, options, presets, themes and settings.

A script is a small file in `completions`. Its gaps are filled from the parsers and the declared settings, so that it
offers nothing that the program does not take; titles it asks the program for.
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib import resources

from tui_trainer.cli.arguments import COMMANDS, PAINTERS, SHELLS, options_of
from tui_trainer.cli.status import DONE
from tui_trainer.drawing.theme import THEMES
from tui_trainer.experiment.declared import settings

KNOWN = ("--theme", "--painter", "--set", "--preset", "--check")
"""Options whose values the scripts know; the value of any other is a number."""


def print_completion(arguments: argparse.Namespace) -> int:
    """Print the script of the shell that was asked for."""
    sys.stdout.write(script(arguments.shell))
    return DONE


def script(shell: str) -> str:
    """The script for one of SHELLS. "@commands@" is a gap for words, "@commands|@" the same as alternatives."""
    gaps = _gaps()
    template = resources.files(__package__).joinpath("completions", f"tui-trainer.{shell}").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)(\|?)@", lambda gap: (gap[2] or " ").join(gaps[gap[1]]), template)


def setting_keys() -> list[str]:
    """Every dotted key that `--set` takes with some experiment."""
    return sorted(key for key, setting in settings().items() if not setting.is_table)


def _gaps() -> dict[str, list[str]]:
    """What stands in each gap; all of it words without blanks."""
    options = {command: options_of(command) for command in ("screen", *COMMANDS)}
    valued = sorted({name for each in options.values() for name, takes_value in each.items() if takes_value})
    return {
        "commands": list(COMMANDS),
        "themes": [theme.replace(" ", "-") for theme in THEMES],
        "painters": list(PAINTERS),
        "shells": list(SHELLS),
        "settings": [f"{key}=" for key in setting_keys()],
        "numbers": [name for name in valued if name not in KNOWN],
        **{command: list(names) for command, names in options.items()},
    }
