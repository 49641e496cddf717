"""A lesson on a real terminal: right and wrong answers, a task, and what the keys of the footer promise."""

from __future__ import annotations

from pathlib import Path

from own_lesson import TO_THE_END, WILL_IT_LEARN, lesson_head
from real_terminal import running

LESSON = (
    lesson_head("small steps")
    + """
[[steps]]
say = "Read me: {iteration} iterations."
"""
    + WILL_IT_LEARN
    + """
[[steps]]
predict = "How many iterations is one more than {iteration}?"
answer = { number = 1 }
reveal = "Just one."
"""
    + TO_THE_END
)


def test_a_lesson_with_right_and_wrong_answers(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text(LESSON, encoding="utf-8")
    with running(str(path), program=("-m", "tui_trainer"), size=(80, 24)) as program:
        program.until(program.shows("Read me: 0 iterations.", "enter go on"))
        program.type("\r")
        program.until(program.shows("1 yes · 2 no", without="small steps"))
        program.type("2")
        program.until(program.shows("✗ You said: no. Right: yes.", "So it did.", "small steps"))
        program.type("\r")
        program.until(program.shows("How many iterations"))
        program.type("\r")
        program.until(program.shows("your answer", without="{iteration}"))
        program.type("1\r")
        program.until(program.shows("✓ Right: 1."))
        program.type("\r")
        program.until(program.shows("Go on to the end."))
        program.type(" ")
        program.until(program.shows("That was 200 of them."))
        program.type("\r")
        program.until(program.shows("lesson is done"))
        program.quits()


def test_coming_back_goes_on_where_one_was(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text(LESSON, encoding="utf-8")
    state = {"TUI_TRAINER_STATE": str(tmp_path / "state")}
    with running(str(path), program=("-m", "tui_trainer"), environment=state) as program:
        program.until(program.shows("step 1 of 4"))
        program.type("\r")
        program.until(program.shows("step 2 of 4"))
        program.quits()
    with running(str(path), program=("-m", "tui_trainer"), environment=state) as program:
        program.until(program.shows("step 2 of 4"))
        program.type("1")
        program.until(program.shows("✓ Right: yes."))
        program.type("J")
        program.until(program.shows("step 1 of 4"))
        program.type("\x1b")
        program.until(lambda: "step 1 of 4" not in program.text())
        program.quits()


def test_the_course_begins_from_the_card_and_leaving_it_brings_the_run_back(tmp_path: Path) -> None:
    state = {"TUI_TRAINER_STATE": str(tmp_path / "state")}
    with running("iris", "--paused", program=("-m", "tui_trainer"), environment=state) as program:
        program.until(program.shows("paused"))
        program.type("\x1b")  # the question of the run gives way, as it does by itself later
        program.until(program.shows("New here?"))
        program.type("i")
        program.until(program.shows("enter: begin the course, stop 1 of 14"))
        program.type("\r")
        program.until(program.shows("stop 1 of 14"))
        program.type(")")
        program.until(program.shows("stop 2 of 14"))
        program.type("\x1b")
        program.until(lambda: "stop 2 of 14" not in program.text() and "iris" in program.text())
        program.until(program.shows("i, enter: on with it"))
        program.type("i")
        program.until(program.shows("enter: on with 2 · Measure"))
        program.type("\r")
        program.until(program.shows("stop 2 of 14"))
        program.quits()
