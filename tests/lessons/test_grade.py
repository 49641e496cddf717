"""Grading: the teacher's tasks on a student's settings, and the same verdict as on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui_trainer.cli import main

LESSON = """
title = "graded"
[data]
name = "moons"
samples = 40
validation_samples = 40
[network]
hidden = [6]
[optimizer]
name = "adam"
learning_rate = 0.001
[training]
batch_size = 8
iterations = 200
evaluate_every = 5
[controls]
allow = ["optimizer.learning_rate", "training.iterations"]
[[steps]]
task = "Below 0.3."
expect = { train_loss_below = 0.3, by_iteration = 150 }
[[steps]]
say = "Now with half of the data."
set = { "data.samples" = 20 }
[[steps]]
task = "To the end, without overfitting."
expect = { ends = "target", no_finding = ["diverging"] }
"""


@pytest.fixture
def lesson(tmp_path: Path) -> str:
    path = tmp_path / "lesson.toml"
    path.write_text(LESSON, encoding="utf-8")
    return str(path)


def graded(*words: str) -> int:
    return main(["lessons", "--grade", *words])


def test_tasks_are_told_one_by_one(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert graded(lesson) == 5
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("task 1: not met: train_loss below 0.3: it is 0.")
    assert second == "task 2: met at iteration 200"
    assert graded(lesson, "--set", "optimizer.learning_rate=0.05") == 0
    assert capsys.readouterr().out.startswith("task 1: met at iteration ")


def test_only_allowed_keys_of_the_student_count(
    lesson: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    student = tmp_path / "student.toml"
    student.write_text(
        LESSON.partition("[controls]")[0].replace("0.001", "0.05").replace("graded", "mine"), encoding="utf-8"
    )
    assert graded(lesson, "--run", str(student)) == 0
    student.write_text('[data]\nname = "moons"\nsamples = 40\nnoise = 0.0\n', encoding="utf-8")
    capsys.readouterr()
    assert graded(lesson, "--run", str(student), "--set", "network.hidden=[64]") == 5
    for line in capsys.readouterr().out.splitlines():
        assert "data.noise was changed to 0, which this lesson does not allow" in line
        assert "network.hidden was changed to 64, which this lesson does not allow" in line


def test_json_has_a_line_for_each_task(lesson: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert graded(lesson, "--json") == 5
    first, second, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["event"], first["met"], first["step"], first["met_at"]) == ("task", False, 1, None)
    assert first["misses"]
    assert (second["met"], second["met_at"]) == (True, 200)
    assert (end["event"], end["met"], end["tasks"], end["tasks_met"]) == ("grade", False, 2, 1)


def test_mistakes_of_the_command_line(lesson: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert graded("lr just right") == 2
    assert "no task" in capsys.readouterr().err
    assert graded(lesson, "--run", str(tmp_path / "none.toml")) == 2
    assert graded(lesson, "--set", "optimizer.learning_rat=1") == 2
