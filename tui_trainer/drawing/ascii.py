"""A screen in ASCII alone: its last step, in which every sign that has a plain likeness becomes it and everything else
a question mark, and formulas, which are spelled out before they are laid out.

Charts choose their own letters where a dot or a block has no likeness; this takes care of words, borders and signs.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.cells import CONTINUATION, Cells, character_width
from tui_trainer.drawing.likeness import LIKENESS

_FIRST_OTHER = 128
_TABLE_SIZE = 0x2800
_TABLE = np.full(_TABLE_SIZE, ord("?"), dtype=np.uint32)
_TABLE[:_FIRST_OTHER] = np.arange(_FIRST_OTHER)
for _sign, _plain in LIKENESS.items():
    if ord(_sign) < _TABLE_SIZE:
        _TABLE[ord(_sign)] = ord(_plain)


_SPELLED = {
    "→": "->",
    "−": "-",
    "×": "*",
    "²": "^2",
    "½": "0.5",
    "±": "+-",
    "≈": "~",
    "α": "alpha",
    "β": "beta",
    "δ": "delta",
    "ε": "eps",
    "∂": "d",
    "Σ": "sum",
}
_SPELLED_SIGN = re.compile("[" + "".join(_SPELLED) + "]")
_PRODUCT = re.compile(r"(?<=\S)·(?=\S)")


@lru_cache(maxsize=1024)
def spelled_out(formula: str) -> str:
    """Words with formulas in them, in ASCII: "a × δ" as "a * delta".

    To be called before there is a layout: it takes more cells than the signs do.
    """
    return _SPELLED_SIGN.sub(lambda sign: _SPELLED[sign[0]], _PRODUCT.sub("*", formula))


class _Signs(dict[int, str]):
    """What `str.translate` puts in place of each character, in as many cells."""

    def __missing__(self, code: int) -> str:
        if code >= _FIRST_OTHER:
            self[code] = LIKENESS.get(chr(code), "?" * character_width(chr(code)))
        return self.get(code, chr(code))


_SIGNS = _Signs()


def in_ascii(text: str) -> str:
    """Text on its way to the terminal, one character for each cell."""
    return text if text.isascii() else text.translate(_SIGNS)


def make_ascii(cells: Cells) -> None:
    """Replace every character of `cells` beyond ASCII, in place; the second cell of a wide one becomes a blank.

    One character each, since everything has its place by now, but for signs that would read as something else and have
    a blank beside them to take: "0.37 → 0.63" is no comparison and becomes "0.37-> 0.63", "≤ 3" becomes "<=3". A dot
    between two characters is a product, between blanks it parts words.
    """
    codes = cells.codes
    blank = codes == ord(" ")
    _take_blank(cells, (codes[:, 1:] == ord("→")) & blank[:, :-1], ord("-"), before=True)
    for sign in "≤≥":
        _take_blank(cells, (codes[:, :-1] == ord(sign)) & blank[:, 1:], ord("="), before=False)
    inner = codes[:, 1:-1]
    inner[(inner == ord("·")) & ~blank[:, :-2] & ~blank[:, 2:]] = ord("*")
    second = codes == CONTINUATION
    codes[:] = np.where(codes < _TABLE_SIZE, _TABLE[np.minimum(codes, _TABLE_SIZE - 1)], ord("?"))
    codes[second] = ord(" ")


def _take_blank(cells: Cells, signs: NDArray[np.bool_], code: int, *, before: bool) -> None:
    """Put `code` into the blanks before (or behind) `signs`, in the signs' style.

    `signs` (rows, columns − 1): whether a sign stands in that cell, the first (or the last) of a row left out.
    """
    left, right = (slice(None), slice(None, -1)), (slice(None), slice(1, None))
    there, sign = (left, right) if before else (right, left)
    cells.codes[there][signs] = code
    cells.styles[there][signs] = cells.styles[sign][signs]
