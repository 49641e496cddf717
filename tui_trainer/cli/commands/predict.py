"""`tui-trainer predict`: the answers of a trained network for the rows of another table."""

from __future__ import annotations

import argparse

from tui_trainer.cli.command import EXIT_STATUS, Command, Parser


def _add_arguments(parser: Parser) -> None:
    trained = parser.add_argument(
        "trained", metavar="PRESET|RUN", help="a preset, which is trained first, or a recording as it was left"
    )
    parser.offers[trained] = "presets"
    parser.offers[parser.add_argument("rows", metavar="FILE", help="a table with the same columns; - reads a pipe")] = (
        "files"
    )
    to = parser.add_argument(
        "--to", metavar="FILE", help="where to write the answers as CSV (default: standard output)"
    )
    folder = parser.add_argument("--record", metavar="DIR", help="where recordings are (default: where they are kept)")
    parser.offers |= {to: "files", folder: "files"}


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.tables import predict

    return predict(arguments)


PREDICT = Command(
    summary="answer the rows of a table with a trained network",
    description="Answer the rows of a table with a network that has learnt from another one: a CSV with the line of "
    "each row, the answer, and the probability of each class.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog=EXIT_STATUS,
)
