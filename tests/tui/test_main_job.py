"""The whole main job, with the installed program on a real terminal: start, stop, step, change, load, leave."""

from __future__ import annotations

import re
from pathlib import Path

from real_terminal import Program, running

REAL = ("-m", "tui_trainer")


def iteration(program: Program) -> int:
    """The number of iterations done in the header; -1 before there is one."""
    match = re.search(r"([\d,]+)(?: of [\d,]+)? iterations?", program.text())
    return int(match[1].replace(",", "")) if match else -1


def test_start_stop_step_change_load_and_leave() -> None:
    with running(program=REAL, size=(120, 40)) as program:
        program.until(program.shows("lr just right"))
        program.until(lambda: iteration(program) > 20)

        program.type(" ")
        program.until(program.shows("paused"))
        stopped = iteration(program)
        program.type(".")
        program.until(lambda: iteration(program) != stopped)
        assert iteration(program) == stopped + 1

        for word in ("[Guess]", "[Measure]", "[Blame]"):
            program.type("p")
            program.until(program.shows(word))
            assert iteration(program) == stopped + 1
        program.type("p")
        program.until(program.shows("[Fix]"))
        assert iteration(program) == stopped + 2

        program.until(lambda: re.search(r"lr 1\b", program.text()))
        program.type("+")
        program.until(lambda: re.search(r"lr 2\b", program.text()))

        program.type("l")
        program.until(program.shows("type to filter"))
        program.type("lr too large")
        program.until(program.shows("What happens when every step is too long?"))
        program.type("\r")
        program.until(program.shows("circles 200"))
        program.type("\x1b")  # the question of the run gives way to the verdict, as it does by itself later
        program.until(program.shows("BOUNCING"))

        program.quits()


def test_a_diverging_run_stands_with_an_explanation() -> None:
    with running("lr far too large", "--pace", "max", program=REAL, size=(120, 40)) as program:
        program.until(program.shows("diverged"))
        program.type("\x1b")
        program.until(program.shows("DIVERGED"))
        program.quits()


def test_preferences_that_are_wrong_are_told_and_keep_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("theme = light\n", encoding="utf-8")
    environment = {"TUI_TRAINER_PREFERENCES": str(path)}
    with running("--paused", program=REAL, size=(120, 40), environment=environment) as program:
        program.until(program.shows("lr just right"))
        program.until(program.shows("invalid"))
        program.type("t")
        program.read_all()  # a program whose output nobody takes leaves without its last words
        program.quits()
        assert "line 1, column 9: invalid value; a text stands in quotation marks" in program.raw
        assert "; the defaults are used" in program.raw
    assert path.read_text(encoding="utf-8") == "theme = light\n"
