"""Stops of the course are walked to their end, with right and with wrong answers, on the real engine: here the quick
ones, by `tests/long/course.py` all of them."""

from __future__ import annotations

import pytest
from driven_run import REAL_CATALOGUE, DrivenRun
from msgspec import structs

from tui_trainer.cli import playlist
from tui_trainer.cli.playlist import stop
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.experiment.declared import listed_settings
from tui_trainer.lessons.numbers import UNKNOWN, filled
from tui_trainer.lessons.progress import CourseProgress
from tui_trainer.lessons.steps import Predict, Step
from tui_trainer.lessons.walk import Stage
from tui_trainer.presets import Preset, course, find
from tui_trainer.runs.command_handlers import Load
from tui_trainer.telemetry import Status
from tui_trainer.telemetry import commands as do

THEME = make_theme("dark", ColourDepth.COLOURS_16)


def opened(lesson: Preset) -> ScreenState:
    catalogue = structs.replace(
        REAL_CATALOGUE,
        settings=listed_settings(),
        load=lambda request: Load(find(request.preset).experiments(), request.paused),
        lesson=lambda request: stop(find(request.preset), (), CourseProgress()),
    )
    state = ScreenState(lambda request: DrivenRun(lesson.experiments()), catalogue, OpenRequest(preset=lesson.title))
    state.change(state.view, do.SetPace(None))
    return state


def acted(state: ScreenState, key: str) -> None:
    state.poll()
    action = action_for(key, state.view)
    assert action is not None
    state.perform(action)
    state.pressed(action)
    let_run(state)


def let_run(state: ScreenState) -> None:
    """Let the run go on until it stands, and tell the screen."""
    while state.snapshot.status is Status.RUNNING or state.run.latest().status is Status.RUNNING:
        state.run.pass_seconds(1e9)  # type: ignore[attr-defined]
        state.poll()
    state.poll()


def answer(state: ScreenState, step: Step | None, *, right: bool) -> None:
    """Answer with the right answer if it is known, or with a wrong one."""
    assert isinstance(step, Predict)
    if step.answers:
        known = step.right if isinstance(step.right, int) else 0
        acted(state, str(1 + (known if right else (known + 1) % len(step.answers))))
        return
    number = getattr(step.answer, "number", 0.0)
    state.answer_lesson(number if right and isinstance(number, float) else -1e9)
    let_run(state)


@pytest.mark.parametrize(
    ("number", "size"), [(1, (60, 20)), (2, (80, 24)), (3, (60, 20)), (4, (60, 20)), (10, (80, 24))]
)
def test_a_stop_is_walked_to_its_end(number: int, size: tuple[int, int]) -> None:
    walk_through(course()[number - 1], *size)


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def walk_through(lesson: Preset, width: int, height: int) -> None:
    """Walk a stop to its end on a screen of this size, first with right, then with wrong answers."""
    for right in (True, False):
        state = opened(lesson)
        for _ in range(60):
            walk = state.view.lesson
            assert walk is not None
            screen = in_one_line(" ".join(state.draw(width, height, THEME).lines()))
            for told in (walk.shown, "" if walk.step is None else filled(walk.step.text, state.snapshot)):
                where = f"{lesson.title}, step {walk.index + 1}"
                assert UNKNOWN not in told, f"{where} lacks a number: {told}"
                assert in_one_line(told) in screen, f"{where} has no room at {width}×{height}: {told}"
            assert state.snapshot.status is not Status.FAILED
            match walk.stage:
                case Stage.DONE:
                    break
                case Stage.CHOOSE | Stage.TYPE:
                    answer(state, walk.step, right=right)
                    if walk.step is not None and walk.step.run is not None and walk.step.run.key:
                        acted(state, walk.step.run.key)
                    assert state.view.lesson is not None
                    assert state.view.lesson.stage is Stage.SHOWN
                    if not right and isinstance(walk.step, Predict) and isinstance(walk.step.right, int):
                        assert state.view.lesson.is_right is not True
                case Stage.TASK:
                    acted(state, ";")
                case Stage.KEY:
                    assert walk.step is not None
                    assert walk.step.run is not None
                    acted(state, walk.step.run.key)
                case _:
                    acted(state, "enter")
        else:
            raise AssertionError(f"stays at step {walk.index + 1}, {walk.stage}")


@pytest.mark.parametrize(("answer", "right"), [(32, True), (31, False), (31.25, False), (33, False)])
def test_an_epoch_has_as_many_iterations_as_the_screen_counts(answer: float, right: bool) -> None:
    state = opened(course()[5])
    state.answer_lesson(answer)
    let_run(state)
    assert state.view.lesson is not None
    assert state.view.lesson.is_right is right
    assert state.snapshot.progress is not None
    assert (state.snapshot.iteration, state.snapshot.progress.epoch) == (32, 1)


def test_a_preset_that_is_no_stop_is_opened_without_reading_the_course(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playlist, "course", lambda: pytest.fail("the course was read"))
    monkeypatch.setattr(playlist, "clinic", lambda: pytest.fail("the clinic was read"))
    assert stop(find("lr just right"), (), CourseProgress()) is None
