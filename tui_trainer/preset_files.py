"""The folder and the titles of the bundled presets.

Shell completion needs no more, and this module is imported in a fraction of the engine's time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from tui_trainer import toml_file
from tui_trainer.state_folder import NAME

BUNDLED = Path(__file__).parent / "bundled_presets"
REPOSITORY = Path(__file__).parent.parent / "presets"
"""An editable install does not create the bundled folder."""
VARIABLE = "TUI_TRAINER_PRESETS"
"""Environment variable for the path of another folder of own presets."""
COURSE, CLINIC = "course", "clinic"
"""The folders within, of the lessons and of the cases."""


def own_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder of the presets that a person keeps, in the configuration folder. None without a home folder. It may
    not exist yet."""
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    configuration = environment.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(configuration):  # the XDG Base Directory Specification says to ignore other paths
        return Path(configuration, NAME, "presets")
    from platformdirs import PlatformDirs

    own = Path(PlatformDirs(NAME, appauthor=False).user_config_dir, "presets")
    return own if own.is_absolute() else None


def own_paths() -> list[Path]:
    """The files of the presets that the person keeps."""
    own = own_folder(os.environ)
    return [] if own is None else sorted(own.glob("*.toml"))


def folder() -> Path:
    """The folder of the TOML files."""
    return BUNDLED if BUNDLED.is_dir() else REPOSITORY


def titles() -> list[str]:
    """The titles in the order of the list, the person's own last. Raises `toml_file.FileError`."""
    files = [toml_file.read(path, "preset") for path in folder().glob("*.toml")]
    own = []
    for path in own_paths():
        with contextlib.suppress(toml_file.FileError):
            own.append(str(toml_file.read(path, "preset").get("title", path.stem)))
    return [title for _, title in sorted((tables["order"], tables["title"]) for tables in files)] + own
