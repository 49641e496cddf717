"""Arguments of several commands, and the types of their values."""

from __future__ import annotations

import argparse
import math
from typing import Literal

from tui_trainer.cli.command import Parser

DEFAULT_PRESET = "lr just right"
"""What the screen trains if nothing is asked for."""

LEAST_KILOBYTES = 4.0
"""The smallest `--max-kb`, in kilobytes a second: a frame every second or two."""

LARGEST_SEED = 2**32 - 1

COLUMNS = "--columns"
"""The option whose value may begin with a minus."""


def add_preset(parser: Parser, text: str) -> None:
    """Add a preset, given by its words or by an option. `cli.parse` puts either into the attribute `preset`."""
    words = parser.add_argument("preset", nargs="*", metavar="PRESET|FILE.toml", help=text)
    named = parser.add_argument("--preset", dest="named", metavar="NAME", help="the same, for a name that is a command")
    parser.offers |= {words: "presets", named: "presets"}


def add_settings(parser: Parser) -> None:
    action = parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="another value for a key of the file, such as optimizer.learning_rate=0.1; may be repeated",
    )
    parser.offers[action] = "settings"
    parser.add_argument("--seed", type=seed, metavar="N", help="data, weights, order, dropout: all at once")


def add_data(parser: Parser) -> None:
    """Add a table of the person's own, and what is said about it instead of being found out."""
    data = parser.add_argument("--data", metavar="FILE", help='train on a table (CSV and its like); "-" reads a pipe')
    parser.offers[data] = "files"
    add_table_options(parser)


def add_table_options(parser: Parser) -> None:
    """Add what a person can say about a table."""
    group = parser.add_argument_group("about the table, instead of what would be found out")
    for option, key, metavar, text in (
        ("--target", "target", "COLUMN", "the column to predict, by name or by number from 1"),
        ("--missing", "missing", "RULE", "missing values: indicator, mean, drop or refuse"),
        ("--task", "task", "TASK", "classification or regression"),
        (COLUMNS, "columns", "A,B,…", "the inputs; with a - before them those to leave out"),
        ("--split", "split", "COLUMN", "the column that says which rows are held out"),
        ("--validation-data", "validation_file", "FILE", "a second table, whose rows are held out"),
        ("--target-file", "target_file", "FILE", "a table of one column with the target of each row"),
        ("--delimiter", "delimiter", "SIGN", "what separates two cells"),
        ("--decimal", "decimal", "SIGN", "the decimal sign of its numbers: point or comma"),
        ("--encoding", "encoding", "NAME", "how the text is encoded"),
    ):
        group.add_argument(option, dest=f"data_{key}", metavar=metavar, help=text)
    group.add_argument(
        "--ordered", dest="data_ordered", action="store_const", const=True, help="hold the last rows out, not any"
    )
    group.add_argument(
        "--header",
        dest="data_header",
        action=argparse.BooleanOptionalAction,
        help="whether a line of names comes first",
    )


def add_ascii(parser: Parser) -> None:
    parser.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        help="draw with ASCII alone, or with Unicode, whatever the locale and TERM say (default: as they say)",
    )


def add_appearance(parser: Parser) -> None:
    """Add what decides how the screen looks."""
    theme = parser.add_argument("--theme", metavar="NAME", help="colours: the key t goes through all themes")
    parser.offers[theme] = "themes"
    add_ascii(parser)
    parser.add_argument(
        "--painter",
        choices=("cells", "textual"),
        help="send only what changed (cells, the default), or leave the drawing to Textual",
    )
    parser.add_argument(
        "--max-kb",
        type=kilobytes,
        metavar="N",
        help=f"for a slow line: kilobytes a second, at least {LEAST_KILOBYTES:g}; replies to keys are not delayed",
    )


def add_recording(parser: Parser) -> None:
    text = "its name in `tui-trainer runs`, the beginning of it, or its folder (default: the latest)"
    name = parser.add_argument("recording", nargs="?", default="", metavar="NAME", help=text)
    parser.offers[name] = "recordings"


def add_record(parser: Parser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--no-record", action="store_true", help="keep no recording of this run")
    folder = where.add_argument("--record", metavar="DIR", help="keep the recording in this folder")
    parser.offers[folder] = "files"


def count(text: str) -> int:
    return whole(text, 1, 1_000_000_000)


def seed(text: str) -> int:
    return whole(text, 0, LARGEST_SEED)


def whole(text: str, low: int, high: int) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 12 and low <= int(text) <= high:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")


def kilobytes(text: str) -> float:
    number = _number(text)
    if LEAST_KILOBYTES <= number <= 1e6:
        return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from {LEAST_KILOBYTES:g} to 1000000")


def pace(text: str) -> float | Literal["max"]:
    if text == "max":
        return "max"
    number = _number(text)
    if 0 < number <= 1e6:
        return number
    raise argparse.ArgumentTypeError(f'{text!r} is neither "max" nor a number above 0 to 1000000')


def _number(text: str) -> float:
    """NaN if the text is not a number."""
    try:
        return float(text)
    except ValueError:
        return math.nan
