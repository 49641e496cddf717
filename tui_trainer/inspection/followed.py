"""Which example of a mini-batch the step panel follows unless a person chooses one: the one with the largest loss, for
as long as it is unsolved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SOLVED = 0.1
"""Share of the batch's mean loss below which an example counts as solved. One with loss 0 is always solved."""


class Followed:
    """The example that is followed, kept from one mini-batch to the next."""

    def __init__(self) -> None:
        self.member: int | None = None
        """Its number among the training examples or their pairs; None before the first choice."""

    def choose(self, losses: NDArray[np.floating], members: NDArray[np.int64]) -> int:
        """The place in the mini-batch of the example to follow: the one followed so far while it is in the batch and
        not solved, else the one with the largest loss. `losses` and `members`: (batch,); no finite loss is larger than
        one that is not finite."""
        sizes = np.where(np.isfinite(losses), losses, np.inf)
        kept = np.flatnonzero(members == self.member) if self.member is not None else members[:0]
        if len(kept) and (_is_unsolved(sizes, int(kept[0])) or not sizes.any()):
            return int(kept[0])
        place = int(np.argmax(sizes))
        self.member = int(members[place])
        return place


def _is_unsolved(losses: NDArray[np.floating], place: int) -> bool:
    return bool(losses[place] > 0 and losses[place] >= SOLVED * losses.mean())
