"""A recording as it is read: found by its name, listed with what became of it, and opened at its newest state."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.experiment import Experiment
from tui_trainer.recordings.files import RecordingError, arrays_of, entries_of
from tui_trainer.recordings.folder import (
    DELETED,
    FORMAT,
    HEADER,
    JOURNAL,
    VERSION,
    is_locked,
    is_recording,
    last_written,
    number_of,
    recordings_in,
    states_of,
)
from tui_trainer.recordings.pieces import keyframe_from, rows_in
from tui_trainer.recordings.state import State, read_state
from tui_trainer.setting_error import nearest
from tui_trainer.training.state import Keyframe

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


class Recording:
    """A recording at its newest state that is whole."""

    def __init__(self, path: Path) -> None:
        """Raises `RecordingError`."""
        self.path, self.header = path, header_of(path)
        complaints = []
        for file in states_of(path):
            try:
                self.state: State = read_state(file)
                self._number = number_of(file)
                break
            except (RecordingError, OSError) as error:
                complaints.append(str(error))
        else:
            raise RecordingError(complaints[0] if complaints else f"{path.name} was cut off before its first state")
        self.journal = [*entries_of((path / JOURNAL).read_bytes())]
        self._forks = {
            entry["strand"]: (entry["from"], entry["iteration"])
            for entry in self.journal
            if entry.get("kind") == "fork"
        }

    @property
    def was_running(self) -> bool:
        """Whether the run was running when it was recorded last."""
        summaries = [entry for entry in self.journal if entry.get("kind") == "summary"]
        return bool(summaries) and summaries[-1].get("status") == "running"

    @property
    def strands(self) -> int:
        """The largest number of a strand."""
        return max(int(arm["strand"]) for entry in self.journal if entry.get("kind") == "arms" for arm in entry["arms"])

    @property
    def later_files(self) -> list[Path]:
        """Pieces and states after the state: a run that goes on from that writes them anew."""
        return [file for file in self.path.iterdir() if number_of(file) > self._number]

    def keyframes(
        self, strand: int, experiment_at: Callable[[int], Experiment], most: int, spacing: int
    ) -> Iterator[Keyframe]:
        """At most so many keyframes of a run, oldest first: those at the multiples of `spacing`, or of 2, 4, 8 … times
        as much. `experiment_at(iteration)`: the experiment in force there."""
        rows = [
            row
            for number, until in self._line(strand)
            for piece in self._pieces("keyframes")
            for row in rows_in(arrays_of(piece, f"{number}.moments", f"{number}.vectors"), number)
            if until is None or row[0][0] <= until
        ]
        while len(wanted := [row for row in rows if row[0][0] % spacing == 0]) > most:
            spacing *= 2
        for numbers, vectors in wanted:
            yield keyframe_from(numbers, vectors, experiment_at(int(numbers[0])))

    def losses(self, strand: int) -> NDArray[np.float64]:
        """(iterations,): every batch loss of a run; NaN where pieces are missing."""
        found: list[tuple[int, NDArray[np.float64]]] = []
        for arrays, until in self._stretches(strand, "first", "losses"):
            first, losses = int(arrays["first"]), arrays["losses"]
            losses = losses if until is None else losses[: max(until - first, 0)]
            found += [(first, losses)] if len(losses) else []
        losses = np.full(max((first + len(each) for first, each in found), default=0), np.nan)
        for first, each in found:
            losses[first : first + len(each)] = each
        return losses

    def evaluations(self, strand: int) -> list[int]:
        """The iterations of all evaluations of a run."""
        return [
            iteration
            for arrays, until in self._stretches(strand, "evaluations")
            for iteration in arrays["evaluations"].tolist()
            if until is None or iteration <= until
        ]

    def _stretches(self, strand: int, *names: str) -> Iterator[tuple[dict[str, NDArray[Any]], int | None]]:
        """These arrays of every piece of a run, and the iteration up to which they belong to it."""
        for number, until in self._line(strand):
            for piece in self._pieces("piece"):
                arrays = arrays_of(piece, *(f"{number}.{name}" for name in names))
                if arrays:
                    yield {name.partition(".")[2]: array for name, array in arrays.items()}, until

    def _pieces(self, kind: str) -> list[Path]:
        pieces = (path for path in self.path.glob(f"{kind}-*.npz") if 0 < number_of(path) <= self._number)
        return sorted(pieces, key=number_of)

    def _line(self, strand: int) -> list[tuple[int, int | None]]:
        """The strands from the start of a run to `strand`, each with the iteration up to which it belongs to it."""
        line: list[tuple[int, int | None]] = [(strand, None)]
        while line[-1][0] in self._forks and len(line) <= len(self._forks):
            child, until = line[-1]
            parent, iteration = self._forks[child]
            line.append((parent, iteration if until is None else min(iteration, until)))
        return line[::-1]


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
