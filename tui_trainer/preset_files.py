"""The folder and the titles of the bundled presets.

Shell completion needs no more, and this module is imported in a fraction of the engine's time.
"""

from __future__ import annotations

from pathlib import Path

from tui_trainer import toml_file

BUNDLED = Path(__file__).parent / "bundled_presets"
REPOSITORY = Path(__file__).parent.parent / "presets"
"""An editable install does not create the bundled folder."""
COURSE = "course"
"""The folder within, of the lessons."""


def folder() -> Path:
    """The folder of the TOML files."""
    return BUNDLED if BUNDLED.is_dir() else REPOSITORY


def titles() -> list[str]:
    """The titles in the order of the list. Raises `toml_file.FileError`."""
    files = [toml_file.read(path, "preset") for path in folder().glob("*.toml")]
    return [title for _, title in sorted((tables["order"], tables["title"]) for tables in files)]
