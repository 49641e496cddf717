"""What is sent of a picture that is larger than a limit of bytes: words first, then whole parts (the charts), those
first that have waited longest. A part that waits stays as it was, and the picture marks it: parts that stand side by
side are of one moment, or say of which they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tui_trainer.dashboard.layout import Rect
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.encoder import encode
from tui_trainer.drawing.theme import ColourDepth

PATIENT = 3
"""Pictures for which a part waits until it counts as too large to be sent at once."""
MARK = 40
"""Bytes for the mark of a part that waits."""

Where = NDArray[np.bool_]
"""(rows, columns): which cells of a picture."""


class Portions:
    """Remembers which parts have waited, and which is being sent row by row."""

    def __init__(self, depth: ColourDepth) -> None:
        self._depth = depth
        self._waited: dict[str, int] = {}
        """For how many pictures a part has waited."""
        self._waiting: frozenset[str] = frozenset()
        self._arriving: Rect | None = None
        """A part too large to be sent at once, still on its way."""
        self._is_held = False
        """Whether nothing of the picture could be sent."""
        self._next_row = 0

    @property
    def is_arriving(self) -> bool:
        """Whether a part of the last picture is still being sent row by row."""
        return self._arriving is not None

    def begin(self) -> None:
        """Another picture."""
        self._waiting, self._arriving, self._is_held = frozenset(), None, False

    def end(self) -> bool:
        """Called when the picture was sent as far as the limit allows; whether it is complete."""
        if not self._is_held:  # else the terminal has not been told that they wait
            self._waited = {name: self._waited.get(name, 0) + 1 for name in self._waiting}
        return not (self._waiting or self._is_held or self.is_arriving)

    def waiting(self, new: Cells, where: Where, parts: Mapping[str, Rect], limit: int) -> set[str]:
        """The parts that have to wait so that the changed cells `where` take at most `limit` bytes."""
        left = limit - self._bytes(new, where)
        if left >= 0:
            return set()
        costs = {name: self._bytes(new, where & _inside(part, where)) for name, part in parts.items()}
        left += sum(costs.values()) - MARK * len(costs)  # what the words around them leave
        waiting: set[str] = set()
        for name in sorted(costs, key=lambda name: -self._waited.get(name, 0)):
            is_next = not (waiting or self.is_arriving)
            if is_next and left >= costs[name]:
                left -= costs[name]
            elif is_next and self._waited.get(name, 0) >= PATIENT:
                # Its border tells of when it was, until the last row comes.
                self._arriving, self._next_row = parts[name], parts[name].y
            else:
                waiting.add(name)
        self._waiting = frozenset(waiting)
        return waiting

    def all_sent(self) -> None:
        """The picture is complete."""
        self._arriving = None

    def portion(self, new: Cells, where: Where, limit: int) -> Where:
        """Which of the cells `where` are sent if all of them take more than `limit` bytes.

        If all parts are of one moment: as many rows as the limit allows, at least one, from where the last portion
        ended. If a part waits: none, since words would stand beside a part of another moment. If a part arrives row by
        row: the words, then rows of that part.
        """
        part = np.zeros_like(where)
        if self._arriving is not None:
            inside = _inside(self._arriving, where)
            part, where = where & ~inside, where & inside
            limit -= self._bytes(new, part)
        elif self._waiting:
            limit = -1
        if limit < 0:
            self._is_held = True
            return np.zeros_like(where)
        rows = np.flatnonzero(where.any(axis=1))
        for row in np.roll(rows, -int(np.searchsorted(rows, self._next_row))).tolist():
            one = np.zeros_like(where)
            one[row] = where[row]
            limit -= self._bytes(new, one)
            if limit < 0 and part.any():
                break
            part |= one
            self._next_row = row + 1
        return part

    def _bytes(self, cells: Cells, where: Where) -> int:
        return len(encode(cells, where, self._depth).encode())


def _inside(part: Rect, grid: Where) -> Where:
    """Which cells of a grid like this one lie in `part`."""
    inside = np.zeros_like(grid)
    inside[part.y : part.y + part.height, part.x : part.x + part.width] = True
    return inside
