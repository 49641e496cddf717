"""A rectangle of terminal cells: one character and one packed style each, in two NumPy arrays.

Panels draw into it, tests read it, the painter compares it with the last frame. It knows no terminal:
colours are 24-bit numbers, which the encoder reduces to those of the terminal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DEFAULT = -1
"""The terminal's own foreground or background."""

BOLD, DIM, UNDERLINE, REVERSE = 1, 2, 4, 8

CONTINUATION = 0
"""Code of the second cell of a wide character; nothing is written for it."""


def style(foreground: int = DEFAULT, background: int = DEFAULT, attributes: int = 0) -> int:
    """Pack two colours (0xRRGGBB or DEFAULT) and attributes (BOLD | DIM | …) into one number."""
    return (foreground + 1) << 32 | (background + 1) << 4 | attributes


def unpack(packed: int) -> tuple[int, int, int]:
    """The (foreground, background, attributes) of a packed style."""
    return (packed >> 32) - 1, (packed >> 4 & 0x1FFFFFF) - 1, packed & 0xF


def style_array(
    foreground: NDArray[np.int64] | int, background: NDArray[np.int64] | int, attributes: int = 0
) -> NDArray[np.uint64]:
    """Pack whole arrays of colours (broadcast against each other) as `style` packs one."""
    packed = (np.asarray(foreground) + 1) << 32 | (np.asarray(background) + 1) << 4 | attributes
    return packed.astype(np.uint64)


PLAIN = style()


_TAME = re.compile(
    "[ -~\xa1-\xac\xae-\u02ff\u0391-\u03a1\u03a3-\u03ff\u2010-\u2027\u2030-\u205e\u2074-\u208e\u2090-\u209c"
    "\u2100-\u214f\u2190-\u2319\u2500-\u25fc\u26a0\u2713-\u2718\u2800-\u28ff]*"
)
"""Matches text of harmless characters one cell wide, as this program writes. Other text takes the slow path."""


def printable(text: str) -> str:
    """`text` with � in place of every character that could act on a terminal or has no width."""
    if _TAME.fullmatch(text):
        return text
    return "".join(map(_printable, text))


_JOINING = "\u200c\u200d\ufe0e\ufe0f"
"""Joiners and variation selectors: each character has its own cell, so there is nothing to join."""


@lru_cache(maxsize=1024)
def _printable(character: str) -> str:
    if character in _JOINING:
        return ""
    harmful = unicodedata.category(character)[0] == "C" or unicodedata.combining(character)
    return "�" if harmful else character


@lru_cache(maxsize=1024)
def character_width(character: str) -> int:
    """1 or 2 cells. `wcwidth` knows characters of no width too, which `printable` has replaced."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def text_width(text: str) -> int:
    """Cells that `text` takes once it is `printable`."""
    if text.isascii() or _TAME.fullmatch(text):
        return len(text)
    return sum(map(character_width, printable(text)))


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` cut to at most `width` cells, with an ellipsis where something was lost."""
    text = printable(text)
    if text_width(text) <= width:
        return text
    room, kept = max(width, 0) - len(ellipsis), ""
    if room < 0:
        return ellipsis[: max(width, 0)]
    for character in text:
        room -= character_width(character)
        if room < 0:
            break
        kept += character
    return kept + ellipsis


@lru_cache(maxsize=512)
def _codes(text: str, room: int) -> NDArray[np.uint32]:
    """Code points of `text` cut to `room` cells. Cached, since most words of a frame were in the last one."""
    text = fit(text, room)
    if _TAME.fullmatch(text):
        return np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    points: list[int] = []
    for character in text:
        points.append(ord(character))
        if character_width(character) == 2:
            points.append(CONTINUATION)
    return np.array(points, dtype=np.uint32)


class Cells:
    """`codes` (rows, columns) uint32 code points and `styles` (rows, columns) uint64 packed styles."""

    __slots__ = ("codes", "styles")

    def __init__(self, width: int, height: int, fill: int = PLAIN) -> None:
        self.codes: NDArray[np.uint32] = np.full((max(height, 0), max(width, 0)), ord(" "), dtype=np.uint32)
        self.styles: NDArray[np.uint64] = np.full(self.codes.shape, fill, dtype=np.uint64)

    @property
    def width(self) -> int:
        return int(self.codes.shape[1])

    @property
    def height(self) -> int:
        return int(self.codes.shape[0])

    def text(self, x: int, y: int, text: str, packed: int = PLAIN, width: int | None = None) -> int:
        """Write `text` literally from (x, y) and return the next x.

        It is cut with an ellipsis at `width` cells or at the edge.
        """
        rows, columns = self.codes.shape
        if not 0 <= y < rows or not 0 <= x < columns:
            return x
        codes = _codes(text, columns - x if width is None else min(width, columns - x))
        end = x + len(codes)
        self.codes[y, x:end] = codes
        self.styles[y, x:end] = packed
        return end

    def copy(self) -> Cells:
        """The same cells in arrays of their own."""
        copy = Cells(0, 0)
        copy.codes, copy.styles = self.codes.copy(), self.styles.copy()
        return copy

    def paste(self, other: Cells, x: int, y: int) -> None:
        """Copy `other` with its top left corner at (x, y), clipped to this rectangle."""
        height, width = min(other.height, self.height - y), min(other.width, self.width - x)
        if height > 0 and width > 0:
            self.codes[y : y + height, x : x + width] = other.codes[:height, :width]
            self.styles[y : y + height, x : x + width] = other.styles[:height, :width]

    def part(self, x: int, y: int, width: int, height: int) -> Cells:
        """A rectangle of these cells. Arrays are shared."""
        part = Cells(0, 0)
        part.codes = self.codes[y : y + height, x : x + width]
        part.styles = self.styles[y : y + height, x : x + width]
        return part

    def lines(self) -> list[str]:
        """The characters alone, a string a row: what tests read."""
        seen = (row[row != CONTINUATION].astype("<u4") for row in self.codes)
        return [row.tobytes().decode("utf-32-le", "surrogatepass") for row in seen]
