"""Two frames of cells → a short text that turns a terminal showing the first into one showing the second.

Pure functions: the changed cells as cursor moves, style changes (SGR) and characters of ECMA-48. Moves name their
column absolutely, so that a character of another width on that terminal spoils no other cell. Cells of one style are
written together, also those far apart, since a style takes more bytes than a move.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import east_asian_width

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.cells import CONTINUATION, DEFAULT, PLAIN, Cells, character_width, unpack
from tui_trainer.drawing.colour_depth import Styles, reduced
from tui_trainer.drawing.theme import ColourDepth

Codes = NDArray[np.uint32]

_WIDE_FROM, _MANY_WIDE_FROM = 0x1100, 0x2E80
_ORDINARY, _CONTROL, _TAIL, _WIDE = range(4)
_KINDS = np.full(_MANY_WIDE_FROM + 1, _ORDINARY, dtype=np.uint8)
"""By code point: one of these kinds. The last entry stands for all from 0x2E80, which are looked up one by one."""
_KINDS[:0x20] = _KINDS[0x7F:0xA0] = _CONTROL
_KINDS[CONTINUATION] = _TAIL
_KINDS[_WIDE_FROM:-1] = [
    _WIDE if east_asian_width(chr(code)) in "WF" else _ORDINARY for code in range(_WIDE_FROM, _MANY_WIDE_FROM)
]
_KINDS[-1] = _WIDE

ATTRIBUTES = 0xF
"""The bits of a packed style that are no colour."""

_GROUNDS = np.array([[32], [4]], dtype=np.uint64)
"""The first bit of the foreground and of the background of a packed style, as a column."""

_UNPRINTABLE = ord("�")
_BLANK = ord(" ")

UNSEEN = 12
"""How far a colour may be off, in 255ths, while the picture moves. While a network learns, every cell of its decision
map changes a little in every frame; with this tolerance a quarter of the bytes is sent."""

BRIDGE = 4
"""Up to this many unchanged cells between changed ones of one style are written again: a move takes more bytes."""


def presentable(cells: Cells, depth: ColourDepth) -> Cells:
    """`cells` as the terminal will show them: colours it has (see `reduced`), no control characters, every
    wide character with both its cells or replaced by a space, and no foreground where a block of colour hides it.
    Arrays are shared with `cells` where nothing changed."""
    shown = Cells(0, 0)
    shown.codes = _settled(cells.codes)
    styles = reduced(cells.styles, depth)
    background = styles >> np.uint64(4) & np.uint64(0x1FFFFFF)
    hidden = (shown.codes == _BLANK) & (styles >> np.uint64(32) == background) & (background > 0)
    shown.styles = np.where(hidden, styles & np.uint64(0xFFFFFFFF), styles) if hidden.any() else styles
    return shown


def _settled(codes: Codes) -> Codes:
    kinds = _KINDS[np.minimum(codes, _MANY_WIDE_FROM)]
    if not kinds.any():
        return codes
    codes = np.where(kinds == _CONTROL, np.uint32(_UNPRINTABLE), codes)
    wide, tail = kinds == _WIDE, kinds == _TAIL
    for y, x in zip(*np.nonzero(wide & (codes >= _MANY_WIDE_FROM)), strict=True):
        wide[y, x] = character_width(chr(codes[y, x])) == 2
    has_tail = np.zeros_like(wide)
    has_tail[:, :-1] = tail[:, 1:]
    has_head = np.zeros_like(wide)
    has_head[:, 1:] = wide[:, :-1]
    codes[(wide & ~has_tail) | (tail & ~has_head)] = ord(" ")
    return codes


def changed(old: Cells, new: Cells, tolerance: int = 0) -> NDArray[np.bool_]:
    """(rows, columns): which cells differ; a wide character changes with both its cells.

    With a `tolerance` (24-bit colours only) the same character in nearly the same colours does not count: each of
    red, green and blue of both colours is off by at most so much of 255.
    """
    other_codes, other_styles = old.codes != new.codes, old.styles != new.styles
    different: NDArray[np.bool_] = other_codes | other_styles
    if tolerance:
        at = np.flatnonzero(other_styles & ~other_codes)
        different.ravel()[at] = ~_near(old.styles.ravel()[at], new.styles.ravel()[at], tolerance)
    tail = new.codes[:, 1:] == CONTINUATION
    if tail.any():
        pair = tail & (different[:, :-1] | different[:, 1:])
        different[:, :-1] |= pair
        different[:, 1:] |= pair
    return different


def _near(old: Styles, new: Styles, tolerance: int) -> NDArray[np.bool_]:
    """Which of the packed styles (n,) look nearly alike: see `cells.style` for the bits."""
    was, now = ((styles >> _GROUNDS & 0x1FFFFFF).astype(np.int64) - 1 for styles in (old, new))
    near = (was == DEFAULT) == (now == DEFAULT)
    for channel in (16, 8, 0):
        near &= np.abs((was >> channel & 0xFF) - (now >> channel & 0xFF)) <= tolerance
    return np.asarray(near[0] & near[1] & ((old & ATTRIBUTES) == (new & ATTRIBUTES)))


def bridged(new: Cells, where: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`where` (rows, columns) with the short gaps in it that are cheaper to write again than to jump over."""
    flat = np.flatnonzero(where)
    before, after = flat[:-1], flat[1:]
    short = (after - before > 1) & (after - before <= BRIDGE + 1) & (before // new.width == after // new.width)
    before, after = before[short, None], after[short, None]
    gaps = np.minimum(before + np.arange(1, BRIDGE + 1), after)  # (gaps, BRIDGE) cells; some come twice
    codes, styles = new.codes.ravel()[gaps], new.styles.ravel()
    cheap = (codes >= 0x20) & (codes < 0x7F) & (styles[gaps] == styles[gaps - 1])
    # All between them has to be one byte each, in the style that is on already.
    bridge = (cheap | (gaps == after)).all(axis=1)
    filled = where.copy()
    filled.ravel()[gaps[bridge]] = True
    return filled


def encode(new: Cells, where: NDArray[np.bool_], depth: ColourDepth) -> str:
    """The text that writes the cells `where` (rows, columns) of `new`, made by `presentable` for `depth`.

    Expects the terminal in its default style and leaves it there; "" when there is nothing to write.
    """
    width = new.width
    flat = np.flatnonzero(where)
    if not len(flat):
        return ""
    styles = new.styles.ravel()[flat]
    jumps, changes = np.ones((2, len(flat)), dtype=bool)
    jumps[1:] = (flat[1:] - flat[:-1] != 1) | (flat[1:] % width == 0)
    changes[1:] = styles[1:] != styles[:-1]
    starts = np.flatnonzero(jumps | changes)
    ends = np.append(starts[1:], len(flat))
    # Runs of one style each; those that touch stay together, in the order of the styles that they begin with.
    chains = np.cumsum(jumps[starts]) - 1
    order = np.lexsort((np.arange(len(starts)), styles[starts][jumps[starts]][chains]))
    starts, ends = starts[order], ends[order]
    codes = new.codes.ravel()[flat].astype("<u4")
    out: list[str] = []
    style, cursor, row = PLAIN, -1, -1
    for start, end, cell, packed in zip(
        starts.tolist(), ends.tolist(), flat[starts].tolist(), styles[starts].tolist(), strict=True
    ):
        if cell != cursor:
            y, x = divmod(cell, width)
            out.append(f"\x1b[{x + 1}G" if y == row else f"\x1b[{y + 1};{x + 1}H")
            row = y
        if packed != style:
            out.append(style_change(style, packed, depth))
            style = packed
        out.append(codes[start:end].tobytes().decode("utf-32-le").replace("\0", ""))
        cursor = cell + end - start
        if cursor % width == 0:
            cursor = -1  # Behind the last column a terminal may or may not wrap: always move from there.
    if style != PLAIN:
        out.append("\x1b[m")
    return "".join(out)


@lru_cache(maxsize=1 << 10)  # the words; the shades of a map hardly ever come twice
def style_change(before: int, after: int, depth: ColourDepth) -> str:
    """The SGR sequence from one presentable style to another."""
    if after == PLAIN:
        return "\x1b[m"
    old_foreground, old_background, old_attributes = unpack(before)
    foreground, background, attributes = unpack(after)
    parameters: list[str] = []
    if old_attributes & ~attributes:
        parameters.append("0")
        old_foreground = old_background = DEFAULT
        old_attributes = 0
    added = attributes & ~old_attributes
    parameters += [number for bit, number in ((1, "1"), (2, "2"), (4, "4"), (8, "7")) if added & bit]
    if foreground != old_foreground:
        parameters.append(_colour(foreground, depth, 30))
    if background != old_background:
        parameters.append(_colour(background, depth, 40))
    return f"\x1b[{';'.join(parameters)}m"


def _colour(colour: int, depth: ColourDepth, ground: int) -> str:
    """Parameters of SGR for a reduced colour; `ground` is 30 for the foreground and 40 for the background."""
    if colour == DEFAULT:
        return str(ground + 9)
    if depth is ColourDepth.COLOURS_16:
        return str(ground + colour if colour < 8 else ground + 52 + colour)
    if depth is ColourDepth.COLOURS_256:
        return f"{ground + 8};5;{colour}"
    return f"{ground + 8};2;{colour >> 16};{colour >> 8 & 0xFF};{colour & 0xFF}"
