"""`tui-trainer` without a command: the screen."""

from __future__ import annotations

import argparse

from tui_trainer import __version__
from tui_trainer.cli.arguments import (
    DEFAULT_PRESET,
    add_appearance,
    add_data,
    add_preset,
    add_record,
    add_settings,
    pace,
)
from tui_trainer.cli.command import EXIT_STATUS, Command, Parser


def _add_arguments(parser: Parser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = [f"  {name:<11} {command.summary}" for name, command in parser.commands.items() if name]
    status = f"{EXIT_STATUS} lessons --grade: 5 a task was not met."
    parser.epilog = "\n".join(["commands (each has a --help of its own):", *commands, "", status])
    parser.add_argument("--version", action="version", version=f"tui-trainer {__version__}")
    add_preset(parser, f'what to train: a title, spelled loosely, or a TOML file (default: "{DEFAULT_PRESET}")')
    add_settings(parser)
    add_data(parser)
    parser.add_argument("--paused", action="store_true", help="open standing still")
    parser.add_argument("--pace", type=pace, metavar="N|max", help="iterations a second on screen")
    add_appearance(parser)
    add_record(parser)


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.process import postpone_collection

    postpone_collection()
    from tui_trainer.cli.screen import open_screen

    return open_screen(arguments)


SCREEN = Command(
    summary="the screen",
    description="See a neural network learn, live in a terminal.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
)
