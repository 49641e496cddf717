"""Which example of a mini-batch the step panel follows unless a person chooses one.

It is the example with the largest loss, followed until it is solved.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SOLVED = 0.1
"""Share of the batch's mean loss below which an example is solved. An example with loss 0 is always solved."""


class Followed:
    """The followed example, kept from one mini-batch to the next."""

    def __init__(self) -> None:
        self.member: int | None = None
        """Number of the example among the training examples or their pairs; None before the first choice."""

    def choose(self, losses: NDArray[np.floating], members: NDArray[np.int64]) -> int:
        """The index in the mini-batch of the example to follow: the followed example while it is in the batch and not
        solved, else the one with the largest loss. `losses` and `members`: (batch,). A non-finite loss is the
        largest."""
        sizes = np.where(np.isfinite(losses), losses, np.inf)
        kept = np.flatnonzero(members == self.member) if self.member is not None else members[:0]
        if len(kept) and (_is_unsolved(sizes, int(kept[0])) or not sizes.any()):
            return int(kept[0])
        index = int(np.argmax(sizes))
        self.member = int(members[index])
        return index


def _is_unsolved(losses: NDArray[np.floating], index: int) -> bool:
    return bool(losses[index] > 0 and losses[index] >= SOLVED * losses.mean())
