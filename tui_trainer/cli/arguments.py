"""What may stand on the command line. Nothing heavy is imported here, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from typing import Literal, NoReturn

from tui_trainer import __version__

DEFAULT_PRESET = "lr just right"

COMMANDS = {
    "train": "train without a screen, with numbers, a plot or JSON at the end",
    "presets": "list the presets, or check a file",
    "verify": "run presets under many seeds and hold them to what they claim",
    "completion": "print a script that lets bash, zsh or fish complete all this",
}
PAINTERS = ("cells", "textual")
SHELLS = ("bash", "zsh", "fish")
RESERVED = (
    *("runs", "replay", "resume", "export", "sweep", "lr-find", "lessons", "watch", "doctor"),
    *COMMANDS,
)
"""Words that no preset may take: commands, also those that other versions have."""

LEAST_KILOBYTES = 4.0
"""A second, for the screen: a frame every second or two."""

LARGEST_SEED = 2**32 - 1

EPILOG = "commands (each has a --help of its own):\n" + "\n".join(
    f"  {name:<11} {what}" for name, what in COMMANDS.items()
)
EXIT_STATUS = (
    "exit status: 0 done, 1 failed, 2 wrong usage or bad input, 129 the terminal went, 130 interrupted. A run that "
    "diverges is a "
    "result, not a failure."
)


class UsageError(ValueError):
    """Words on the command line that mean nothing; the text is for the person who wrote them."""


class _Parser(argparse.ArgumentParser):
    """One clear message in place of the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f'{message}; "{self.prog} --help" says what there is')

    @property
    def options(self) -> dict[str, bool]:
        """The long name of every option, and whether it takes a value."""
        return {
            name: action.nargs != 0
            for action in self._actions
            for name in action.option_strings
            if name.startswith("--")
        }


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The command (attribute `command`, "screen" when there is none) and its options. Raises `UsageError`.

    `--help` and `--version` print and leave with `SystemExit`.
    """
    command = words[0] if words and words[0] in COMMANDS else "screen"
    parser = _PARSERS[command]()
    parsed = parser.parse_intermixed_args(words if command == "screen" else words[1:])
    parsed.command = command
    if command in ("screen", "train"):
        name = " ".join(parsed.preset)
        if name in RESERVED:
            raise UsageError(_reserved(name))
        if name and parsed.named:
            raise UsageError(f'one preset, please: "{name}" or --preset "{parsed.named}"')
        parsed.preset = parsed.named or name
        if command == "train" and not parsed.preset:
            raise UsageError('which preset? "tui-trainer presets" lists them')
    return parsed


def options_of(command: str) -> dict[str, bool]:
    """The options of a command ("screen" is the one without a word), and whether each takes a value."""
    return _PARSERS[command]().options


def _reserved(name: str) -> str:
    if name in COMMANDS:
        return f'"{name}" is a command and comes first; a preset of that name is --preset {name}'
    return f'"{name}" is kept for a command that this version does not have; a preset of that name is --preset {name}'


def _screen() -> _Parser:
    parser = _Parser(
        prog="tui-trainer",
        description="See a neural network learn, live in a terminal.",
        epilog=f"{EPILOG}\n\n{EXIT_STATUS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tui-trainer {__version__}")
    _preset(parser, f'what to train: a title, spelled loosely, or a TOML file (default: "{DEFAULT_PRESET}")')
    _settings(parser)
    parser.add_argument("--paused", action="store_true", help="open standing still")
    parser.add_argument("--pace", type=_pace, metavar="N|max", help="iterations a second on screen")
    parser.add_argument("--theme", metavar="NAME", help="colours: the key t goes through all themes")
    _ascii(parser)
    parser.add_argument(
        "--painter",
        choices=PAINTERS,
        help="send only what changed (cells, the default), or leave the drawing to Textual",
    )
    parser.add_argument(
        "--max-kb",
        type=_kilobytes,
        metavar="N",
        help=f"for a slow line: kilobytes a second, at least {LEAST_KILOBYTES:g}; keys are answered at once",
    )
    return parser


def _train() -> _Parser:
    parser = _Parser(
        prog="tui-trainer train",
        description="Train without a screen. Ctrl+C ends the run at the next iteration, with its results.",
        epilog=EXIT_STATUS,
        allow_abbrev=False,
    )
    _preset(parser, "a title, spelled loosely, or a TOML file")
    _settings(parser)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--iterations", type=_count, metavar="N", help="so many, in place of the preset's target")
    length.add_argument("--epochs", type=_count, metavar="N", help="so many, in place of the preset's target")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    parser.add_argument("--plot", action="store_true", help="draw the loss curve at the end")
    _ascii(parser)
    parser.add_argument(
        "--check-gradients", action="store_true", help="compare the gradient with differences of the loss first"
    )
    return parser


def _presets() -> _Parser:
    parser = _Parser(prog="tui-trainer presets", description="The presets, in their order.", allow_abbrev=False)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything about every preset, as a JSON list")
    form.add_argument("--titles", action="store_true", help="the titles alone, one a line")
    parser.add_argument("--check", metavar="FILE", help="say whether this file would open, and what is wrong")
    return parser


def _verify() -> _Parser:
    parser = _Parser(
        prog="tui-trainer verify",
        description="Run presets under many seeds and hold them to what they claim in [expect].",
        epilog="exit status: 0 all hold, 1 some do not, 2 wrong usage or bad input, 129 the terminal went, "
        "130 interrupted",
        allow_abbrev=False,
    )
    parser.add_argument("preset", nargs="*", metavar="PRESET", help="titles or TOML files (default: all presets)")
    parser.add_argument("--seeds", type=_count, default=20, metavar="N", help="seeds 0 to N − 1 (default: 20)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each preset or arm")
    return parser


def _completion() -> _Parser:
    parser = _Parser(
        prog="tui-trainer completion",
        description="Print a script that lets a shell complete commands, options, presets, themes and settings.",
        epilog="The script's first lines say where to put it.",
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=SHELLS, help="which shell it is for")
    return parser


_PARSERS = {
    "screen": _screen,
    "train": _train,
    "presets": _presets,
    "verify": _verify,
    "completion": _completion,
}


def _preset(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("preset", nargs="*", metavar="PRESET|FILE.toml", help=text)
    parser.add_argument("--preset", dest="named", metavar="NAME", help="the same, for a name that is a command")


def _settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="another value for a key of the file, such as optimizer.learning_rate=0.1; may be repeated",
    )
    parser.add_argument("--seed", type=_seed, metavar="N", help="data, weights, order, dropout: all at once")


def _ascii(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        help="draw with ASCII alone, or with Unicode, whatever the locale and TERM say (default: as they say)",
    )


def _count(text: str) -> int:
    return _whole(text, 1, 1_000_000_000)


def _seed(text: str) -> int:
    return _whole(text, 0, LARGEST_SEED)


def _whole(text: str, low: int, high: int) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 12 and low <= int(text) <= high:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")


def _kilobytes(text: str) -> float:
    try:
        kilobytes = float(text)
    except ValueError:
        kilobytes = math.nan
    if LEAST_KILOBYTES <= kilobytes <= 1e6:
        return kilobytes
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from {LEAST_KILOBYTES:g} to 1000000")


def _pace(text: str) -> float | Literal["max"]:
    if text == "max":
        return "max"
    try:
        pace = float(text)
    except ValueError:
        pace = math.nan
    if 0 < pace <= 1e6:
        return pace
    raise argparse.ArgumentTypeError(f'{text!r} is neither "max" nor a number above 0 to 1000000')
