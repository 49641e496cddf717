"""The folder of one recording while it is written: its lock, its journal, its pieces and its newest states."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from numpy.typing import NDArray

from tui_trainer.recordings.files import (
    OWN_FILE,
    OWN_FOLDER,
    RecordingError,
    append,
    line_of,
    open_to_append,
    opened,
    put,
    put_arrays,
)
from tui_trainer.state_folder import state_folder
from tui_trainer.whole_files import sync_folder

HEADER, JOURNAL, LOCK = "recording.json", "journal.jsonl", "lock"
FORMAT, VERSION = "tui-trainer recording", 1
PIECES = "piece", "keyframes"
DELETED = ".deleted-"
"""Prefix of the name of a recording that a person has deleted."""
NAME_CHARACTERS = 40
"""Characters of the title in the name of a folder."""
HEADER_BYTES = 4_096
"""Bytes at the beginning of a header in which it says that it is one."""
QUOTA = 500_000_000
"""Bytes of all recordings together. Beyond, the oldest are removed, then the oldest pieces of the one being made."""
GRACE_SECONDS = 24 * 3600.0
"""A deleted recording is kept for so long."""
_LOCK_ATTEMPTS, _LOCK_PAUSE_SECONDS = 4, 0.02
"""How often to try to lock a recording: another program's list locks it for a moment too."""
KEPT_STATES = 2
"""States that are kept: if the newest is damaged, the one before it serves."""


