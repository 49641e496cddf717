"""`tui-trainer runs`: the recordings."""

from __future__ import annotations

import argparse

from tui_trainer.cli.command import Command, Parser


def _add_arguments(parser: Parser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="as a JSON list")
    delete = what.add_argument("--delete", metavar="NAME", help="delete a recording; for a day it can be brought back")
    parser.offers[delete] = "recordings"
    what.add_argument("--restore", metavar="NAME", help="bring a deleted recording back")
    folder = parser.add_argument("--record", metavar="DIR", help="the recordings in this folder")
    parser.offers[folder] = "files"


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.recordings import runs

    return runs(arguments)


RUNS = Command(
    summary="list the recordings of runs, or delete one",
    description="The recordings of runs, the newest first.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
)
