"""`tui-trainer resume`: a recorded run goes on."""

from __future__ import annotations

import argparse

from tui_trainer.cli.arguments import add_appearance, add_record, add_recording
from tui_trainer.cli.command import EXIT_STATUS, Command, Parser


def _add_arguments(parser: Parser) -> None:
    add_recording(parser)
    parser.add_argument("--paused", action="store_true", help="open standing still")
    add_appearance(parser)
    add_record(parser)


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.recorded_screen import resume

    return resume(arguments)


RESUME = Command(
    summary="go on with a recorded run where it was left or cut off",
    description="Go on with a recorded run where it was left or cut off: bit for bit on the same kind of processor.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog=EXIT_STATUS,
)
