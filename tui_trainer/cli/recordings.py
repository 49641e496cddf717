"""`tui-trainer runs`: the list of recordings, for people and for scripts; deleting one, and bringing it back."""

from __future__ import annotations

import argparse
import json
import math
import os
import shlex
import shutil
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import to_builtins

from tui_trainer.cli.columns import Rows, aligned, fitting, without_empty_columns
from tui_trainer.cli.safe_text import complain, plain
from tui_trainer.exit_status import DONE
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.folder import GRACE_SECONDS, QUOTA, recordings_folder
from tui_trainer.recordings.listing import Listed, deleted, find, kept_in, listed, none_in, option_for, restored

if TYPE_CHECKING:
    from tui_trainer.preferences import Preferences  # loads the engine, and the list is there without it

SPARE = "since", "training", "iterations", "arm"
"""Columns that a narrow terminal does without, the first ones first. The name begins with a date anyway."""


def recorded_in(arguments: argparse.Namespace, preferences: Preferences) -> Path | None:
    """The folder in which runs are to be recorded; None if they are not."""
    if arguments.no_record or not (preferences.record or arguments.record is not None):
        return None
    return recordings_folder(os.environ, arguments.record)


def known_folder(given: str | None) -> Path:
    """The folder of all recordings. Raises `RecordingError` without a home folder."""
    root = recordings_folder(os.environ, given)
    if root is None:
        raise RecordingError("there is no home folder for recordings; --record DIR names another one")
    return root


def kept_words(path: Path) -> str:
    """What a person can do with the recording of a run that has just ended, as commands."""
    is_usual = path.parent == recordings_folder(os.environ)
    name = shlex.quote(path.name if is_usual else str(path))
    return f'recorded{_how_far(path)}: "tui-trainer resume {name}" goes on, "replay" in its place shows it again'


def _how_far(path: Path) -> str:
    """Where a recording has stopped that does not have the end of its run: a disk was full; "" where it has."""
    with suppress(RecordingError):
        entry = listed(path)
        if entry.state == "cut off" and entry.arms:
            return f" up to iteration {max(arm.iteration for arm in entry.arms):,} only"
    return ""


def runs(arguments: argparse.Namespace) -> int:
    """List the recordings, or delete one. Raises `RecordingError`."""
    root = known_folder(arguments.record)
    if arguments.delete is not None:
        path = find(root, arguments.delete)
        deleted(path)
        back = f"tui-trainer runs --restore {path.name}{option_for(path.parent)}"
        print(plain(f'{path.name} is deleted; for {GRACE_SECONDS / 3600:.0f} hours "{back}" brings it back'))
        return DONE
    if arguments.restore is not None:
        print(plain(f"{restored(root, arguments.restore).name} is there again"))
        return DONE
    entries, complaints = [], []
    for path in reversed(kept_in(root)):
        try:
            entries.append(listed(path))
        except RecordingError as error:
            if path.exists():  # or else another program has removed it meanwhile
                complaints.append(str(error))
    if arguments.json:
        json.dump(to_builtins(entries, enc_hook=str), sys.stdout, indent=2)
        sys.stdout.write("\n")
    elif entries:
        print(*map(plain, _table(entries)), sep="\n")
        print(f"\n{root}: at most {QUOTA / 1e6:.0f} MB, the oldest go first")
        goes_on, shows, deletes = (f"{word} NAME{option_for(root)}" for word in ("resume", "replay", "runs --delete"))
        print(plain(f"tui-trainer {goes_on} goes on, {shows} shows it again, {deletes} deletes it"))
    else:
        print(plain(f"there are no recordings: {none_in(root)}"))
    for complaint in complaints:
        complain(complaint)
    return DONE


def _table(entries: list[Listed]) -> list[str]:
    rows: Rows = [("name", "arm", "state", "since", "iterations", "training", "validation", "finding")]
    for entry in entries:
        whole = entry.name, entry.state, local_time(entry.since)
        for arm in entry.arms:
            name = arm.name if len(entry.arms) > 1 else ""
            losses = ["" if loss is None else f"{loss:.4g}" for loss in (arm.train_loss, arm.validation_loss)]
            rows.append((whole[0], name, *whole[1:], f"{arm.iteration:,}", *losses, arm.finding))
            whole = "", "", ""
        if not entry.arms:
            rows.append((whole[0], "", *whole[1:], "", "", "", ""))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else math.inf
    return aligned(fitting(without_empty_columns(rows), width, SPARE))


def local_time(time: str) -> str:
    """A time in UTC in the words of this place; as it is if it is none."""
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return time
