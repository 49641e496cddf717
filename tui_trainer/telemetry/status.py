"""The status of a run: whether it runs, is paused, or has ended, and how."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """The status of a run. From PAUSED, FINISHED and STOPPED_EARLY it can go on. The last three occur only if another
    program trains."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    DIVERGED = "diverged"
    FAILED = "failed"
    WAITING = "waiting"
    """No data have arrived yet."""
    STALLED = "stalled"
    """No data have arrived for longer than expected."""
    CRASHED = "crashed"
    """The program that trained has ended with an error."""

    @property
    def is_stuck(self) -> bool:
        """Whether no command can make the run go on."""
        return self in (Status.WAITING, Status.STALLED, Status.CRASHED)
