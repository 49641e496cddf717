"""`tui-trainer completion`: the script of a shell, and the offers that the script asks for."""

from __future__ import annotations

import argparse

from tui_trainer.cli.command import Command, Parser

SHELLS = ("bash", "zsh", "fish")


def _add_arguments(parser: Parser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="which shell it is for")
    parser.add_argument("--offer", action="store_true", help=argparse.SUPPRESS)  # for the scripts alone


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.completion import complete

    return complete(arguments)


COMPLETION = Command(
    summary="print a script that lets bash, zsh or fish complete all this",
    description="Print a script that lets a shell complete commands, options, presets, themes and settings.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog="The script's first lines say where to put it.",
)
