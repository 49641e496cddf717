"""Where a run can stand: between two iterations, or between two phases of one."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A moment in the life of a run."""

    iteration: int
    """Completed updates."""
    phases: int = 0
    """Phases of the next one that have run as well."""
    fixed: bool = False
    """Whether it is shown as what the fix has made; only where one goes back by phases."""
