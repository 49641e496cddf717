"""Chooses what to send of a picture that exceeds a limit of bytes: words first, then whole parts (the charts), the
longest waiting first.

A waiting part stays unchanged and is marked, so that parts side by side are of one moment, or name theirs.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tui_trainer.dashboard.layout import Rect
from tui_trainer.drawing.cells import Cells
from tui_trainer.drawing.encoder import encode
from tui_trainer.drawing.theme import ColourDepth

PATIENT_PICTURES = 3
"""Pictures for which a part waits before it is sent row by row, because it is too large to be sent at once."""
MARK_BYTES = 40
"""Bytes for the mark of a waiting part."""

Where = NDArray[np.bool_]
"""(rows, columns): whether a cell of a picture is meant."""


class PartialSending:
    """Remembers which parts have waited, and which part is being sent row by row."""

    def __init__(self, depth: ColourDepth) -> None:
        self._depth = depth
        self._waited: dict[str, int] = {}
        """Name of a part → pictures for which it has waited."""
        self._waiting: frozenset[str] = frozenset()
        self._arriving: Rect | None = None
        """A part that is being sent row by row."""
        self._is_held = False
        """Whether nothing of the picture could be sent."""
        self._next_row = 0

    @property
    def is_arriving(self) -> bool:
        """Whether a part of the last picture is still being sent row by row."""
        return self._arriving is not None

    def begin(self) -> None:
        """Begin another picture."""
        self._waiting, self._arriving, self._is_held = frozenset(), None, False

    def end(self) -> bool:
        """Call when the picture was sent as far as the limit allows. Returns whether it is complete."""
        if not self._is_held:  # otherwise the terminal does not show yet that they wait
            self._waited = {name: self._waited.get(name, 0) + 1 for name in self._waiting}
        return not (self._waiting or self._is_held or self.is_arriving)

    def waiting(self, new: Cells, where: Where, parts: Mapping[str, Rect], limit: int) -> set[str]:
        """The parts that have to wait so that the changed cells `where` take at most `limit` bytes."""
        left = limit - self._bytes(new, where)
        if left >= 0:
            return set()
        costs = {name: self._bytes(new, where & _inside(part, where)) for name, part in parts.items()}
        left += sum(costs.values()) - MARK_BYTES * len(costs)  # the limit without the words around the parts
        waiting: set[str] = set()
        for name in sorted(costs, key=lambda name: -self._waited.get(name, 0)):
            is_next = not (waiting or self.is_arriving)
            if is_next and left >= costs[name]:
                left -= costs[name]
            elif is_next and self._waited.get(name, 0) >= PATIENT_PICTURES:
                # Its border shows the old iteration until the last row has come.
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
    """The cells of a grid of this size that lie in `part`."""
    inside = np.zeros_like(grid)
    inside[part.y : part.y + part.height, part.x : part.x + part.width] = True
    return inside
