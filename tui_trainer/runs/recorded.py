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
from tui_trainer.telemetry import LessonEntry, Snapshot
from tui_trainer.telemetry.recorded import Recorded

CAPABILITIES = frozenset({"control", "phases", "seek", "gradient_check", "examination"})

LONGEST_SECONDS = 60.0
"""The longest time that a recording plays at the pace at which it was left."""
USUAL_SECONDS = 30.0
"""The time in which a recording plays that would take longer than `LONGEST_SECONDS`."""


class RecordedRun(LiveRun):
    """Recorded arms behind the `Run` protocol. Nothing of them can be changed."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        arms: Sequence[Arm],
        *,
        pace: float | str,
        focus: int = 0,
        paused: bool = False,
        lesson: tuple[LessonEntry, ...] = (),
        recorded: Recorded | None = None,
    ) -> None:
        """Begins at the start. `pace`: iterations a second, or "max". `lesson`: what was done in one meanwhile.
        `recorded`: where all evaluations are."""
        self._recording = recorded
        for arm in arms:
            arm.run.is_recorded = True
        begin = partial(_begin, pace=pace, focus=focus, paused=paused, lesson=lesson)
        super().__init__(arms, paused=True, prepare=begin)

    def latest(self, *, numbers: bool = True) -> Snapshot:
        """The newest snapshot, which says that it is recorded."""
        return structs.replace(super().latest(numbers=numbers), is_recorded=True)

    def _recorded(self, control: Control) -> Recorded | None:
        return self._recording


def _begin(control: Control, pace: float | str, focus: int, paused: bool, lesson: tuple[LessonEntry, ...]) -> None:
    control.lessons[control.lineup.run_number] = lesson
    control.lineup.focus, control.lineup.pace = focus, Pace.from_setting(pace)
    control.seek(0)
    if not paused:
        control.resume()


def playing_pace(pace: float | None, iterations: int) -> float:
    """The pace at which a recording of this number of iterations plays, given the pace at which it was left."""
    if pace is not None and iterations <= pace * LONGEST_SECONDS:
        return pace
    return max(iterations / USUAL_SECONDS, 1.0)
