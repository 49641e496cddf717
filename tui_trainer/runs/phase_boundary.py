"""A position of a run: between two iterations, or between two phases of one."""

from __future__ import annotations

from typing import NamedTuple

from tui_trainer.telemetry import Phase


class PhaseBoundary(NamedTuple):
    """A position of a run."""

    iteration: int
    """Completed updates."""
    phases: int = 0
    """Completed phases of the next iteration."""
    fixed: bool = False
    """Whether the screen shows the fix that led here. Only if a person goes back by phases."""

    @property
    def before(self) -> PhaseBoundary:
        """The phase boundary before this one; the start itself at the start."""
        if self.phases:
            return PhaseBoundary(self.iteration, self.phases - 1, fixed=self.phases == 1 and self.iteration > 0)
        return PhaseBoundary(self.iteration - 1, len(Phase) - 1) if self.iteration else self
