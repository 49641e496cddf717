"""A recording as a run: it plays what was, from its start to its end, and goes to any moment of it.

The moments between two keyframes are computed again, to the bit on the machine that has recorded them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import structs

from tui_trainer.runs.arms import Arm
from tui_trainer.runs.control import Control
from tui_trainer.runs.live import LiveRun
from tui_trainer.runs.pace import Pace
from tui_trainer.telemetry import Snapshot

CAPABILITIES = frozenset({"control", "phases", "seek", "gradient_check", "examination"})

LONGEST_SECONDS = 60.0
"""A recording that would play longer at the pace at which it was left …"""
USUAL_SECONDS = 30.0
"""… plays in this time."""


class RecordedRun(LiveRun):
    """Recorded arms behind the `Run` protocol. Nothing of them can be changed."""

    capabilities = CAPABILITIES

    def __init__(self, arms: Sequence[Arm], *, pace: float | str, focus: int = 0, paused: bool = False) -> None:
        """Begins at the start. `pace`: iterations a second, or "max"."""
        for arm in arms:
            arm.run.is_recorded = True
        super().__init__(arms, paused=True, prepare=partial(_begin, pace=pace, focus=focus, paused=paused))

    def latest(self) -> Snapshot:
        """The newest snapshot, whose title says that it is recorded."""
        snapshot = super().latest()
        return structs.replace(snapshot, title=f"{snapshot.title} (recording)")


def _begin(control: Control, pace: float | str, focus: int, paused: bool) -> None:
    control.lineup.focus, control.lineup.pace = focus, Pace.from_setting(pace)
    control.seek(0)
    if not paused:
        control.resume()


def playing_pace(pace: float | None, iterations: int) -> float:
    """The pace at which a recording of so many iterations plays, given the pace at which it was left."""
    if pace is not None and iterations <= pace * LONGEST_SECONDS:
        return pace
    return max(iterations / USUAL_SECONDS, 1.0)
