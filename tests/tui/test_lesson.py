"""A lesson on a real terminal: right and wrong answers, a task, and what the keys of the footer promise."""

from __future__ import annotations

from pathlib import Path

from real_terminal import running

LESSON = """
title = "small steps"
[data]
name = "moons"
samples = 40
validation_samples = 40
[network]
hidden = [6]
[optimizer]
name = "adam"
learning_rate = 0.05
[training]
batch_size = 8
iterations = 200
evaluate_every = 5
pace = "max"
[[steps]]
say = "Read me: {iteration} iterations."
[[steps]]
predict = "Will it learn?"
answers = ["yes", "no"]
right = [{ train_loss_below = 0.5 }, { train_loss_above = 0.5 }]
run = { until = "train_loss < 0.5", at_most = 150 }
reveal = "So it did."
[[steps]]
predict = "How many iterations is one more?"
answer = { number = 1 }
reveal = "Just one."
[[steps]]
task = "Go on to the end."
expect = { ends = "target" }
explain = "That was {iteration} of them."
"""


def test_a_lesson_with_right_and_wrong_answers(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text(LESSON, encoding="utf-8")
    with running(str(path), program=("-m", "tui_trainer"), size=(80, 24)) as program:
        program.until(program.shows("Read me: 0 iterations."))
        assert "enter go on" in program.text()
        program.type("\r")
        program.until(program.shows("1 yes · 2 no"))
        assert "small steps" not in program.text()
        program.type("2")
        program.until(program.shows("✗ You said: no. Right: yes."))
        assert "So it did." in program.text()
        assert "small steps" in program.text()
        program.type("\r")
        program.until(program.shows("How many iterations"))
        program.type("\r")
        program.until(program.shows("your answer"))
        program.type("1\r")
        program.until(program.shows("✓ Right: 1."))
        program.type("\r")
        program.until(program.shows("Go on to the end."))
        program.type(" ")
        program.until(program.shows("That was 200 of them."))
        program.type("\r")
        program.until(program.shows("last step"))
        program.type("q")
        program.until(lambda: program.ended)


def test_coming_back_goes_on_where_one_was(tmp_path: Path) -> None:
    path = tmp_path / "lesson.toml"
    path.write_text(LESSON, encoding="utf-8")
    state = {"TUI_TRAINER_STATE": str(tmp_path / "state")}
    with running(str(path), program=("-m", "tui_trainer"), environment=state) as program:
        program.until(program.shows("step 1 of 4"))
        program.type("\r")
        program.until(program.shows("step 2 of 4"))
        program.type("q")
        program.until(lambda: program.ended)
    with running(str(path), program=("-m", "tui_trainer"), environment=state) as program:
        program.until(program.shows("step 2 of 4"))
        program.type("1")
        program.until(program.shows("✓ Right: yes."))
        program.type("J")
        program.until(program.shows("step 1 of 4"))
        program.type("\x1b")
        program.until(lambda: "step 1 of 4" not in program.text())
        program.type("q")
        program.until(lambda: program.ended)


def test_the_course_begins_from_the_card_and_leaving_it_brings_the_run_back(tmp_path: Path) -> None:
    state = {"TUI_TRAINER_STATE": str(tmp_path / "state")}
    with running("iris", "--paused", program=("-m", "tui_trainer"), environment=state) as program:
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
        program.type("q")
        program.until(lambda: program.ended)
