"""What a run looks like under many seeds: how much of a result is luck."""

from __future__ import annotations

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tui_trainer.arrays import Floats

NO_ALARM = "no alarm"
"""How a run ends at whose end nothing is found to go wrong."""


FEWEST_IN_QUARTERS = 4
"""Runs that can be divided into quarters."""


class SeedFan(Struct, frozen=True, kw_only=True):
    """The same experiment under several seeds, each run to its end. All arrays are (n,), one number an evaluation."""

    loss: Literal["validation", "training"]
    runs: int
    """Runs that have reached their end."""
    wanted: int
    iteration: NDArray[np.int64]
    """Strictly ascending: wherever one of the runs was evaluated, or diverged."""
    low: Floats
    """The lower quartile of the losses: a quarter of the runs lie below it. Where a quarter of them is a whole number,
    it is the mean of the runs on either side, as the median of an even number is; infinite if one of them had diverged.
    A run that had stopped early counts with its last loss. Empty before the first run has ended."""
    middle: Floats
    """Their median, by the same rule."""
    high: Floats
    """Their upper quartile."""
    endings: tuple[tuple[str, int], ...] = ()
    """The headline at the end, or `NO_ALARM`, and how many runs had it, the most frequent first."""

    @property
    def spread_name(self) -> str:
        """What lies between the quartiles, which of two or three runs are the lowest and the highest; "" for one."""
        return "" if self.runs < 2 else "all from" if self.runs < FEWEST_IN_QUARTERS else "middle half"
