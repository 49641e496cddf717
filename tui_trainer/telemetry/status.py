"""What a run is doing."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What the run is doing. `space` goes on from PAUSED and the two ends after it; the last three are those of a
    source that another program feeds."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    DIVERGED = "diverged"
    FAILED = "failed"
    WAITING = "waiting"
    """Nothing has come yet."""
    STALLED = "stalled"
    """No news for longer than there should be."""
    CRASHED = "crashed"
    """The program that trained has ended, and not as it should have."""

    @property
    def is_stuck(self) -> bool:
        """Whether nothing that a person does here makes it go on."""
        return self in (Status.WAITING, Status.STALLED, Status.CRASHED)
