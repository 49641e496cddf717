"""The contract of a command of the command line.

Nothing heavy is imported here or in `commands`, so that `--help` responds at once. A command imports what it needs when
it is carried out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, NoReturn

from tui_trainer.input_error import InputError

EXIT_STATUS = (
    "exit status: 0 done, 1 failed, 2 wrong usage or bad input, 129 the terminal went, 130 interrupted. A run that "
    "diverges is a result, not a failure."
)

Offer = Literal["presets", "settings", "themes", "preset files", "files", "recordings"]
"""Kinds of values that a shell can complete, for an argument without fixed choices."""


class UsageError(InputError):
    """A mistake in the command line. The text is for the person who wrote it."""


class Parser(argparse.ArgumentParser):
    """Parses the words of one command. An error is one clear message instead of the whole usage."""

    def __init__(self, name: str, commands: Commands) -> None:
        """Parser of the command `name`. The arguments that it finds carry all `commands` along."""
        command = commands[name]
        super().__init__(
            prog=f"tui-trainer {name}".rstrip(),
            description=command.description,
            epilog=command.epilog,
            allow_abbrev=False,
        )
        self.offers: dict[argparse.Action, Offer] = {}
        self.commands = commands
        self.set_defaults(commands=commands)
        command.add_arguments(self)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f'{message}; "{self.prog} --help" lists everything')

    @property
    def options(self) -> dict[str, argparse.Action]:
        """Every option of the help text by its long name."""
        return {
            name: action
            for action in self._actions
            for name in action.option_strings
            if name.startswith("--") and action.help != argparse.SUPPRESS
        }

    @property
    def positional(self) -> argparse.Action | None:
        """The argument that is not an option."""
        return next((action for action in self._actions if not action.option_strings), None)


class Command(NamedTuple):
    """A command, or the screen, which the program opens without a command."""

    summary: str
    """One line for the list of commands."""
    description: str
    add_arguments: Callable[[Parser], None]
    carry_out: Callable[[argparse.Namespace], int]
    """Returns the exit status. Raises an error for wrong input."""
    epilog: str = ""


Commands = Mapping[str, Command]
"""First word of the command line → command, in the order of the help text; "" → the screen."""


def name_of(words: Sequence[str], commands: Commands) -> str:
    """The command that the first word names; "" if it names none."""
    return words[0] if words and words[0] in commands else ""
