"""Grading: the teacher's tasks on a student's settings, and the same verdict as on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from own_lesson import GRADED, Open, lesson_head, let_run, walk

from tui_trainer.cli import main
from tui_trainer.exports.experiment_toml import TOML, keep_preset
from tui_trainer.exports.format import Source
from tui_trainer.lessons.walk import Stage
from tui_trainer.telemetry import commands as do

LESSON = lesson_head("graded", learning_rate=0.001, allow=("optimizer.learning_rate", "training.iterations")) + GRADED


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


def test_every_run_that_is_named_counts(lesson: str, tmp_path: Path) -> None:
    good, bad = (tmp_path / f"{name}.toml" for name in ("good", "bad"))
    for path, rate in ((good, "0.05"), (bad, "0.001")):
        path.write_text(LESSON.partition("[controls]")[0].replace("0.001", rate), encoding="utf-8")
    assert graded(lesson, "--run", str(bad)) == 5
    assert graded(lesson, "--run", str(good), "--run", str(bad)) == 0


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


def test_a_students_value_counts_although_the_lesson_began_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the task a step has set another one."""
    lesson, student = tmp_path / "lesson.toml", tmp_path / "student.toml"
    steps = '[[steps]]\nsay = "Slow."\nset = { "optimizer.learning_rate" = 1e-6 }\n' + GRADED
    lesson.write_text(lesson_head(learning_rate=0.05) + steps, encoding="utf-8")
    for given, status in (("optimizer.learning_rate = 0.05", 0), ("data.samples = 40", 5)):
        student.write_text(given, encoding="utf-8")
        assert graded(str(lesson), "--run", str(student)) == status, capsys.readouterr().out


def test_what_a_step_of_the_lesson_sets_is_no_change_of_the_student(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither where the student's file has the settings of another step, nor where it has those before any step."""
    lesson, student = tmp_path / "lesson.toml", tmp_path / "student.toml"
    lesson.write_text(LESSON, encoding="utf-8")
    for samples, status in ((20, 0), (40, 0), (30, 5)):
        student.write_text(
            f"optimizer.learning_rate = 0.05\ndata = {{ name = 'moons', samples = {samples} }}", encoding="utf-8"
        )
        assert graded(str(lesson), "--run", str(student)) == status, capsys.readouterr().out


@pytest.mark.parametrize("written", ["kept", "exported", "exported after a restart"])
def test_what_is_kept_or_exported_in_a_lesson_is_graded_as_it_was_there(
    begin: Open, written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The student's settings may be the defaults of the program, and the lesson's others."""
    head = lesson_head("dropped", allow=("network.dropout",)).replace("hidden = [6]", "hidden = [6]\ndropout = 0.9")
    state = begin('[[steps]]\ntask = "Below 0.2."\nexpect = { train_loss_below = 0.2, by_iteration = 200 }\n', head)
    lesson = str(tmp_path / "lesson.toml")
    assert graded(lesson) == 5
    state.change(state.view, do.ChangeSetting("network.dropout", 0.0))
    if "restart" in written:
        state.change(state.view, do.Restart())
    state.change(state.view, do.Resume())
    let_run(state)
    assert walk(state).stage is Stage.SOLVED
    state.poll()
    if written == "kept":
        keep_preset(tmp_path, state.snapshot, "mine")
    else:
        (tmp_path / "mine.toml").write_bytes(
            TOML.write(Source(snapshot=state.snapshot, draw=pytest.fail, film=pytest.fail))
        )
    capsys.readouterr()
    assert graded(lesson, "--run", str(tmp_path / "mine.toml")) == 0, capsys.readouterr().out


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


GHOST = """
title = "a ghost"
[data]
name = "linear_regression"
samples = 60
noise = 0.3
validation_samples = 0
[network]
hidden = []
[optimizer]
learning_rate = 0.2
[training]
batch_size = 2
iterations = 200
evaluate_every = 5
[controls]
allow = ["optimizer.learning_rate", "training.seed"]
[[steps]]
task = "Beat this run left alone."
expect = { beats = "ghost" }
[[steps]]
task = "Beat the same run with a rate that falls."
expect = { beats = { "schedule.name" = "linear" }, by_iteration = 200 }
"""


def test_the_ghost_is_the_run_of_the_task_left_alone_or_with_other_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ghost.toml"
    path.write_text(GHOST, encoding="utf-8")
    assert graded(str(path)) == 5
    alone, falling = capsys.readouterr().out.splitlines()
    assert alone.startswith("task 1: not met: training loss below 0.")  # a run is no better than itself
    ghosts = [float(line.partition("below ")[2].partition(",")[0]) for line in (alone, falling)]
    assert ghosts[1] < ghosts[0]
    assert graded(str(path), "--seed", "3") == 5  # the ghost has the seed of the student
    assert capsys.readouterr().out.startswith("task 1: not met: training loss below 0.")
    assert graded(str(path), "--set", "optimizer.learning_rate=0.02") == 0