class Folder:
    """A recording that only this program writes. Raises `RecordingError` if another program writes it, and
    `OSError`."""

    def __init__(self, path: Path, header: Mapping[str, object] | None = None) -> None:
        """Makes the folder with this header, or opens one to continue it."""
        self.path = path
        if header is not None:
            path.mkdir(mode=OWN_FOLDER)
        try:
            self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWN_FILE)
            try:
                self._journal = self._begin(header)
            except BaseException:
                os.close(self._lock)
                raise
        except BaseException:
            if header is not None:  # a disk that is full has no room for a header either
                shutil.rmtree(path, ignore_errors=True)
            raise
        self._number = max((number_of(each) for each in path.iterdir()), default=0)
        """The number of the last piece or state."""

    def _begin(self, header: Mapping[str, object] | None) -> int:
        """Lock the folder, and return a descriptor of its journal."""
        path = self.path
        try:
            is_free = _locks(self._lock)
        except OSError as error:  # some network file systems have no locks
            raise OSError(error.errno, f"files cannot be locked there: {error.strerror}", str(path / LOCK)) from None
        if not is_free:
            raise RecordingError(f"{path.name} is being recorded by another program just now")
        if not _is_of(self._lock, path):
            raise RecordingError(f"{path.name} has just been deleted")
        if header is not None:
            text = msgspec.json.format(msgspec.json.encode({"format": FORMAT, "version": VERSION, **header}))
            put(path / HEADER, text)
            sync_folder(path.parent)
        for half_written in path.glob(".*.part"):
            half_written.unlink()
        return open_to_append(path / JOURNAL)

    def write(self, kind: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write a piece of one of `PIECES`, unless it is empty."""
        if arrays:
            put_arrays(self._next(kind), arrays)

    def write_state(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Write the state that comes after all pieces so far."""
        put_arrays(self._next("state"), arrays)
        for old in states_of(self.path)[KEPT_STATES:]:
            old.unlink()

    def write_lines(self, lines: Iterable[object]) -> None:
        """Append to the journal."""
        if text := b"".join(map(line_of, lines)):
            append(self._journal, text)

    def _next(self, kind: str) -> Path:
        self._number += 1
        return self.path / f"{kind}-{self._number:06}.npz"

    def forget_pieces(self, size: int) -> None:
        """Remove the oldest pieces of at least `size` bytes together. The states have the curves without them."""
        for piece in sorted((path for path in self.path.iterdir() if path.name.startswith(PIECES)), key=number_of):
            if size <= 0:
                break
            size -= piece.stat().st_size
            piece.unlink()

    def close(self, *, keep: bool) -> None:
        """Unlock the recording, and remove it unless it is to be kept."""
        if not keep:
            _remove(self.path)
        os.close(self._journal)
        os.close(self._lock)


def states_of(path: Path) -> list[Path]:
    """The states of a recording, the newest first."""
    return sorted(path.glob("state-*.npz"), key=number_of, reverse=True)


def is_empty(path: Path) -> bool:
    """Whether a recording has no state, from which its run could go on or be seen again."""
    return not states_of(path)


def number_of(path: Path) -> int:
    """The number of a piece or a state; 0 for another file."""
    found = re.fullmatch(r"(?:piece|keyframes|state)-(\d{6,9})\.npz", path.name)
    return int(found[1]) if found else 0


def is_locked(path: Path) -> bool:
    """Whether a program writes this recording just now."""
    with _held(path, fcntl.LOCK_SH) as is_free:
        return not is_free


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """No other program writes, deletes or restores this recording meanwhile. Raises `RecordingError` if one does."""
    with _held(path, fcntl.LOCK_EX) as is_free:
        if not is_free:
            raise RecordingError(f"{path.name} is being recorded just now: leave that run first")
        if not is_recording(path):
            raise RecordingError(f"{path.name} has just been deleted")
        yield


def removed(path: Path, *, only_if_empty: bool = False) -> bool:
    """Remove a recording unless a program writes it just now; returns whether it did. It is locked meanwhile: another
    recorder may come to its first state, and to its end, between a look at the folder and the removal."""
    with _held(path, fcntl.LOCK_EX) as is_free:
        if is_free and is_recording(path) and not (only_if_empty and not is_empty(path)):
            _remove(path)
            return True
    return False


def _remove(path: Path) -> None:
    """Remove a recording: first its states, last its header and its lock. If the program is killed meanwhile, an empty
    recording is left, which makes way for the next one."""
    with contextlib.suppress(OSError):
        files = [file for file in path.iterdir() if file.name not in (HEADER, LOCK)]
        for file in sorted(files, key=lambda file: not file.name.startswith("state-")):
            file.unlink()
        (path / HEADER).unlink()
    shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _held(path: Path, kind: int) -> Iterator[bool]:
    """Lock a recording for a moment, and tell whether no program writes it. None does where nothing can be locked."""
    try:
        descriptor = os.open(path / LOCK, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        yield True
        return
    try:
        try:
            is_free = _locks(descriptor, kind)
        except OSError:
            is_free = True
        yield is_free
    finally:
        os.close(descriptor)


def _locks(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock an open file, and tell whether that was possible. Raises `OSError` where files cannot be locked."""
    for attempt in range(_LOCK_ATTEMPTS):
        if attempt:
            time.sleep(_LOCK_PAUSE_SECONDS)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        if kind == fcntl.LOCK_SH:  # a list does not wait for those who write
            break
    return False


def _is_of(lock: int, path: Path) -> bool:
    """Whether this is the lock of the recording, which another program may have removed or renamed before it was
    locked."""
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(lock), os.stat(path / LOCK))
    return False


def recordings_folder(environment: Mapping[str, str], given: str | None = None) -> Path | None:
    """The folder of all recordings: the `given` one, or one in the state folder. None without a home folder."""
    if given is not None:
        return Path(given).expanduser()
    state = state_folder(environment)
    return None if state is None else state / "recordings"


def recordings_in(root: Path) -> list[Path]:
    """The folders that hold recordings, whatever their version."""
    try:
        return [path for path in root.iterdir() if is_recording(path)]
    except OSError:
        return []


def is_recording(path: Path) -> bool:
    """Whether a folder, and no link to one, holds a recording."""
    try:
        with opened(path / HEADER) as file:
            return not path.is_symlink() and FORMAT.encode() in file.read(HEADER_BYTES)
    except (OSError, RecordingError):
        return False


def new_folder(root: Path, title: str, header: Mapping[str, object]) -> Folder:
    """A folder for a new recording, named by the time and the title. Raises `OSError`."""
    root.mkdir(mode=OWN_FOLDER, parents=True, exist_ok=True)
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:NAME_CHARACTERS]
    name = f"{time.strftime('%Y-%m-%d-%H%M%S')}-{words or 'run'}"
    for attempt in count(1):
        path = root / (name if attempt == 1 else f"{name}-{attempt}")
        if path.with_name(DELETED + path.name).exists():
            continue  # it may come back
        with contextlib.suppress(FileExistsError):
            return Folder(path, header)
    raise AssertionError("count never ends")


def last_written(path: Path) -> float:
    """When the recording was last written to, in seconds since 1970; 0 if that is unknown."""
    return last_changed(path / JOURNAL, 0.0)


def last_changed(path: Path, otherwise: float) -> float:
    """When a file or a folder was last changed, in seconds since 1970; `otherwise` if it does not exist (any more)."""
    try:
        return path.stat().st_mtime
    except OSError:
        return otherwise
