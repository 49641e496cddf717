"""`tui-trainer runs`: the list of recordings, for people and for scripts; deleting one, and bringing it back."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import datetime
from pathlib import Path

from msgspec import to_builtins

from tui_trainer.cli.columns import Rows, aligned, without_empty_columns
from tui_trainer.cli.plain import plain
from tui_trainer.cli.status import DONE
from tui_trainer.recordings.files import RecordingError
from tui_trainer.recordings.folder import GRACE_SECONDS, QUOTA, is_locked, recordings_folder
from tui_trainer.recordings.listing import Listed, deleted, find, kept_in, listed, restored

NOTHING = 'nothing is recorded yet: every run on the screen is, as in "tui-trainer iris"'


def known_folder(given: str | None) -> Path:
    """The folder of all recordings. Raises `RecordingError` without a home folder."""
    root = recordings_folder(os.environ, given)
    if root is None:
        raise RecordingError("there is no home folder for recordings; --record DIR names another one")
    return root


def runs(arguments: argparse.Namespace) -> int:
    """List the recordings, or delete one. Raises `RecordingError`."""
    root = known_folder(arguments.record)
    if arguments.delete is not None:
        path = find(root, arguments.delete)
        if is_locked(path):
            raise RecordingError(f"{path.name} is being recorded just now: leave that run first")
        deleted(path)
        hours = f"{GRACE_SECONDS / 3600:.0f} hours"
        print(plain(f'{path.name} is deleted; for {hours} "tui-trainer runs --restore {path.name}" brings it back'))
        return DONE
    if arguments.restore is not None:
        print(plain(f"{restored(root, arguments.restore).name} is there again"))
        return DONE
    entries, complaints = [], []
    for path in reversed(kept_in(root)):
        try:
            entries.append(listed(path))
        except RecordingError as error:
            complaints.append(str(error))
    if arguments.json:
        json.dump(to_builtins(entries, enc_hook=str), sys.stdout, indent=2)
        sys.stdout.write("\n")
    elif entries:
        print(*map(plain, _table(entries)), sep="\n")
        print(f"\n{root}: at most {QUOTA / 1e6:.0f} MB, the oldest go first")
    else:
        print(NOTHING)
    for complaint in complaints:
        print(f"tui-trainer: {plain(complaint)}", file=sys.stderr)
    return DONE


def _table(entries: list[Listed]) -> list[str]:
    rows: Rows = [("name", "arm", "state", "since", "iterations", "training loss", "validation loss", "finding")]
    for entry in entries:
        whole = entry.name, entry.state, local_time(entry.since)
        for arm in entry.arms:
            name = arm.name if len(entry.arms) > 1 else ""
            losses = ["" if loss is None else f"{loss:.4g}" for loss in (arm.train_loss, arm.validation_loss)]
            rows.append((whole[0], name, *whole[1:], f"{arm.iteration:,}", *losses, arm.finding))
            whole = "", "", ""
        if not entry.arms:
            rows.append((whole[0], "", *whole[1:], "", "", "", ""))
    return aligned(without_empty_columns(rows))


def local_time(time: str) -> str:
    """A time in UTC in the words of this place; as it is if it is none."""
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return time
