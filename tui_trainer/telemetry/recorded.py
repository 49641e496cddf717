"""Where a run is being recorded, or was: what its own bounded memory has thinned out is still to be had there."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from tui_trainer.telemetry.evaluation import Evaluation

Line = tuple[tuple[int, int | None], ...]
"""The numbers of the strands of which a run is made, from its start on, each with the iteration up to which it belongs
to the run; None for all of the last one."""


class Recorded(Struct, frozen=True, kw_only=True):
    """The recording of a run at one moment."""

    folder: Path
    lines: tuple[Line, ...]
    """Of every arm, in the order of the arms."""
    waiting: dict[int, tuple[Evaluation, ...]] = {}
    """Number of a strand → its last evaluations, oldest first: those that may not have come to the disk yet."""
