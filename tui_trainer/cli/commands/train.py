"""`tui-trainer train`: a run without a screen."""

from __future__ import annotations

import argparse

from tui_trainer.cli.arguments import add_ascii, add_data, add_preset, add_record, add_settings, count
from tui_trainer.cli.command import EXIT_STATUS, Command, Parser


def _add_arguments(parser: Parser) -> None:
    add_preset(parser, "a title, spelled loosely, or a TOML file")
    add_settings(parser)
    add_data(parser)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--iterations", type=count, metavar="N", help="how many, in place of the preset's target")
    length.add_argument("--epochs", type=count, metavar="N", help="how many, in place of the preset's target")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    parser.add_argument("--no-timing", action="store_true", help="JSON without times: two equal runs give equal bytes")
    parser.add_argument("--plot", action="store_true", help="draw the loss curve at the end")
    parser.add_argument("--examine", action="store_true", help="list at the end every finding, whether it holds or not")
    add_ascii(parser)
    parser.add_argument(
        "--check-gradients", action="store_true", help="compare the gradient with differences of the loss first"
    )
    add_record(parser)


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.train import train

    return train(arguments)


TRAIN = Command(
    summary="train without a screen, with numbers, a plot or JSON at the end",
    description="Train without a screen. Ctrl+C ends the run at the next iteration, with its results.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog=EXIT_STATUS,
)
