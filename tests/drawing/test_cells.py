"""The grid of cells, and what a text takes of it."""

from __future__ import annotations

import sys
import unicodedata

from tui_trainer.drawing.cells import _TAME, CONTINUATION, Cells, printable, text_width


def test_what_is_known_at_a_glance_takes_one_cell_and_acts_on_nothing() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        if _TAME.fullmatch(character):
            assert unicodedata.category(character)[0] != "C", hex(ord(character))
            assert unicodedata.east_asian_width(character) not in "WF", hex(ord(character))
            assert not unicodedata.combining(character), hex(ord(character))


def test_text_is_written_literally_with_both_cells_of_wide_characters() -> None:
    cells = Cells(12, 1)
    text = "δ 語\x1be\u0301→"
    assert printable(text) == "δ 語�e�→"
    assert cells.text(0, 0, text) == text_width(text) == 8
    assert cells.lines() == ["δ 語�e�→    "]
    assert cells.codes[0, 3] == CONTINUATION
    assert Cells(4, 1).text(0, 0, "αβγδε") == 4
