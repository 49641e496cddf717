"""A file in which the program keeps something over sessions and versions.

A change is merged into the file as it is then, behind a lock, so that two processes do not lose each other's. A file
that cannot be used is set aside, never overwritten.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from tui_trainer.whole_files import replace_file


class KeptContents(Struct, frozen=True, kw_only=True):
    """What is in such a file, whatever else."""

    schema: int = 1
    """A later version that cannot be read by this one has another."""


Kept = TypeVar("Kept", bound=KeptContents)


def _known_to_json(value: Any) -> Any:
    raise TypeError(f"JSON does not know {type(value)}")


class KeptFile(Struct, Generic[Kept], frozen=True, kw_only=True):
    """One such file, as JSON, in the state folder."""

    name: str
    empty: Kept
    """The contents where there is no file."""
    what: str
    """What it keeps, for messages: "progress in lessons"."""
    encode: Callable[[Any], Any] = _known_to_json
    """For a value that JSON does not know one that it does."""
    decode: Callable[[Any, Any], Any] = lambda kind, value: value
    """The value of such a type from that in the file. Raises `ValueError`."""

    def load(self, folder: Path | None) -> tuple[Kept, str]:
        """The contents, and a sentence if the file could not be used and was set aside; "" if it could."""
        if folder is None:
            return self.empty, ""
        path = folder / self.name
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return self.empty, ""
        except OSError as error:
            return self.empty, f"{path}: the {self.what} cannot be read: {error.strerror}"
        try:
            schema, known = msgspec.json.decode(content, type=KeptContents).schema, self.empty.schema
            if schema == known:
                return msgspec.json.decode(content, type=type(self.empty), dec_hook=self.decode), ""
            why = f"it has schema {schema}, and this version knows {known}"
        except msgspec.MsgspecError:
            why = "it is damaged"
        return self.empty, self._set_aside(path, why)

    def _set_aside(self, path: Path, why: str) -> str:
        """Rename a file that cannot be used, and say so."""
        free = next(each for n in range(1, 10_000) if not (each := path.with_suffix(f".{n}.aside")).exists())
        try:
            os.replace(path, free)
        except OSError as error:
            return f"{path}: {why}, and it cannot be set aside: {error.strerror}"
        return f"{path}: {why}; it was set aside as {free.name}, and {self.what} begins anew"

    @contextlib.contextmanager
    def _locked(self, folder: Path) -> Iterator[None]:
        """One process at a time. Raises `OSError`."""
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / f"{self.name}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def change(self, folder: Path | None, change: Callable[[Kept], Kept]) -> str:
        """Change what the file has at that moment. Returns a sentence if that was not possible, or a file was set
        aside."""
        if folder is None:
            return f"{self.what} is not kept: there is no home folder"
        try:
            with self._locked(folder):
                contents, complaint = self.load(folder)
                replace_file(folder / self.name, msgspec.json.encode(change(contents), enc_hook=self.encode))
                return complaint
        except OSError as error:
            return f"{self.what} is not kept: {folder / self.name}: {error.strerror}"
