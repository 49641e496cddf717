"""Where every panel stands, as pure arithmetic on the size of the screen: nothing overlaps, nothing is left over."""

from __future__ import annotations

from msgspec import Struct


class Rect(Struct, frozen=True):
    """A rectangle of cells; (x, y) is its top left corner on the screen."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: int, y: int) -> bool:
        """Whether the cell (x, y) lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height
