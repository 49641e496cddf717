"""A teacher's own lesson in a class of three: played on real terminals, each with a state folder of its own, and graded
by a script that has nothing but these folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from own_lesson import lesson_head
from real_terminal import Program, running

from tui_trainer.cli import main

LESSON = (
    lesson_head("a rate that is too small", learning_rate=0.001, iterations=150)
    + """
[[steps]]
predict = "Will 150 iterations be enough?"
answers = ["yes", "no: it crawls"]
right = [{ train_loss_below = 0.3 }, { train_loss_above = 0.3 }]
run = { until = "finished" }
reveal = "It ends at {train_loss}."
[[steps]]
predict = "And with a rate fifty times as large?"
answers = ["yes", "no"]
right = [{ train_loss_below = 0.3 }, { train_loss_above = 0.3 }]
set = { "optimizer.learning_rate" = 0.05 }
restart = true
run = { until = "finished" }
reveal = "It ends at {train_loss}."
[[steps]]
task = "Bring the training loss below 0.3. + makes the learning rate larger, space runs."
set = { "optimizer.learning_rate" = 0.001 }
restart = true
expect = { train_loss_below = 0.3, by_iteration = 150 }
hints = ["Press + more than once."]
explain = "{train_loss} at iteration {iteration}."
[[steps]]
task = "Keep it above 0.3 to the end."
set = { "optimizer.learning_rate" = 0.02 }
restart = true
expect = { train_loss_above = 0.3, ends = "target" }
"""
)


def press(program: Program, *steps: tuple[str, str]) -> None:
    """Press keys, each time until the screen shows what follows."""
    for keys, shown in steps:
        program.type(keys)
        program.until(program.shows(shown))


def predict(program: Program, first: str) -> None:
    press(program, (first, "Right: no: it crawls."), ("\r", "fifty times"), ("1", "✓ Right: yes."))
    press(program, ("\r", "Bring the training loss below 0.3"), ("", "lr 0.001"))


def ada(program: Program) -> None:
    """Predicts rightly, and solves the first task."""
    predict(program, "2")
    press(program, ("+++++", "lr 0.05"), (" ", "✓ Done."), ("\r", "Keep it above 0.3"))


def ada_later(program: Program) -> None:
    """Comes back to the second task, and solves that."""
    press(program, ("", "lr 0.02"), ("-----", "lr 0.0005"), (" ", "✓ Done."), ("\r", "lesson is done"))


def bob(program: Program) -> None:
    """Predicts wrongly, and gives up after a try."""
    predict(program, "1")
    press(program, ("+", "lr 0.002"), (" ", "too late"))


def cleo(program: Program) -> None:
    """Leaves after the predictions; what solves the first task was set by the lesson then."""
    predict(program, "2")


CLASS: dict[str, tuple[Callable[[Program], None], ...]] = {"ada": (ada, ada_later), "bob": (bob,), "cleo": (cleo,)}


def test_three_play_it_and_a_script_grades_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = tmp_path / "lesson.toml"
    lesson.write_text(LESSON, encoding="utf-8")
    assert main(["presets", "--check", str(lesson)]) == 0
    first, later = "Will 150 iterations be enough?", "Keep it above 0.3"
    with ExitStack() as stack:
        for session, question in enumerate((first, later)):
            screens = {}
            for name in (name for name, sessions in CLASS.items() if len(sessions) > session):
                state = {"TUI_TRAINER_STATE": str(tmp_path / name)}
                opened = running(str(lesson), program=("-m", "tui_trainer"), environment=state)
                screens[name] = stack.enter_context(opened)
            for name, screen in screens.items():
                screen.until(screen.shows(question))
                CLASS[name][session](screen)
                screen.type("q")
                screen.until(screen.ended)
    capsys.readouterr()
    marks = {}
    for name in CLASS:
        monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path / name))
        main(["lessons", "--json"])
        predicted = json.loads(capsys.readouterr().out.splitlines()[-1])
        status = main(["lessons", "--grade", str(lesson), "--run", "--json"])
        graded = capsys.readouterr()
        end = json.loads(graded.out.splitlines()[-1])
        marks[name] = status, predicted["right"], predicted["done"], end["tasks_met"]
    assert marks == {"ada": (0, 2, True, 2), "bob": (5, 1, False, 0), "cleo": (5, 2, False, 0)}
