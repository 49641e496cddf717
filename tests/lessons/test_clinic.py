"""The clinic on the real engine: what each case shows and how it is cured, what is hidden, and what a look costs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driven_run import REAL_CATALOGUE, DrivenRun, press
from msgspec import structs
from own_lesson import let_run, walk

from tui_trainer.cli import main
from tui_trainer.cli.grading import graded_lesson
from tui_trainer.cli.playlist import next_in_course, stop
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.keymap import KEYS, keymap
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.lessons import progress
from tui_trainer.lessons.steps import Predict, Task
from tui_trainer.lessons.walk import MOST_POINTS, Stage
from tui_trainer.presets import Preset, PresetError, clinic, course, find, load
from tui_trainer.runs.command_handlers import Load
from tui_trainer.setting import SEED
from tui_trainer.studies.grade import grade
from tui_trainer.studies.verify import outcome_of
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do
from tui_trainer.telemetry.lesson import LEFT

CURES: dict[int, dict[str, object]] = {
    1: {"optimizer.learning_rate": 1.0},
    2: {"optimizer.learning_rate": 1.0},
    3: {"optimizer.learning_rate": 0.2},
    4: {"network.hidden": [16]},
    5: {"training.input_noise": 0.3},
    6: {"network.bias_init": 0.0},
    7: {"network.initializer": "xavier"},
    8: {"network.activation": "relu", "network.initializer": "he"},
    9: {"network.gain": 1.0},
    10: {"network.gain": 1.0},
    11: {"data.standardize": True, "optimizer.learning_rate": 0.05},
    12: {"data.label_noise": 0.0},
    13: {"network.gain": 1.0},
    14: {"training.balanced_batches": True},
}
"""Number of the case → what its last hint says."""

THEME = make_theme("dark", ColourDepth.COLOURS_16)


def parts(case: Preset) -> tuple[Predict, Task]:
    _, question, task = case.steps
    assert isinstance(question, Predict)
    assert isinstance(task, Task)
    return question, task


def test_of_the_four_causes_only_one_is_found_and_only_its_cure_helps() -> None:
    assert len(clinic()) == len(CURES)
    for number, case in enumerate(clinic(), start=1):
        assert case.controls is not None
        assert all(map(case.controls.allows, CURES[number]))
        check(case, number, seed=0)


def check(case: Preset, number: int, seed: int) -> None:
    """Under this seed one cause alone is found, the task is not met by the run as it is, and is met by its cure."""
    assert case.expect is not None
    found, misses = as_it_is(case, seed)
    assert found == {case.expect.finding}, (case.title, seed)
    assert misses, (case.title, seed)
    misses = graded(case, {SEED: seed, **CURES[number]})
    assert misses == (), (case.title, seed, misses)


def as_it_is(case: Preset, seed: int) -> tuple[set[str | None], tuple[str, ...]]:
    """Which of the four causes are found in the run of a case under a seed, and what its task lacks there."""
    question, _ = parts(case)
    assert isinstance(question.right, tuple)
    found = outcome_of(case.experiment(), seed).raised
    return {goal.finding for goal in question.right} & found.keys(), graded(case, {SEED: seed})


def graded(case: Preset, changes: dict[str, object]) -> tuple[str, ...]:
    """What the task of a case lacks with these changes."""
    lesson = structs.replace(graded_lesson(case), steps=[parts(case)[1]], controls=None)
    (judged,) = grade(lesson, {}, changes)
    return judged.misses


def opened(case: Preset, folder: Path) -> ScreenState:
    catalogue = structs.replace(
        REAL_CATALOGUE,
        load=lambda request: Load(find(request.preset).experiments(), request.paused),
        lesson=lambda request: stop(find(request.preset), (), progress.FILE.load(folder)[0]),
        remember=lambda walk: progress.remember(folder, walk),
    )
    return ScreenState(lambda request: DrivenRun(case.experiments()), catalogue, OpenRequest(preset=case.title))


def shown(state: ScreenState, width: int = 120, height: int = 40) -> str:
    """The text of the screen with single blanks."""
    cells = state.draw(width, height, THEME)
    return " ".join(" ".join("".join(map(chr, row)).replace("\0", "") for row in cells.codes).split())


def to_the_question(state: ScreenState) -> None:
    press(state, "enter")
    let_run(state)
    assert walk(state).stage is Stage.SHOWN


def answer_by(state: ScreenState, key: str) -> None:
    """Go to the question of a case, and answer it."""
    to_the_question(state)
    press(state, "enter", key)
    state.poll()


def test_a_case_named_rightly_and_cured(tmp_path: Path) -> None:
    case = clinic()[0]
    state = opened(case, tmp_path)
    text = shown(state)
    assert "6 points to win · case 1 of 14" in text
    assert text.count("opens it for a point") == 5
    assert "Closed until" not in shown(state, 80, 24)  # closed for good, they would take the room of what can be opened
    to_the_question(state)
    for telling in ("lr ", "sgd", "SGD", "learning rate", "too small", case.title):
        assert telling not in shown(state), telling
    assert {"examine", "fix", "card", "setting_edit", "next_curve", "export", "fork"} <= state.view.greyed
    refused = state.attempt(do.ChangeSetting("optimizer.learning_rate", 1.0))
    assert "this lesson leaves it as it is" in refused
    press(state, "3", "1", "3")
    assert "5 points to win" in shown(state)
    assert shown(state).count("opens it for a point") == 4
    press(state, "enter")
    assert "opens it" not in shown(state)  # the numbers are answers now
    press(state, "2")
    state.poll()
    text = shown(state)
    assert "✓ Right: steps too short: it crawls. 5 points." in text
    assert "for a point" not in text
    assert "lr 0.005" in text
    press(state, "enter")
    state.poll()
    assert (walk(state).stage, state.snapshot.iteration) == (Stage.TASK, 0)
    assert (
        "the cure of a case is yours to find" in {state.why_idle(each) for each in keymap() if each.id == "fix"}.pop()
    )
    assert state.attempt(do.ChangeSetting("optimizer.learning_rate", 1.0)) == ""
    press(state, "r", "space")
    let_run(state)
    assert walk(state).stage is Stage.SOLVED
    assert "the cure" not in {state.why_idle(each) for each in keymap() if each.id == "fix"}.pop()
    press(state, "enter")
    record = progress.FILE.load(tmp_path)[0].of(case.title)
    assert (record.points, record.looked, record.done, record.solved) == (5, {"gradients"}, True, {3})


def test_the_first_answer_counts_and_looks_stay(tmp_path: Path) -> None:
    case = clinic()[5]
    state = opened(case, tmp_path)
    to_the_question(state)
    press(state, "tab", "enter")
    assert len(walk(state).looked) == 1
    press(state, "shift+tab")
    assert "2 Weights" in shown(state, 80, 24)  # what was paid for stays, beside closed panels
    press(state, "3")
    state.poll()
    assert "✗ You said: examples learnt by heart: overfitting. Right: dead ReLU units." in shown(state, 80, 24)
    assert progress.FILE.load(tmp_path)[0].of(case.title).points == 0
    state = opened(case, tmp_path)  # the second step needs what ran in the first
    assert "0 points won before" in shown(state)
    assert len(walk(state).looked) == 1
    answer_by(state, "1")
    assert "✓ Right: dead ReLU units." in shown(state, 80, 24)
    assert progress.FILE.load(tmp_path)[0].of(case.title).points == 0


def test_a_case_that_is_left_before_its_answer_does_not_open_by_that(tmp_path: Path) -> None:
    """Wherever the person has come from: from the command line there is no run to which to go back."""
    case = clinic()[1]
    state = opened(case, tmp_path)
    to_the_question(state)
    press(state, "3", "escape")
    state.poll()
    assert state.view.lesson is None
    assert (state.snapshot.title, state.snapshot.iteration) == ("lr just right", 0)
    assert state.view.left == (f"on with {case.title}", case.title)
    press(state, "u")
    state.poll()
    assert state.snapshot.title == case.title
    assert state.snapshot.lesson[-1].stage != LEFT, "so the lesson comes back with its run"


def test_a_case_that_has_been_answered_may_stay(tmp_path: Path) -> None:
    case = clinic()[1]
    state = opened(case, tmp_path)
    answer_by(state, "1")
    press(state, "escape")
    state.poll()
    assert (state.view.lesson, state.snapshot.title) == (None, case.title)


def test_every_text_of_every_case_fits_80_columns(tmp_path: Path) -> None:
    for case in clinic():
        state = opened(case, tmp_path)
        for step, stage in zip(case.steps, (Stage.READ, Stage.CHOOSE, Stage.TASK), strict=True):
            assert walk(state).stage is stage
            text = shown(state, 80, 24)
            assert step.text.split()[-1] in text
            answers = getattr(step, "answers", ())
            assert all(answer in text for answer in answers), (case.title, text)
            press(state, ";")
        assert progress.FILE.load(tmp_path)[0].of(case.title).points == 0  # who skips the question has seen the answer


def test_it_begins_after_the_course_and_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = stop(course()[-1], (), progress.CourseProgress())
    assert last is not None
    assert last.next == clinic()[0].title
    walked = {lesson.title: progress.LessonRecord(done=True) for lesson in course()}
    known = progress.CourseProgress(lessons=walked | {clinic()[0].title: progress.LessonRecord(done=True, points=4)})
    only_later = progress.CourseProgress(lessons={course()[-1].title: progress.LessonRecord(done=True)})
    assert next_in_course(only_later) == ("go on with the course, stop 1 of 14", course()[0].title)
    assert next_in_course(known) == ("go on with the clinic, case 2 of 14", clinic()[1].title)
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    progress.FILE.change(tmp_path, lambda before: known)
    assert main(["lessons"]) == 0
    out = capsys.readouterr().out
    assert f"The clinic: 4 of {MOST_POINTS * 14} points; 1 of 14 cases answered." in out
    assert f"4 of {MOST_POINTS} points" in out
    assert "Lessons of your own:" not in out
    mine = known.lessons | {"mine": progress.LessonRecord(step=3)}
    progress.FILE.change(tmp_path, lambda before: progress.CourseProgress(lessons=mine))
    main(["lessons"])
    assert re.search(r"Lessons of your own:\n +mine +at step 4\n", capsys.readouterr().out)


def test_hiding_needs_a_question(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('hidden = true\n[[steps]]\nsay = "Look."\n', encoding="utf-8")
    with pytest.raises(PresetError, match="needs a step that predicts"):
        load(path)


def test_the_screen_does_not_name_the_cause_of_a_case_that_is_one_of_the_answers(tmp_path: Path) -> None:
    state = opened(clinic()[2], tmp_path)
    to_the_question(state)
    assert state.snapshot.status is Status.DIVERGED
    assert "diverg" not in shown(state).lower()
    assert state.why_idle(KEYS["toggle"]).endswith(": nothing comes after")
    press(state, "enter", "3")
    state.poll()
    assert "✗ diverged" in shown(state)


def test_no_verdict_tells_the_cure_of_a_case(tmp_path: Path) -> None:
    case = clinic()[13]
    state = opened(case, tmp_path)
    answer_by(state, "3")
    press(state, "enter")
    state.poll()
    assert walk(state).stage is Stage.TASK
    assert "class imbalance: the rarest class has 10% of its share" in shown(state)
    assert "f: " not in shown(state)
