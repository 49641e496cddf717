"""`tui-trainer export`: a run in files."""

from __future__ import annotations

import argparse
import re

from tui_trainer.cli.arguments import add_data, add_preset, add_settings, whole
from tui_trainer.cli.command import EXIT_STATUS, Command, Parser, UsageError


def _add_arguments(parser: Parser) -> None:
    add_preset(parser, "a title, spelled loosely, a TOML file, a share code, or a recording")
    to = parser.add_argument(
        "--to",
        nargs="+",
        action="extend",
        metavar="NAME.EXT",
        help="files to write, such as run.csv or run.svg; the ending chooses the format (a wrong one lists them all)",
    )
    parser.offers[to] = "files"
    parser.add_argument("--force", action="store_true", help="overwrite files that exist")
    parser.add_argument("--at", type=_iteration, metavar="N", help="after N iterations (default: where the run ends)")
    add_settings(parser)
    add_data(parser)
    folder = parser.add_argument("--record", metavar="DIR", help="where recordings are (default: where they are kept)")
    parser.offers[folder] = "files"
    parser.add_argument("--panel", metavar="NAME", help="pictures: one panel instead of the whole screen")
    parser.add_argument(
        "--size", type=_size, default=(120, 40), metavar="COLUMNSxROWS", help="pictures: the screen (default: 120x40)"
    )
    theme = parser.add_argument("--theme", default="light", metavar="NAME", help="pictures: colours (default: light)")
    parser.offers[theme] = "themes"


def _iteration(text: str) -> int:
    return whole(text, 0, 1_000_000_000)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,3})[x×](\d{1,3})", text)
    if match and 20 <= int(match[1]) <= 300 and 6 <= int(match[2]) <= 100:
        return int(match[1]), int(match[2])
    raise argparse.ArgumentTypeError(f"{text!r} is not a size from 20x6 to 300x100")


def _carry_out(arguments: argparse.Namespace) -> int:
    if not arguments.preset and arguments.data is None:
        raise UsageError('which preset? "tui-trainer presets" lists them')
    if not arguments.to:
        raise UsageError('to which file? as in "tui-trainer export iris --to iris.csv"')
    from tui_trainer.cli.exporting import export

    return export(arguments)


EXPORT = Command(
    summary="write a run to files: numbers, weights, pictures, scripts",
    description="Train without a screen, or open a recording, and write numbers, weights, pictures and scripts.",
    add_arguments=_add_arguments,
    carry_out=_carry_out,
    epilog=EXIT_STATUS,
)
