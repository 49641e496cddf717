"""A screen in plain ASCII. As the last step every character is replaced by its likeness, or else by a question mark.

Formulas are spelled out earlier, before the layout, since that takes more cells. Charts choose their own letters for
dots and blocks; this module serves words, borders and signs.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tui_trainer.drawing.ascii_likeness import LIKENESS
from tui_trainer.drawing.cells import CONTINUATION, Cells, character_width

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
    """Text with formulas in ASCII: "a × δ" as "a * delta". Call it before the layout: the result takes more cells."""
    return _SPELLED_SIGN.sub(lambda sign: _SPELLED[sign[0]], _PRODUCT.sub("*", formula))


class _Signs(dict[int, str]):
    """The table for `str.translate`: each character is replaced by one of the same width."""

    def __missing__(self, code: int) -> str:
        if code >= _FIRST_OTHER:
            self[code] = LIKENESS.get(chr(code), "?" * character_width(chr(code)))
        return self.get(code, chr(code))


_SIGNS = _Signs()


def in_ascii(text: str) -> str:
    """Text on its way to the terminal, one character for each cell. A square takes the blank behind it: "d^2+ 1"."""
    return text if text.isascii() else text.replace("² ", "^2").translate(_SIGNS)


def make_ascii(cells: Cells) -> None:
    """Replace every character of `cells` beyond ASCII, in place. The second cell of a wide character becomes a blank.

    The layout is fixed by now, so each is replaced by one character. The exception are signs that would be misread, if
    a blank beside them can be used: "0.37 → 0.63" becomes "0.37-> 0.63", and "≤ 3" becomes "<=3". A dot between two
    characters is a product; a dot between blanks separates words.
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
