"""Names of exported files, and the rule that nothing is overwritten unless that is requested."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tui_trainer.exports.format import ExportError
from tui_trainer.whole_files import replace_file

LONGEST_NAME = 80
"""Characters of a name made from a title."""


def safe_name(title: str) -> str:
    """A file name without an ending, from any text: letters, digits and hyphens, never hidden, never a path."""
    name = re.sub(r"[^\w.+]+", "-", title.casefold()).strip("-._")[:LONGEST_NAME].rstrip("-._")
    return name or "run"


def free_path(folder: Path, name: str, ending: str) -> Path:
    """A path in `folder` that no file has: with a number in its name if it has to: "moons-2.csv"."""
    path, number = folder / f"{name}{ending}", 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"{name}-{number}{ending}"
    return path


def check_free(path: Path, *, force: bool) -> None:
    """Raise `ExportError` if no file may be written there. `force`: an existing file may be overwritten."""
    if path.is_dir():
        raise ExportError(f"{path}: is a folder; give the file a name in it")
    if not path.parent.is_dir():
        raise ExportError(f"{path}: there is no folder {path.parent}")
    if path.exists() and not path.is_file():
        raise ExportError(f"{path}: is not a regular file")
    if os.path.lexists(path) and not force:
        raise ExportError(f"{path}: exists already; --force overwrites it")


def write(path: Path, content: bytes, *, force: bool) -> None:
    """Write an exported file. Raises `ExportError`."""
    check_free(path, force=force)
    try:
        replace_file(path.resolve(), content)
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror}") from None
