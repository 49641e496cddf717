"""`tui-trainer replay`: a recorded run is seen again."""

from __future__ import annotations

import argparse

from tui_trainer.cli.arguments import add_appearance, add_record, add_recording, pace
from tui_trainer.cli.command import EXIT_STATUS, Command, Parser


def _add_arguments(parser: Parser) -> None:
    add_recording(parser)
    parser.add_argument("--paused", action="store_true", help="open standing still, at the start")
    parser.add_argument("--pace", type=pace, metavar="N|max", help="iterations a second")
    add_appearance(parser)
    add_record(parser)


def _carry_out(arguments: argparse.Namespace) -> int:
    from tui_trainer.cli.recorded_screen import replay

    return replay(arguments)


REPLAY = Command(
    summary="see a recorded run again",
    description="See a recorded run again, from its start to its end. Nothing of it is changed.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog=EXIT_STATUS,
)
