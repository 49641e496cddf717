"""The command `tui-trainer` for a shell, which runs the checkout instead of what may be installed."""

from __future__ import annotations

import sys
from pathlib import Path


def put_program(folder: Path) -> None:
    """Make the command in this folder, for the start of a PATH."""
    program = folder / "tui-trainer"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tui_trainer "$@"\n', encoding="utf-8")
    program.chmod(0o755)
