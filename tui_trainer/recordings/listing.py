"""The list of recordings and what became of each; how one is found by its name, deleted and brought back.

Nothing here needs the engine, so the list is there at once.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from tui_trainer.recordings.files import RecordingError, entries_of, opened
from tui_trainer.recordings.folder import (
    DELETED,
    FORMAT,
    HEADER,
    JOURNAL,
    VERSION,
    alone,
    is_empty,
    is_locked,
    is_recording,
    last_changed,
    last_written,
    recordings_folder,
    recordings_in,
)
from tui_trainer.setting_error import nearest

TAIL = 4_096
"""Bytes at the end of a journal in which the list looks for the last summary."""


MOST_NAMED = 3
"""The most names that a message about several recordings lists."""


class Header(Struct, frozen=True, kw_only=True):
    """The header of a recording, written at its start."""

    format: str
    version: int
    program: str = ""
    title: str
    started: str
    """Date and time in UTC, ISO 8601."""


class ArmSummary(Struct, frozen=True, kw_only=True):
    letter: str
    name: str
    iteration: int
    train_loss: float | None = None
    validation_loss: float | None = None
    finding: str = ""
    """The headline."""


class Summary(Struct, frozen=True, kw_only=True, tag="summary", tag_field="kind"):
    """A line of the journal that says where the run stands."""

    time: str
    status: str
    arms: tuple[ArmSummary, ...]
    left: bool = False
    """Whether the program was left properly here."""


class Listed(Struct, frozen=True, kw_only=True):
    name: str
    path: Path
    title: str
    started: str
    state: str
    """"running", "cut off", "empty" (cut off before its first state), "left" before its end (by a person or a signal),
    or how it ended: "finished", …"""
    since: str
    """When that began, as far as it is known."""
    arms: tuple[ArmSummary, ...]


def header_of(path: Path) -> Header:
    """The header of a recording. Raises `RecordingError`."""
    try:
        with opened(path / HEADER) as file:
            header = msgspec.json.decode(file.read(), type=Header)
    except OSError as error:
        raise RecordingError(f"{path} is no recording: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise RecordingError(f"{path / HEADER} is damaged: {error}") from None
    if header.format != FORMAT:
        raise RecordingError(f"{path} is no recording of tui-trainer")
    if header.version != VERSION:
        age = "a newer" if header.version > VERSION else "an older"
        raise RecordingError(
            f"{path} was recorded by {age} tui-trainer (format {header.version}; this one reads {VERSION})"
        )
    return header


def kept_in(root: Path) -> list[Path]:
    """The folders of all recordings that were not deleted, the oldest first."""
    return sorted(path for path in recordings_in(root) if not path.name.startswith(DELETED))


def none_in(root: Path) -> str:
    """Words for an empty list: why there are no recordings, and how to get one, by bringing back the one deleted last
    or by making the first."""
    if gone := [path for path in recordings_in(root) if path.name.startswith(DELETED)]:
        name = max(gone, key=lambda path: last_changed(path, 0.0)).name.removeprefix(DELETED)
        return f'all are deleted; "tui-trainer runs --restore {name}{option_for(root)}" brings the last one back'
    return 'every run of a minute or with a change by hand is recorded, as in "tui-trainer iris"'


def listed(path: Path) -> Listed:
    """An entry of the list. Raises `RecordingError`."""
    is_running = is_locked(path)  # first: its program may come to its end meanwhile
    header, last = header_of(path), None
    for entry in entries_of(_tail(path / JOURNAL)):
        if entry.get("kind") == "summary":
            last = entry
    try:
        summary = None if last is None else msgspec.convert(last, Summary)
    except msgspec.ValidationError as error:
        raise RecordingError(f"{path / JOURNAL} is damaged: {error}") from None
    state = "running" if is_running else "empty" if is_empty(path) else "cut off"
    if summary is not None and summary.left and state == "cut off":
        state = "left" if summary.status in ("running", "paused") else summary.status
    return Listed(
        name=path.name,
        path=path,
        title=header.title,
        started=header.started,
        state=state,
        since=header.started if summary is None or state == "running" else summary.time,
        arms=() if summary is None else summary.arms,
    )


def find(root: Path, name: str = "") -> Path:
    """The folder of the recording with this name, or the beginning of one, or at this path; without a name the one
    written last, if possible one that can go on, by a program that has ended. Raises `RecordingError`."""
    paths = kept_in(root)
    if not name:
        if not paths:
            raise RecordingError(f"there are no recordings in {root}: {none_in(root)}")
        return max(paths, key=lambda path: (not is_empty(path), not is_locked(path), last_written(path)))
    names = [path.name for path in paths]
    if found := _begun_by(name, names):
        return root / found
    if is_recording(Path(name)):
        return Path(os.path.abspath(name))
    raise RecordingError(f'no recording "{name}"{nearest(name, names)}; "tui-trainer runs" lists them')


def _begun_by(beginning: str, names: Sequence[str]) -> str:
    """The name that is, or that alone begins with, `beginning`; "" if there is none. Raises `RecordingError`."""
    found = [name for name in names if name == beginning] or [name for name in names if name.startswith(beginning)]
    if len(found) > 1:
        some = ", ".join(found[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")
        raise RecordingError(f'"{beginning}" begins the names of {len(found)} recordings: {some}')
    return found[0] if found else ""


def _tail(path: Path) -> bytes:
    """The last bytes of a file; none if there is no file. Raises `RecordingError`."""
    try:
        with opened(path) as file:
            file.seek(max(os.fstat(file.fileno()).st_size - TAIL, 0))
            return file.read(TAIL)
    except OSError:
        return b""


def deleted(path: Path) -> None:
    """Delete a recording. For a while it can be restored. Raises `RecordingError` if a program writes it just now, and
    `OSError`."""
    aside = path.with_name(DELETED + path.name)
    with alone(path):
        if aside.exists():
            raise RecordingError(f"{aside} is in the way: a recording of this name was deleted before")
        try:
            os.utime(path)  # the grace period begins
        except OSError as error:  # it does not name the file itself
            raise OSError(error.errno, error.strerror, str(path)) from None
        path.rename(aside)


def restored(root: Path, name: str) -> Path:
    """Bring a deleted recording back. Raises `RecordingError` and `OSError`."""
    names = [path.name.removeprefix(DELETED) for path in recordings_in(root) if path.name.startswith(DELETED)]
    found = _begun_by(name, names) if name else ""
    if not found:
        raise RecordingError(f'no deleted recording "{name}"{nearest(name, names)}')
    path = root / found
    with alone(root / (DELETED + found)):
        if path.exists():
            raise RecordingError(f"{path} is in the way: there is another recording of this name")
        (root / (DELETED + found)).rename(path)
    return path


def option_for(root: Path) -> str:
    """The option that a command about recordings in this folder needs, with a blank before it; "" for the usual one."""
    return "" if root == recordings_folder(os.environ) else f" --record {shlex.quote(str(root))}"
