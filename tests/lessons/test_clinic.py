"""The clinic on the real engine: what each case shows and how it is cured, what is hidden, and what a look costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from driven_run import REAL_CATALOGUE, DrivenRun, press
from msgspec import structs

from tui_trainer.cli import main
from tui_trainer.cli.playlist import next_in_course, stop
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment import with_settings
from tui_trainer.lessons import progress
from tui_trainer.lessons.steps import Predict, Task
from tui_trainer.lessons.walk import MOST_POINTS, Stage, Walk
from tui_trainer.presets import Preset, PresetError, clinic, course, find, load
from tui_trainer.runs.command_handlers import Load
from tui_trainer.setting import SEED
from tui_trainer.studies.grade import watched_run
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do

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
        question, task = parts(case)
        assert isinstance(question.right, tuple)
        assert case.expect is not None
        for seed in (0, 7):
            ill = with_settings(case.experiment(), {SEED: seed})
            run, watched = watched_run(task, ill, None)
            raised = run.outcome().raised
            found = {goal.finding for goal in question.right} & raised.keys()
            assert found == {case.expect.finding}, (case.title, seed, raised)
            assert watched.view.met_at is None, (case.title, seed)
        assert case.controls is not None
        assert all(map(case.controls.allows, CURES[number]))
        _, watched = watched_run(task, with_settings(case.experiment(), CURES[number]), None)
        assert watched.view.met_at is not None, (case.title, watched.view.misses)


def opened(case: Preset, folder: Path) -> ScreenState:
    catalogue = structs.replace(
        REAL_CATALOGUE,
        load=lambda request: Load(find(request.preset).experiments(), request.paused),
        lesson=lambda request: stop(find(request.preset), (), progress.load(folder)[0]),
        remember=lambda walk: progress.remember(folder, walk),
    )
    return ScreenState(lambda request: DrivenRun(case.experiments()), catalogue, OpenRequest(preset=case.title))


def walk(state: ScreenState) -> Walk:
    assert state.view.lesson is not None
    return state.view.lesson


def let_run(state: ScreenState) -> None:
    for _ in range(1000):
        state.run.pass_seconds(1e9)  # type: ignore[attr-defined]
        state.poll()
        if state.snapshot.status is not Status.RUNNING:
            return
    raise AssertionError("it never stands")


def shown(state: ScreenState, width: int = 120, height: int = 40) -> str:
    """The text of the screen with single blanks."""
    cells = state.draw(width, height, THEME)
    return " ".join(" ".join("".join(map(chr, row)).replace("\0", "") for row in cells.codes).split())


def to_the_question(state: ScreenState) -> None:
    press(state, "enter")
    let_run(state)
    assert walk(state).stage is Stage.SHOWN


def test_a_case_named_rightly_and_cured(tmp_path: Path) -> None:
    case = clinic()[0]
    state = opened(case, tmp_path)
    text = shown(state)
    assert "6 points to win · case 1 of 12" in text
    assert text.count("opens it, and costs a point") == 5
    to_the_question(state)
    for telling in ("lr ", "sgd", "SGD", "learning rate", "too small", case.title):
        assert telling not in shown(state), telling
    assert {"examine", "fix", "card", "setting_edit", "next_curve", "export", "fork"} <= state.view.greyed
    refused = state.attempt(do.ChangeSetting("optimizer.learning_rate", 1.0))
    assert "this lesson leaves it as it is" in refused
    press(state, "3", "1", "3")
    assert "5 points to win" in shown(state)
    assert shown(state).count("opens it, and costs a point") == 4
    press(state, "enter")
    assert "opens it" not in shown(state)  # the numbers are answers now
    press(state, "2")
    state.poll()
    text = shown(state)
    assert "✓ Right: steps too short: it crawls. 5 points." in text
    assert "costs a point" not in text
    assert "lr 0.005" in text
    press(state, "enter")
    state.poll()
    assert (walk(state).stage, state.snapshot.iteration) == (Stage.TASK, 0)
    assert state.attempt(do.ChangeSetting("optimizer.learning_rate", 1.0)) == ""
    press(state, "r", "space")
    let_run(state)
    assert walk(state).stage is Stage.SOLVED
    press(state, "enter")
    record = progress.load(tmp_path)[0].of(case.title)
    assert (record.points, record.looked, record.done, record.solved) == (5, {"gradients"}, True, {3})


def test_the_first_answer_counts_and_looks_stay(tmp_path: Path) -> None:
    case = clinic()[5]
    state = opened(case, tmp_path)
    to_the_question(state)
    press(state, "tab", "enter")
    assert len(walk(state).looked) == 1
    press(state, "3")
    state.poll()
    assert "✗ You said: examples learnt by heart: overfitting. Right: dead ReLU units." in shown(state, 80, 24)
    assert progress.load(tmp_path)[0].of(case.title).points == 0
    state = opened(case, tmp_path)  # the second step needs what ran in the first
    assert "0 points won before" in shown(state)
    assert len(walk(state).looked) == 1
    to_the_question(state)
    press(state, "enter", "1")
    state.poll()
    assert "✓ Right: dead ReLU units." in shown(state, 80, 24)
    assert progress.load(tmp_path)[0].of(case.title).points == 0


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
        assert progress.load(tmp_path)[0].of(case.title).points == 0  # who skips the question has seen the answer


def test_it_begins_after_the_course_and_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = stop(course()[-1], (), progress.Progress())
    assert last is not None
    assert last.next == clinic()[0].title
    walked = {lesson.title: progress.LessonRecord(done=True) for lesson in course()}
    known = progress.Progress(lessons=walked | {clinic()[0].title: progress.LessonRecord(done=True, points=4)})
    assert next_in_course(known) == ("go on with the clinic, case 2 of 12", clinic()[1].title)
    monkeypatch.setenv("TUI_TRAINER_STATE", str(tmp_path))
    progress.change(tmp_path, lambda before: known)
    assert main(["lessons"]) == 0
    out = capsys.readouterr().out
    assert f"The clinic: 4 of {MOST_POINTS * 12} points; 1 of 12 cases answered." in out
    assert f"4 of {MOST_POINTS} points" in out
    assert "of your own" not in out


def test_hiding_needs_a_question(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text('hidden = true\n[[steps]]\nsay = "Look."\n', encoding="utf-8")
    with pytest.raises(PresetError, match="needs a step that predicts"):
        load(path)
