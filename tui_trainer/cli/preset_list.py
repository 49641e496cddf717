"""`tui-trainer presets`: the list of presets for people and for scripts, and the check of files."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from tui_trainer.cli.safe_text import plain
from tui_trainer.dashboard.keys.keymap import keymap
from tui_trainer.exit_status import DONE
from tui_trainer.lessons.steps import Step
from tui_trainer.presets import Preset, PresetError, bundled, load, own
from tui_trainer.training import Trainer
from tui_trainer.training.summary import summary
from tui_trainer.wording import counted

LEAST_COLUMNS = 50


def list_presets(arguments: argparse.Namespace) -> int:
    """List the presets of the program, or check files. Raises `PresetError`."""
    if arguments.check is not None:
        return _check(arguments.check)
    if arguments.json:
        json.dump([_plain(preset) for preset in (*bundled(), *own())], sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_table((*bundled(), *own()), shutil.get_terminal_size().columns))
    return DONE


def _check(names: Sequence[str]) -> int:
    """Say of every file whether it is good. Raises `PresetError` with the mistakes of all that are not."""
    mistakes = []
    for path in _files(names):
        try:
            print(plain(_checked(path)))
        except PresetError as error:
            mistakes.append(str(error))
    if mistakes:
        raise PresetError("\n".join(mistakes))
    return DONE


def _files(names: Sequence[str]) -> Iterator[Path]:
    """The files, and those in the folders."""
    for path in (Path(name).expanduser() for name in names):
        inside = sorted(path.glob("*.toml"))
        if path.is_dir() and not inside:
            raise PresetError(f"{path}: no TOML files in this folder")
        yield from inside if path.is_dir() else (path,)


def _checked(path: Path) -> str:
    """A line about a good file. Raises `PresetError`."""
    preset = load(path, complete=True)
    if mistakes := unknown_keys(preset.steps):
        raise PresetError("\n".join(f"{path}: {each}" for each in mistakes))
    trainers = [Trainer(experiment) for _, experiment in preset.experiments()]
    arms = f" · {len(trainers)} arms" if preset.arms else ""
    steps = f" · {counted(len(preset.steps), 'step')}" if preset.steps else ""
    contents = f"{summary(trainers[0])}{arms} · {trainers[0].target:,} iterations{steps}"
    return f"{path}: good. {preset.title} · {contents}"


def unknown_keys(steps: Sequence[Step]) -> list[str]:
    """A mistake for each step that waits for a key without a meaning."""
    known = {key for action in keymap() for key in action.keys}
    return [
        f"step {number}: run.until = 'key:{step.run.key}': no such key; the help lists them all"
        for number, step in enumerate(steps, start=1)
        if step.run is not None and step.run.key and step.run.key not in known
    ]


def _plain(preset: Preset) -> dict[str, Any]:
    """The preset for JSON. `experiment` has every key with its value in force."""
    return {
        "title": preset.title,
        "family": preset.family,
        "order": preset.order,
        "question": preset.question,
        "watch": preset.watch,
        "text": preset.text,
        "path": str(preset.path),
        "experiment": preset.experiment().tables,
        "expect": None if preset.expect is None else to_builtins(preset.expect),
        "arms": to_builtins(preset.arms),
    }


def _table(presets: tuple[Preset, ...], columns: int) -> str:
    """Title and question side by side, under the headings of the families. The question is wrapped to the remaining
    columns."""
    first = max(len(preset.title) for preset in presets) + 4
    room = max(columns, LEAST_COLUMNS) - first - 1
    lines: list[str] = []
    for family, members in groupby(presets, lambda preset: preset.family):
        lines += [*([""] if lines else []), family]
        for preset in members:
            question = textwrap.wrap(preset.question, max(room, 10)) or [""]
            lines.append(f"  {preset.title:<{first - 2}}{question[0]}")
            lines += [" " * first + rest for rest in question[1:]]
    return "\n".join(lines) + "\n"
