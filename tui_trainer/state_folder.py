"""The folder for what the program remembers of a person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

NAME = "tui-trainer"

VARIABLE = "TUI_TRAINER_STATE"
"""Environment variable for the path of another folder."""


def state_folder(environment: Mapping[str, str]) -> Path | None:
    """The state folder of the platform, or in $XDG_STATE_HOME. None without a home folder. It may not exist yet."""
    if environment.get(VARIABLE):
        return Path(environment[VARIABLE])
    folder = environment.get("XDG_STATE_HOME", "")
    if os.path.isabs(folder):  # the XDG Base Directory Specification says to ignore other paths
        return Path(folder, NAME)
    from platformdirs import PlatformDirs

    own = Path(PlatformDirs(NAME, appauthor=False).user_state_dir)
    return own if own.is_absolute() else None
