"""`tui-trainer verify`: presets compared with their claims under many seeds."""

from __future__ import annotations

import argparse

from tui_trainer.cli.arguments import count
from tui_trainer.cli.command import Command, Parser, UsageError


def _add_arguments(parser: Parser) -> None:
    presets = parser.add_argument(
        "preset", nargs="*", metavar="PRESET", help="titles or TOML files (default: all presets)"
    )
    parser.offers[presets] = "presets"
    parser.add_argument("--seeds", type=count, default=20, metavar="N", help="seeds 0 to N − 1 (default: 20)")
    parser.add_argument("--plot", action="store_true", help="draw the median and the quartiles of each preset's losses")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each preset or arm")


def _carry_out(arguments: argparse.Namespace) -> int:
    if arguments.plot and arguments.json:
        raise UsageError("--plot draws, and --json is for programs: one of them")
    from tui_trainer.cli.verification import verify_presets

    return verify_presets(arguments)


VERIFY = Command(
    summary="run presets under many seeds and hold them to what they claim",
    description="Run presets under many seeds and hold them to what they claim in [expect]. Ctrl+C ends it with what "
    "the seeds so far have said.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog="exit status: 0 all hold, 1 some do not, 2 wrong usage or bad input, 129 the terminal went, 130 interrupted",
)
