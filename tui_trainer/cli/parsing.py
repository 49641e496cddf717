"""From the words of a command line to a command and its arguments."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui_trainer.cli.arguments import COLUMNS
from tui_trainer.cli.command import Command, Parser, UsageError, name_of
from tui_trainer.cli.commands import COMMANDS

KEPT = ("sweep", "lr-find", "watch", "doctor")
"""Words reserved for commands that this version may lack. No preset has these titles."""


def parse(words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The command, and its arguments. Raises `UsageError`. `--help` and `--version` print and raise `SystemExit`."""
    name = name_of(words, COMMANDS)
    arguments = Parser(name, COMMANDS).parse_intermixed_args(_with_values(words[1:] if name else words))
    if "named" in arguments:
        arguments.words = arguments.preset
        arguments.preset = _one_preset(" ".join(arguments.preset), arguments.named)
    return COMMANDS[name], arguments


def _with_values(words: Sequence[str]) -> list[str]:
    """The words, with columns to leave out as part of their option: argparse takes -id,-name for an option itself."""
    joined: list[str] = []
    for word in words:
        if joined[-1:] == [COLUMNS] and word.startswith("-"):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _one_preset(words: str, named: str | None) -> str:
    by_option = f"a preset of that name is --preset {words}"
    if words and words in COMMANDS:
        raise UsageError(f'"{words}" is a command and comes first; {by_option}')
    if words in KEPT:
        raise UsageError(f'"{words}" is kept for a command that this version does not have; {by_option}')
    if words and named:
        raise UsageError(f'one preset, please: "{words}" or --preset "{named}"')
    return named or words
