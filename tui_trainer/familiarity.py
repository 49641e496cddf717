"""How well a person knows the program. Who is new to it is told where to begin; who knows it is left in peace."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
from msgspec import Struct

from tui_trainer.whole_files import replace_file

FILE = "familiarity.json"

NEW_FOR_STARTS = 10
"""Starts of the program after which a person is no longer new."""


class Familiarity(Struct, frozen=True, kw_only=True):
    """What the program remembers of a person. The names are the keys of the file."""

    starts: int = 0
    found: bool = False
    """Whether the person has opened the card, from which the course begins."""

    @property
    def is_new(self) -> bool:
        """Whether the person should be told where to begin."""
        return not self.found and self.starts < NEW_FOR_STARTS


def load(folder: Path | None) -> Familiarity:
    """What the file in the folder says. A file that is missing or cannot be read is that of a new person."""
    if folder is not None:
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            return msgspec.json.decode((folder / FILE).read_bytes(), type=Familiarity)
    return Familiarity()


def keep(folder: Path | None, *, found: bool) -> None:
    """Count a start. `found`: whether the card was opened. The file is read again, because another session may have
    written to it. Without a folder that can be written to the person stays new."""
    known = load(folder)
    if folder is not None:
        with contextlib.suppress(OSError):
            now = Familiarity(starts=known.starts + 1, found=known.found or found)
            replace_file(folder / FILE, msgspec.json.encode(now))
