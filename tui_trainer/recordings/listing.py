"""The list of recordings: what became of each; finding one by its name, deleting one and bringing it back.

Nothing here needs the engine, so the list is there at once.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from tui_trainer.recordings.files import RecordingError, entries_of
from tui_trainer.recordings.folder import (
    DELETED,
    FORMAT,
    HEADER,
    JOURNAL,
    VERSION,
    is_locked,
    is_recording,
    last_written,
    recordings_in,
)
from tui_trainer.setting_error import nearest

TAIL = 4_096
"""Bytes at the end of a journal in which the list looks for the last summary."""


class Header(Struct, frozen=True, kw_only=True):
    """What a recording says of itself at its start."""

    format: str
    version: int
    program: str = ""
    title: str
    started: str
    """Date and time in UTC, ISO 8601."""


class ArmSummary(Struct, frozen=True, kw_only=True):
    """One arm in the latest summary."""

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
    """An entry of the list."""

    name: str
    path: Path
    title: str
    started: str
    state: str
    """"running", "cut off", or what the run was when it was left: "paused", "finished", …"""
    since: str
    """When that began, as far as it is known."""
    arms: tuple[ArmSummary, ...]


def header_of(path: Path) -> Header:
    """What a recording says of itself. Raises `RecordingError`."""
    try:
        header = msgspec.json.decode((path / HEADER).read_bytes(), type=Header)
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


def listed(path: Path) -> Listed:
    """An entry of the list. Raises `RecordingError`."""
    header, last = header_of(path), None
    for entry in entries_of(_tail(path / JOURNAL)):
        if entry.get("kind") == "summary":
            last = entry
    try:
        summary = None if last is None else msgspec.convert(last, Summary)
    except msgspec.ValidationError as error:
        raise RecordingError(f"{path / JOURNAL} is damaged: {error}") from None
    state = "running" if is_locked(path) else "cut off"
    if summary is not None and summary.left and state != "running":
        state = "paused" if summary.status == "running" else summary.status
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
    written last, if possible by a program that has ended. Raises `RecordingError`."""
    paths = kept_in(root)
    if not name:
        if not paths:
            raise RecordingError(f"there are no recordings in {root}: every run on the screen makes one")
        return max(paths, key=lambda path: (not is_locked(path), last_written(path)))
    names = [path.name for path in paths]
    found = [path for path in paths if path.name == name] or [path for path in paths if path.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise RecordingError(f'"{name}" begins the names of {len(found)} recordings: {", ".join(map(str, names))}')
    if is_recording(Path(name)):
        return Path(name)
    raise RecordingError(f'no recording "{name}"{nearest(name, names)}; "tui-trainer runs" lists them')


def _tail(path: Path) -> bytes:
    """The last bytes of a file; none if there is no file."""
    try:
        with open(path, "rb") as file:
            file.seek(max(path.stat().st_size - TAIL, 0))
            return file.read()
    except OSError:
        return b""


def deleted(path: Path) -> None:
    """Delete a recording. For a while it can be restored. Raises `OSError`."""
    aside = path.with_name(DELETED + path.name)
    path.rename(aside)
    os.utime(aside)  # the grace begins


def restored(root: Path, name: str) -> Path:
    """Bring a deleted recording back. Raises `RecordingError`."""
    names = [path.name.removeprefix(DELETED) for path in recordings_in(root) if path.name.startswith(DELETED)]
    if name not in names:
        raise RecordingError(f'no deleted recording "{name}"{nearest(name, names)}')
    path = root / name
    (root / (DELETED + name)).rename(path)
    return path
