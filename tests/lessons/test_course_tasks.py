"""Every task of the course can be done as its hints say, and the questions before it have the answers that the texts
mean, on the real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from driven_run import REAL_CATALOGUE, DrivenRun, press
from msgspec import structs
from own_lesson import let_run, walk

from tui_trainer.cli.playlist import stop
from tui_trainer.cli.screen import compared_run
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.key_meaning import action_for
from tui_trainer.dashboard.panels.phrase_cursor import typed_phrase
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.drawing.theme import ColourDepth, make_theme
from tui_trainer.lessons.progress import CourseProgress
from tui_trainer.lessons.steps import NumberAnswer, Predict
from tui_trainer.lessons.walk import Stage
from tui_trainer.presets import find, load
from tui_trainer.runs.command_handlers import Load
from tui_trainer.telemetry import commands as do

COURSE = Path(__file__).parents[2] / "presets" / "course"
THEME = make_theme("dark", ColourDepth.TRUECOLOR)

Solve = Callable[[ScreenState], None]


def course_on(path: Path) -> ScreenState:
    catalogue = structs.replace(
        REAL_CATALOGUE,
        load=lambda request: Load(find(request.preset).experiments(), request.paused),
        lesson=lambda request: stop(find(request.preset), (), CourseProgress()),
        compared=compared_run,
    )
    state = ScreenState(lambda request: DrivenRun(load(path).experiments()), catalogue, OpenRequest(preset=str(path)))
    state.draw(120, 40, THEME)
    return state


def press_for_lesson(state: ScreenState, key: str) -> None:
    """Press a key that the lesson waits for."""
    action = action_for(key, state.view)
    assert action is not None
    press(state, key)
    state.pressed(action)


def to_point(state: ScreenState, x: float, y: float) -> None:
    """Put the cursor of the map out, and move it there with the arrows."""
    press(state, "5")
    state.draw(120, 40, THEME)
    press(state, "c")
    for index, goal, keys in ((0, x, ("left", "right")), (1, y, ("down", "up"))):
        for _ in range(60):
            assert isinstance(state.view.cursor, tuple)
            if abs(state.view.cursor[index] - goal) < 0.011:
                break
            press(state, keys[state.view.cursor[index] < goal])


def by_hand(state: ScreenState) -> None:
    for source, value in ((0, 1.0), (1, 1.0), (2, -0.1)):
        state.attempt(do.ChangeWeight(0, source, 0, value))
    state.poll()


def largest_gradient(state: ScreenState) -> None:
    press(state, "6")
    for _ in range(30):
        state.draw(120, 40, THEME)
        state.poll()
        if walk(state).stage is not Stage.TASK:
            return
        press(state, "down")


def ask(state: ScreenState) -> None:
    to_point(state, 0.50, 0.55)
    press(state, "enter")
    state.draw(120, 40, THEME)
    state.poll()


def fool(state: ScreenState) -> None:
    press(state, "5", "c")
    for text, stage in (("phone", Stage.TASK), ("string", Stage.SOLVED)):
        state.change(typed_phrase(state.snapshot, state.view, text))
        state.poll()
        assert walk(state).stage is stage


def fifth(state: ScreenState) -> None:
    to_point(state, 0.50, 0.60)
    press(state, "0", "space")
    let_run(state)


def schedule(state: ScreenState) -> None:
    state.attempt(do.StepIterations(90))
    state.attempt(do.ChangeSetting("optimizer.learning_rate", 0.005))
    press(state, "space")
    let_run(state)


def setting(key: str, value: object, *keys: str) -> Solve:
    def solve(state: ScreenState) -> None:
        state.attempt(do.ChangeSetting(key, value))
        press(state, *keys)
        let_run(state)

    return solve


TASKS: dict[str, list[Solve]] = {
    "01-guess": [by_hand],
    "03-blame": [largest_gradient],
    "04-fix": [ask],
    "05-learning-rate": [setting("optimizer.learning_rate", 2.0, "r", "space")],
    "06-epoch-batch-iteration": [setting("training.batch_size", 125)],
    "07-a-fifth-example": [fifth],
    "09-four-remedies": [setting("training.input_noise", 0.3, "r", "space")],
    "11-optimizers": [schedule],
    "13-embeddings": [fool],
}
"""Stop → how its tasks are done."""

RIGHT: dict[str, list[str]] = {
    "05-learning-rate": [
        *("it bounces up and down", "hardly at all"),
        *("it converges", "it bounces", "it ends near 0.36"),
    ],
    "07-a-fifth-example": ["it bounces for ever"],
    "09-four-remedies": ["more data"],
    "11-optimizers": ["Adam"],
    "13-embeddings": ["four heaps"],
}
"""Stop → the right answers that only the run decides."""


def next_step(state: ScreenState, stop_name: str, tasks: list[Solve]) -> str | None:
    """Do what the present stage asks for. Returns the right answer after a question that the run decided."""
    now = walk(state)
    match now.stage:
        case Stage.READ | Stage.SHOWN | Stage.SOLVED:
            press(state, "enter")
        case Stage.CHOOSE:
            press(state, "1")
        case Stage.TYPE:
            state.answer_lesson(7.0)
        case Stage.KEY:
            assert now.step is not None
            assert now.step.run is not None
            press_for_lesson(state, now.step.run.key)
        case Stage.TASK:
            tasks.pop(0)(state)
            assert walk(state).stage is Stage.SOLVED, f"{stop_name}: {walk(state).misses}"
    let_run(state)
    state.draw(120, 40, THEME)
    after = walk(state)
    if isinstance(now.step, Predict) and now.stage is not Stage.SHOWN and after.stage is Stage.SHOWN:
        assert after.shown
        assert "–" not in after.shown, f"{stop_name}: a number is missing in {after.shown}"
        if isinstance(now.step.answer, NumberAnswer):
            assert after.right_words
        elif not isinstance(now.step.right, int):
            return after.right_words
    return None


@pytest.mark.parametrize("name", TASKS)
def test_a_stop_with_a_task_is_walked_to_its_end(name: str) -> None:
    state = course_on(COURSE / f"{name}.toml")
    tasks = list(TASKS[name])
    decided = []
    for _ in range(100):
        if walk(state).stage is Stage.DONE:
            break
        right = next_step(state, name, tasks)
        decided += [] if right is None else [right]
    assert walk(state).stage is Stage.DONE
    assert not tasks
    assert decided == RIGHT.get(name, [])


def test_every_task_of_the_course_is_done_here() -> None:
    with_tasks = {path.stem for path in COURSE.glob("*.toml") if "\ntask = " in path.read_text(encoding="utf-8")}
    assert with_tasks == set(TASKS)
