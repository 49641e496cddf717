"""What a run is doing."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What the run is doing. All but RUNNING stand still; `space` goes on from all but DIVERGED and FAILED."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    DIVERGED = "diverged"
    FAILED = "failed"
