"""`tui-trainer data`: what is understood of a table."""

from __future__ import annotations

import argparse

from tui_trainer.cli.arguments import add_table_options
from tui_trainer.cli.command import EXIT_STATUS, Command, Parser


def _add_arguments(parser: Parser) -> None:
    parser.offers[parser.add_argument("data", metavar="FILE", help="a table; - reads a pipe")] = "files"
    add_table_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    kept = parser.add_argument("--save-preset", metavar="FILE", help="write a preset that trains on this table")
    parser.offers[kept] = "files"


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.tables import report

    return report(arguments)


DATA = Command(
    summary="say what is understood of a table, without training",
    description="Say what a table holds: target, classes, inputs, missing values, what is left out and why.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog=EXIT_STATUS,
)
