"""The real program on a real terminal: back in time, another past, the future that was left, two arms in a race."""

from __future__ import annotations

import re

from real_terminal import Program, running

REAL = ("-m", "tui_trainer")
END = "\x1b[F"
LEFT = "⠶ abandoned"
"""The legend's sign for the future that a change in the past has left."""


def iteration(program: Program) -> int:
    """The number behind "iteration" in the header; -1 before there is one."""
    match = re.search(r"iteration ([\d,]+)", program.text())
    return int(match[1].replace(",", "")) if match else -1


def test_back_change_the_past_return_fork_and_race() -> None:
    with running("lr just right", "--paused", program=REAL, size=(120, 40)) as program:
        program.until(program.shows("iteration 0"))
        program.type(" ")
        program.until(lambda: iteration(program) > 60)
        program.type(" ")
        program.until(program.shows("❚❚ paused"))
        newest = iteration(program)

        program.type(",")
        past = f"past: iteration {newest - 1} of {newest}"
        program.until(program.shows(past))
        program.type("+")
        program.until(program.shows(LEFT))
        assert "past:" not in program.text()
        assert iteration(program) == newest - 1
        program.type("u")
        program.until(program.shows(past))
        program.until(lambda: LEFT not in program.text())  # charts follow the words
        program.type(END)
        program.until(lambda: "past:" not in program.text())

        program.type("b")
        program.until(program.shows("arm B of 2"))
        assert "A and B are equal to the bit so far" in program.text()
        program.type("+")
        program.until(program.shows("arm B of 2: learning rate 2"))
        program.type(" ")
        program.until(program.shows(f"A and B part at {newest + 1}, first in layer"))
        program.until(lambda: iteration(program) > newest + 40)
        program.type(" ")
        program.until(program.shows("❚❚ paused"))

        legend = program.screen.display[4]
        assert re.search(r"A [⠀-⣿]* ?learning rate 1  B [⠀-⣿]* ?learning rate 2", legend)
        assert re.search(r"▲ [AB] is ahead: validation loss", program.screen.display[2])
        program.type("o")
        program.until(program.shows("arm A of 2"))
        program.type("q")
        program.until(program.ended)
        assert program.status == 0
        assert program.not_handed_back() == []
