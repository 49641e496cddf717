"""Where the presets are that come with the program, and how they are called: all that the completion of a shell needs,
at a fraction of the time that the engine takes to import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui_trainer import toml_file

BUNDLED = Path(__file__).parent / "bundled_presets"
REPOSITORY = Path(__file__).parent.parent / "presets"
"""An editable install does not create the bundled folder."""


def folder() -> Path:
    """Where the TOML files are."""
    return BUNDLED if BUNDLED.is_dir() else REPOSITORY


def titles() -> list[str]:
    """The titles in the order of the list. Raises `toml_file.FileError`."""

    def place(tables: dict[str, Any]) -> tuple[int, str]:
        return tables["order"], tables["title"]

    return [title for _, title in sorted(place(toml_file.read(path, "preset")) for path in folder().glob("*.toml"))]
