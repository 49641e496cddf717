"""The real program on a real terminal: back in time, another past, the future that was left, two arms in a race."""

from __future__ import annotations

import re

from real_terminal import Program, running

REAL = ("-m", "tui_trainer")
END, HOME, LEFT_KEY = "\x1b[F", "\x1b[H", "\x1b[D"
LEFT = "⠶ left"
"""The legend's sign for the future that a change in the past has left."""


def iteration(program: Program) -> int:
    """The number of iterations done in the header; -1 before there is one."""
    match = re.search(r"([\d,]+)(?: of [\d,]+)? iterations?", program.text())
    return int(match[1].replace(",", "")) if match else -1


def test_back_change_the_past_return_fork_and_race() -> None:
    with running("lr just right", "--paused", program=REAL, size=(120, 40)) as program:
        program.until(program.shows(" 0 iterations"))
        program.type(" ")
        program.until(lambda: iteration(program) > 60)
        program.type(" ")
        program.until(program.shows("❚❚ paused"))
        newest = iteration(program)

        program.type(",")
        past = f"past: {newest - 1} of {newest} iterations"
        program.until(program.shows(past))
        program.type("+")
        program.until(program.shows(LEFT, without="past:"))
        assert iteration(program) == newest - 1
        program.type("u")
        program.until(program.shows(past))
        program.until(lambda: LEFT not in program.text())  # charts follow the words
        program.type(END)
        program.until(lambda: "past:" not in program.text())

        program.type("b")
        program.until(program.shows("arm B of 2"))
        program.until(program.shows("A and B: equal weights so far, to the bit"))
        program.type("+")
        program.until(program.shows("arm B of 2: learning rate 2"))
        program.type(" ")
        program.until(program.shows(f"A and B part at {newest + 1}, most in layer"))
        program.until(lambda: iteration(program) > newest + 40)
        program.type(" ")
        program.until(program.shows("❚❚ paused"))

        legend = program.screen.display[4]
        assert re.search(r"A [⠀-⣿]* ?learning rate 1  B [⠀-⣿]* ?learning rate 2", legend)
        assert re.search(r"▲ [AB] is ahead: validation loss", program.screen.display[2])
        program.type("o")
        program.until(program.shows("arm A of 2"))
        program.quits()


def test_phases_speed_scrub_undo_and_home_by_keys() -> None:
    with running("10-64-3 with dropout", "--paused", program=REAL, size=(120, 40)) as program:
        program.until(program.shows(" 0 iterations"))
        program.type("..6")
        program.until(program.shows(" 2 iterations"))
        for key, word in (("p", "[Guess]"), ("p", "[Measure]"), ("p", "[Blame]"), ("p", "[Fix]"), ("P", "[Blame]")):
            program.type(key)
            program.until(program.shows(word))
            program.until(program.shows(f"{word[1:-1]}  "))  # its line in This step
        program.until(program.shows("past: 2 of 3 iterations"))
        program.type(END)
        program.until(lambda: iteration(program) == 3 and "past:" not in program.text())

        program.type("a")
        program.until(program.shows("running 1 phase/s"))
        program.type("]")
        program.until(program.shows("running 2 phases/s"))
        program.type("m")
        program.until(program.shows("finished"))
        program.until(lambda: iteration(program) == 500)  # the rest of the picture
        newest = 500

        program.type("+")
        program.until(program.shows("lr 0.02"))
        program.until(program.shows("learning rate 0.01 → 0.02"))
        program.type("u")
        program.until(program.shows("lr 0.01"))
        program.type("c" + 5 * LEFT_KEY)
        program.until(program.shows("│ at 475 · batch"))
        program.type("\r")
        program.until(program.shows("past: 475 of 500 iterations"))
        program.type(HOME)
        program.until(program.shows(f"past: 0 of {newest} iterations"))
        program.quits()


def test_a_run_that_breaks_says_where_and_races_against_what_does_not_break() -> None:
    with running("lr far too large", "--pace", "max", program=REAL, size=(120, 40)) as program:
        program.until(program.shows("Autopsy"))
        program.type("\x1b")  # the question of the run gives way to the verdict, as it does by itself later
        for words in (
            "DIVERGED",
            "✗ Measure: loss not finite",
            "last finite: loss",
            "f: learning rate 0.12",
        ):
            program.until(program.shows(words))
        program.type("f")
        program.until(program.shows("under 5 of 5 seeds; unchanged it diverges"))
        program.type("\r")
        program.until(program.shows("B is ahead"))
        program.until(program.shows("finished"))
        program.quits()


def test_a_fix_is_tried_while_the_run_waits_then_raced_and_taken_back() -> None:
    long = ("--set", "training.iterations=10000", "--set", "training.evaluate_every=4")
    with running("lr too large", *long, "--pace", "200", program=REAL, size=(80, 24)) as program:
        program.until(program.shows("lr too large"))
        program.type("\x1b")
        program.until(lambda: program.shows("f: learning")() or program.shows("f: a fix")())
        program.type("f")
        program.until(program.shows("Tried on a copy: validation loss", "❚❚ paused", "enter races"))
        here = iteration(program)
        program.type("\x1b")
        program.until(lambda: iteration(program) > here and not program.shows("Tried")())
        program.type("ff")  # the second while the first is tried
        program.until(program.shows("enter races"))
        program.type("\r")
        program.until(program.shows("arm B of 2"))
        program.type("u")
        program.until(lambda: not program.shows("arm B of 2")())
        program.quits()
