"""The real program on a real terminal, with hands on it: a weight is moved, the network asked, points put and taken."""

from __future__ import annotations

import re

from real_terminal import running

REAL = ("-m", "tui_trainer")
RIGHT, UP, DELETE, ESCAPE, ENTER = "\x1b[C", "\x1b[A", "\x1b[3~", "\x1b", "\r"


def test_a_weight_a_question_and_a_point() -> None:
    with running("glasses or rings", "--paused", program=REAL, size=(120, 40)) as program:
        program.until(program.shows(" 0 iterations"))
        program.type("2wc")
        program.until(program.shows("w[1→1] of layer 1 from heaviness = 0.500"))
        program.type(RIGHT)
        program.until(program.shows("w[2→1] of layer 1 from width = 0.500"))
        program.type("+")
        program.until(program.shows("w[2→1] of layer 1: 0.5 → 0.55"))
        program.type("-")
        program.until(program.shows("w[2→1] of layer 1 from width = 0.500"))
        program.type(ENTER)
        program.until(program.shows("The weight; the run goes on from it."))
        program.type("\x7f" * 6 + "1.25" + ENTER)
        program.until(program.shows("w[2→1] of layer 1 from width = 1.25"))
        program.type("u")
        program.until(program.shows("undo: w[2→1] of layer 1 back to 0.5"))

        program.type("5c")
        program.until(lambda: re.search(r"│ \(0\.\d+, 0\.\d+\)", program.text()))
        program.type(ENTER)
        program.until(program.shows("asked at ("))
        asked = re.search(r"asked at \(0\.\d+, 0\.\d+\): glasses (0\.\d+)", program.text())
        assert asked is not None
        program.type("0")
        program.until(program.shows("examples added 0 → 1"))
        program.until(program.shows("glasses or ring 5"))
        program.type(".")
        program.until(program.shows(" 1 iteration"))
        program.type(DELETE)
        program.until(program.shows("examples added 1 → 0"))
        program.type("u")
        program.until(program.shows("undo: examples added back to 1"))

        rows = program.screen.display
        line = next(y for y, row in enumerate(rows) if "▸5 Data" in row)
        x, y = rows[line].index("▸5 Data") + 9, line + 4
        program.type(f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m")
        program.until(lambda: "┼" in program.screen.display[line + 3])
        program.type(ESCAPE)
        program.until(lambda: "┼" not in program.screen.display[line + 3])
        program.quits()


def test_a_phrase_of_ones_own() -> None:
    with running("embeddings", "--paused", program=REAL, size=(120, 40)) as program:
        program.until(program.shows(" 0 iterations"))
        program.type("5c")
        program.until(program.shows("enter type a phrase"))
        program.type(ENTER)
        program.until(program.shows("a phrase of your own"))
        program.type("string" + ENTER)
        program.until(lambda: re.search(r'"string" lies nearest to|yours: nearest to "', program.text()))
        program.type(ESCAPE)
        program.until(lambda: "nearest to" not in program.text())
        program.quits()
