"""The last step of an ASCII screen: every sign that has a plain likeness becomes it, everything else a question mark.

Charts choose their own letters where a dot or a block has no likeness; this takes care of words, borders and signs.
"""

from __future__ import annotations

import numpy as np

from tui_trainer.tui.cells import CONTINUATION, Cells

_LIKENESS = {
    **dict.fromkeys("│┃┆╎▏·", "|"),
    **dict.fromkeys("─╌╍−–—•", "-"),
    **dict.fromkeys("━╸═", "="),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+"),
    **dict.fromkeys("…", "~"),
    **dict.fromkeys("▸▶→", ">"),
    **dict.fromkeys("◂◀←", "<"),
    **dict.fromkeys("▴↑", "^"),
    **dict.fromkeys("▲", "A"),  # the best, as charts draw it; an arrow is another thing
    **dict.fromkeys("▾▼↓", "v"),
    **dict.fromkeys("×✗", "x"),
    **dict.fromkeys("●◦○■█", "o"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict(zip("✓⚠❚↻‖√∂δΔεηλσΣ²₀₁₂₃≤≥≈", "*!|@|VddDenlsS20123<>~", strict=True)),
}
_FIRST_OTHER = 128
_TABLE_SIZE = 0x2800
_TABLE = np.full(_TABLE_SIZE, ord("?"), dtype=np.uint32)
_TABLE[:_FIRST_OTHER] = np.arange(_FIRST_OTHER)
for _sign, _plain in _LIKENESS.items():
    if ord(_sign) < _TABLE_SIZE:
        _TABLE[ord(_sign)] = ord(_plain)


def make_ascii(cells: Cells) -> None:
    """Replace every character of `cells` beyond ASCII, in place; the second cell of a wide one becomes a blank."""
    codes = cells.codes
    second = codes == CONTINUATION
    codes[:] = np.where(codes < _TABLE_SIZE, _TABLE[np.minimum(codes, _TABLE_SIZE - 1)], ord("?"))
    codes[second] = ord(" ")
