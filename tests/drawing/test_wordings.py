"""Several wordings of the same, of which the longest that fits is shown."""

from __future__ import annotations

from tui_trainer.drawing.text_fitting import Wordings

LOSS = Wordings("training loss 0.31", "loss 0.31", "0.31")


def test_the_longest_that_fits_is_chosen_and_else_the_shortest() -> None:
    assert [LOSS.fitting(columns) for columns in (18, 17, 9, 8, 1)] == [*LOSS[:2], LOSS[1], LOSS[2], LOSS[2]]
    assert LOSS.or_else("").fitting(1) == ""
    assert Wordings().fitting(10) == ""


def test_a_wide_character_takes_two_cells() -> None:
    assert Wordings("損失 0.31", "0.31").fitting(8) == "0.31"


def test_lines_are_counted_where_text_is_broken() -> None:
    assert [LOSS.fitting_rows(8, rows) for rows in (3, 2, 1)] == ["training loss 0.31", "loss 0.31", "0.31"]


def test_parts_are_put_together_with_each() -> None:
    assert Wordings("batch", "b").prefixed("last ") == ("last batch", "last b")
    assert Wordings.joined(("at 4", "", "lr 2"), ("at 4",), ()) == ("at 4 · lr 2", "at 4", "")


def test_what_is_said_twice_is_tried_once() -> None:
    assert Wordings("a", "b", "a", "b").or_else("b", "c") == ("a", "b", "c")
