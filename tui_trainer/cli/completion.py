"""`tui-trainer completion`: a script with which a shell asks the program how the word being typed can continue.

The offers follow from the parsers of the commands, the declared settings, the presets and the themes. shtab would write
static scripts from a parser, but version 1.13 offers either commands or presets as the first word, adds a blank after
`--set KEY=`, and offers nothing after `--theme=`.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from importlib import resources
from typing import Literal

from tui_trainer.cli.command import Commands, Parser, name_of
from tui_trainer.exit_status import DONE
from tui_trainer.preset_files import titles

Rest = Literal["words", "part", "preset files", "files"]
"""What a shell does besides offering the words: nothing ("words"), omit the blank after a word ("part"), or also offer
files."""


def complete(arguments: argparse.Namespace) -> int:
    """Print the script of a shell; with `--offer` the offers for the line that the script writes to standard input."""
    if arguments.offer:
        words = sys.stdin.read().split("\n")[1:-1]
        rest, found = (in_bash if arguments.shell == "bash" else offered)(words, arguments.commands)
        print(rest, *found, sep="\n")
    else:
        sys.stdout.write(script(arguments.shell))
    return DONE


def script(shell: str) -> str:
    """The script for one of SHELLS. Its first lines say where to put it."""
    return resources.files(__package__).joinpath("completions", f"tui-trainer.{shell}").read_text(encoding="utf-8")


def offered(words: Sequence[str], commands: Commands) -> tuple[Rest, list[str]]:
    """What the shell does besides, and the completions of the last of the words after "tui-trainer"."""
    *before, typed = words
    parser = Parser(name_of(before, commands), commands)
    option, value = before[-1] if before else "", typed
    if typed.startswith("--") and "=" in typed:
        option, _, value = typed.partition("=")
    action = parser.options.get(option)
    if action is not None and action.nargs != 0:
        rest, found = _values(parser, action, value)
        found = [typed.removesuffix(value) + each for each in found]
    elif typed.startswith("-") or parser.positional is None:
        rest, found = "words", list(parser.options)
    else:
        rest, found = _values(parser, parser.positional, typed)
        found = found if before else [*filter(None, commands), *found]
    return rest, [each for each in found if each.startswith(typed)]


def in_bash(words: Sequence[str], commands: Commands) -> tuple[Rest, list[str]]:
    """`offered` for bash, which splits "--set=data.name=iris" into five words and completes only the last."""
    whole: list[str] = []
    for word in words:
        if whole and (word == "=" or whole[-1].endswith("=")):
            whole[-1] += word
        else:
            whole.append(word)
    cut = len(whole[-1]) - len(words[-1].removeprefix("="))
    rest, found = offered(whole, commands)
    return rest, [each[cut:] for each in found]


def setting_keys() -> list[str]:
    """Every dotted key that `--set` takes with some experiment."""
    from tui_trainer.experiment.declared import settings

    return sorted(key for key, setting in settings().items() if not setting.is_table)


def _values(parser: Parser, action: argparse.Action, typed: str) -> tuple[Rest, list[str]]:
    """All values of an argument that can be offered, each a single word. `typed`: the beginning of the value."""
    match parser.offers.get(action):
        case "presets":
            # A title is also found without blanks and colons, and a single word needs no quotes.
            return "preset files", [re.sub(r"[^\w.]+", "-", title) for title in titles()]
        case "settings":
            key, equals, _ = typed.partition("=")
            return ("words", _setting_values(key)) if equals else ("part", [f"{each}=" for each in setting_keys()])
        case "themes":
            from tui_trainer.preferences import themes_of

            return "words", [theme.replace(" ", "-") for theme in themes_of(os.environ).names]
        case "recordings":
            from tui_trainer.recordings.folder import recordings_folder
            from tui_trainer.recordings.listing import kept_in

            root = recordings_folder(os.environ)
            return "words", [] if root is None else [path.name for path in kept_in(root)]
        case "preset files" | "files" as files:
            return files, []
    return "words", [str(choice) for choice in action.choices or ()]


def _setting_values(key: str) -> list[str]:
    """KEY=VALUE for each listed value of a setting."""
    from tui_trainer.experiment.words import setting_of

    setting = setting_of(key)
    return [
        f"{key}={str(value).lower() if isinstance(value, bool) else value}"
        for value in (*setting.choices, *setting.words)
    ]
