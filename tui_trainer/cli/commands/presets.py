"""`tui-trainer presets`: the list of presets, or a check of files."""

from __future__ import annotations

import argparse

from tui_trainer.cli.command import Command, Parser
from tui_trainer.exit_status import DONE


def _add_arguments(parser: Parser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything about every preset, as a JSON list")
    form.add_argument("--titles", action="store_true", help="the titles alone, one a line")
    check = parser.add_argument(
        "--check", nargs="+", metavar="FILE", help="say whether these files or folders would open, and what is wrong"
    )
    parser.offers[check] = "preset files"


def _carry_out(arguments: argparse.Namespace) -> int:
    if arguments.titles:
        from tui_trainer.preset_files import titles  # needs no engine, which takes a while to import

        print("\n".join(titles()))
        return DONE
    from tui_trainer.cli.preset_list import list_presets

    return list_presets(arguments)


PRESETS = Command(
    summary="list the presets, or check files",
    description="The presets, in their order.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
)
