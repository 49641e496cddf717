"""`tui-trainer presets`: the list of presets for people and for scripts, and the check of a file."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import textwrap
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from tui_trainer.cli.plain import plain
from tui_trainer.cli.status import DONE
from tui_trainer.presets import Preset, bundled, load, own
from tui_trainer.training import Trainer
from tui_trainer.training.summary import summary

LEAST_COLUMNS = 50


def list_presets(arguments: argparse.Namespace) -> int:
    """List the presets of the program, or check one file. Raises `PresetError`."""
    if arguments.check is not None:
        return _check(Path(arguments.check).expanduser())
    if arguments.json:
        json.dump([_plain(preset) for preset in (*bundled(), *own())], sys.stdout, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_table((*bundled(), *own()), shutil.get_terminal_size().columns))
    return DONE


def _check(path: Path) -> int:
    preset = load(path, complete=True)
    trainers = [Trainer(experiment) for _, experiment in preset.experiments()]
    arms = f" · {len(trainers)} arms" if preset.arms else ""
    steps = f" · {len(preset.steps)} step{'s' * (len(preset.steps) != 1)}" if preset.steps else ""
    contents = f"{summary(trainers[0])}{arms} · {trainers[0].target:,} iterations{steps}"
    print(plain(f"{path}: good. {preset.title} · {contents}"))
    return DONE


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
