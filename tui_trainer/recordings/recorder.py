"""Writes to the disk what a trainer hands over, in a thread of its own, so that training never waits for a disk.

Whatever the disk does, training goes on: a failure ends the recording, and `failure` says why.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from tui_trainer.recordings.folder import (
    DELETED,
    GRACE_SECONDS,
    QUOTA,
    Folder,
    is_empty,
    last_changed,
    last_written,
    recordings_in,
    removed,
)
from tui_trainer.recordings.pieces import Stretch, packed, packed_keyframes
from tui_trainer.recordings.state import State, packed_state
from tui_trainer.training.vectors import Keyframe

LONGEST_END_SECONDS = 2.0
"""The longest time that leaving the program waits for the disk."""
CHECK_EVERY = 20
"""Writes between two looks at the quota."""


class Batch(Struct):
    """What is to be written next, in the order of the fields."""

    stretches: list[Sequence[Stretch]] = field(default_factory=list)
    """Those of each piece, which the recorder's thread packs."""
    keyframes: list[Mapping[int, Sequence[Keyframe]]] = field(default_factory=list)
    """Those of each piece, by strand."""
    state: State | None = None
    lines: list[object] = field(default_factory=list)


class Recorder:
    """Records into one folder. The methods return at once."""

    def __init__(self, open_folder: Callable[[], Folder], quota: int = QUOTA) -> None:
        """`open_folder` is called on the recorder's thread."""
        self._open_folder, self._quota = open_folder, quota
        self.failure = ""
        """Why the recording has stopped; "" while it goes on."""
        self.failed_at = ""
        """The path with which it failed; "" if it has not, or if the system named none."""
        self.path: Path | None = None
        """The folder, once it is open, and unless it was removed in the end."""
        self.removed = deque[str]()
        """Names of recordings that were removed for the quota, until they are taken out to be reported."""
        self._batch: Batch | None = None
        self._written: Batch | None = None
        """What is being written."""
        self._ready = threading.Condition()
        self._keep: bool | None = None
        """Whether to keep the recording; None until it is closed."""
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether something waits for the disk to finish an earlier write."""
        return self._batch is not None

    @property
    def is_at_work(self) -> bool:
        """Whether something waits, or is being written."""
        return self.is_behind or self._written is not None

    @property
    def stretches(self) -> list[Stretch]:
        """Those that may not have come to the disk yet, oldest first."""
        with self._ready:
            batches = [batch for batch in (self._written, self._batch) if batch is not None]
            return [stretch for batch in batches for piece in batch.stretches for stretch in piece]

    def put(
        self,
        *lines: object,
        stretches: Sequence[Stretch] = (),
        keyframes: Mapping[int, Sequence[Keyframe]] | None = None,
        state: State | None = None,
    ) -> None:
        """Write lines of the journal, a piece of `stretches`, a piece of `keyframes` (by strand) and a state. Of states
        that wait only the newest is written."""
        if self.failure:
            return
        with self._ready:
            batch = self._batch = self._batch or Batch()
            batch.stretches += [stretches] if stretches else []
            batch.keyframes += [keyframes] if keyframes else []
            batch.state = state or batch.state
            batch.lines += lines
            self._ready.notify()

    def give_up(self, reason: str) -> None:
        """Write nothing more."""
        self.failure = self.failure or reason
        with self._ready:
            self._batch = None

    def close(self, *, keep: bool) -> None:
        """Write what waits, and end."""
        with self._ready:
            self._keep = keep
            self._ready.notify()

    def join(self) -> None:
        """Wait until everything is written, but no longer than `LONGEST_END_SECONDS`."""
        self._thread.join(LONGEST_END_SECONDS)

    def _work(self) -> None:
        folder, writes = None, 0
        try:
            folder = self._open_folder()
            self.path = folder.path
            while True:
                with self._ready:
                    self._written = None
                    self._ready.wait_for(lambda: self._batch is not None or self._keep is not None)
                    self._written, self._batch = self._batch, None
                if self._written is not None and self._keep is not False:
                    if writes % CHECK_EVERY == 0:
                        self._make_room(folder)
                    writes += 1
                    _write(folder, self._written)
                if self._keep is not None and self._batch is None:
                    return
        except Exception as error:  # whatever goes wrong must not disturb the run or its screen
            self.failed_at = str(getattr(error, "filename", None) or "")
            self.give_up(getattr(error, "strerror", None) or str(error))
        finally:
            self._written = None
            if folder is not None:
                is_kept = self._keep is not False and not is_empty(folder.path)
                self.path = folder.path if is_kept else None
                folder.close(keep=is_kept)

    def _make_room(self, folder: Folder) -> None:
        """Keep the quota, and remove what was deleted a while ago, or was cut off before its first state."""
        root, now = folder.path.parent, time.time()
        sizes = {}
        for path in recordings_in(root):
            is_over = path.name.startswith(DELETED) and now - last_changed(path, now) > GRACE_SECONDS
            if not ((is_over or is_empty(path)) and removed(path, only_if_empty=not is_over)):
                sizes[path] = size_of(path)
        surplus = sum(sizes.values()) - self._quota
        for path in sorted(sizes, key=lambda path: last_written(path)):
            if surplus > 0 and removed(path):
                surplus -= sizes[path]
                if not path.name.startswith(DELETED):
                    self.removed.append(path.name)
        folder.forget_pieces(surplus)


def _write(folder: Folder, batch: Batch) -> None:
    for stretches in batch.stretches:
        folder.write("piece", packed(stretches))
    for keyframes in batch.keyframes:
        folder.write("keyframes", packed_keyframes(keyframes))
    if batch.state is not None:
        folder.write_state(packed_state(batch.state))
    folder.write_lines(batch.lines)


def size_of(path: Path) -> int:
    """Bytes of a recording. Another recorder may be renaming its files, or removing it, just now."""
    size = 0
    with suppress(OSError):
        for file in path.iterdir():
            with suppress(OSError):
                size += file.stat().st_size
    return size
