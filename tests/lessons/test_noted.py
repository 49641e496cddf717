"""What a person does in a lesson stays beside its run, and the lesson comes back with that."""

from __future__ import annotations

import os
from pathlib import Path

import driven_run
import pytest
from driven_run import REAL_CATALOGUE
from msgspec import structs
from own_lesson import LESSON, Open, let_run, strip, walk

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.lesson_back import lesson_back
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.lessons.noted import returned
from tui_trainer.lessons.walk import Stage
from tui_trainer.telemetry import LessonEntry
from tui_trainer.telemetry import commands as do

STEPS = """
[[steps]]
predict = "Will it learn?"
answers = ["yes", "no"]
right = 1
run = { until = "train_loss < 0.5", at_most = 150 }
reveal = "By {iteration}."
[[steps]]
predict = "What is one more than 0?"
answer = { number = 1 }
reveal = "One."
[[steps]]
say = "Look at forty of them."
restart = true
run = { iterations = 40 }
[[steps]]
task = "Go on to the end."
expect = { ends = "target" }
hints = ["space", "The space bar."]
explain = "Well."
"""


def press(state: ScreenState, *keys: str) -> None:
    """Press keys, each after the reply to the one before."""
    for key in keys:
        driven_run.press(state, key)
        state.answer(lambda: None)
        state.poll()


def noted(state: ScreenState) -> list[tuple[int, int, str]]:
    """Iteration, step and stage of every entry beside the present run."""
    state.poll()
    return [(entry.iteration, entry.step, entry.stage) for entry in state.snapshot.lesson]


def played(state: ScreenState, *keys: str) -> ScreenState:
    """Press the keys, and let the run go on until it stands after each."""
    for key in keys:
        press(state, key)
        let_run(state)
    state.poll()
    return state


def test_every_stage_is_noted_with_what_was_answered(begin: Open) -> None:
    state = played(begin(STEPS), "2")
    at = state.snapshot.iteration
    first, said, shown = state.snapshot.lesson
    assert (first.title, first.step, first.stage, first.answer) == ("telling", 1, "choose", None)
    assert (said.iteration, said.stage, said.answer, said.right) == (0, "run", "no", None)
    assert shown.iteration == at > 0
    assert (shown.stage, shown.right, shown.right_answer, shown.shown) == ("shown", False, "yes", f"By {at}.")
    press(state, "enter")
    state.answer_lesson(1.0)
    state.poll()
    assert noted(state)[3:] == [(at, 2, "type"), (at, 2, "run"), (at, 2, "shown")]
    assert (state.snapshot.lesson[-1].answer, state.snapshot.lesson[-1].right) == (1.0, True)


def test_a_step_that_begins_the_run_anew_is_noted_beside_the_new_one(begin: Open) -> None:
    state = played(begin(STEPS), "2", "enter")
    state.answer_lesson(1.0)
    played(state, "enter", "enter", "enter", "H")
    assert noted(state) == [(0, 3, "read"), (0, 3, "run"), (40, 3, "shown"), (40, 4, "task"), (40, 4, "task")]
    assert state.snapshot.lesson[-1].hints == 1
    played(state, "space")
    assert noted(state)[5:] == [(200, 4, "solved")]
    assert state.snapshot.lesson[-1].shown == "Well."
    press(state, "enter")
    assert noted(state)[6:] == [(200, 4, "done")]


def test_a_step_that_is_passed_over_is_noted(begin: Open) -> None:
    state = begin(STEPS)
    press(state, ";")
    assert noted(state) == [(0, 1, "choose"), (0, 1, "skipped"), (0, 2, "type")]


def test_a_panel_of_a_case_that_is_opened_is_noted(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "Look."\n' + STEPS, "hidden = true\n" + LESSON)
    press(state, "3")
    assert [entry.looked for entry in state.snapshot.lesson] == [(), ("gradients",)]
    before = walk(state)
    back = returned(before.lesson, state.snapshot.lesson[-1], 0)
    assert back is not None
    assert back[0].looked == {"gradients"}


def test_a_restart_by_hand_takes_the_lesson_along(begin: Open) -> None:
    state = played(begin(STEPS), "2", "r")
    assert noted(state) == [(0, 1, "shown")]
    assert state.snapshot.lesson[-1].answer == "no"


@pytest.mark.parametrize("keys", [(), ("2",), ("2", "enter")])
def test_a_lesson_that_is_left_comes_back_with_its_run(begin: Open, keys: tuple[str, ...]) -> None:
    state = begin(STEPS)
    opens = walk(state).lesson.opens
    press(state, "escape")
    state.open(OpenRequest(preset="iris"))
    state.open(OpenRequest(preset=opens))
    played(state, *keys)
    before, shown = walk(state), strip(state)
    press(state, "escape")
    assert state.view.lesson is None
    assert "iris" in state.snapshot.title
    press(state, "u")
    assert structs.replace(walk(state), aims=0) == structs.replace(before, aims=0, has_run=True, turned_out={})
    assert strip(state).partition("─ ")[2][:200] == shown.partition("─ ")[2][:200]
    press(state, "escape")
    assert "iris" in state.snapshot.title


def test_a_lesson_that_is_left_on_its_own_run_stays_away(begin: Open) -> None:
    """There is nothing to go back to where the program was opened with the lesson."""
    state = played(begin(STEPS), "2")
    press(state, "escape")
    assert noted(state)[-1][1:] == (1, "left")
    press(state, "r", "u")
    assert state.view.lesson is None


def test_undo_takes_the_lesson_to_the_step_that_its_run_was_at(begin: Open) -> None:
    state = played(begin(STEPS), "2", "enter")
    state.answer_lesson(1.0)
    press(state, "enter")
    assert walk(state).index == 2
    press(state, "u")
    assert (walk(state).index, walk(state).stage) == (1, Stage.SHOWN)
    press(state, "U")
    assert (walk(state).index, walk(state).stage) == (2, Stage.READ)


ENTRY = LessonEntry(title="telling", opens="telling", step=1, stage="run", answer="no")


def test_a_lesson_goes_on_in_the_middle_of_its_run(begin: Open) -> None:
    lesson = walk(begin(STEPS)).lesson
    back = returned(lesson, ENTRY, 30)
    assert back is not None
    aim = back[1][0]
    assert (back[0].stage, back[0].answer) == (Stage.RUN, 1)
    assert isinstance(aim, do.WatchFor)
    assert aim.aim is not None
    assert aim.aim.iterations == 120
    typed = returned(lesson, structs.replace(ENTRY, step=2, stage="shown", answer=7.0, right=False), 30)
    assert typed is not None
    assert (typed[0].stage, typed[0].answer, typed[0].is_right) == (Stage.SHOWN, 7.0, False)


def test_a_lesson_from_a_pipe_does_not_hold_up_the_screen(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lesson.toml")
    entry = structs.replace(ENTRY, opens=str(tmp_path / "lesson.toml"))
    reading = structs.replace(REAL_CATALOGUE, lesson=lambda request: pytest.fail("it was read"))
    assert "is a pipe" in str(lesson_back(reading, entry, 0, aims=0))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "another"},
        {"step": 0},
        {"step": 5},
        {"stage": "flying"},
        {"stage": "left"},
        {"stage": "task"},
        {"answer": "perhaps"},
        {"answer": 1},
        {"answer": None},
        {"step": 4},
    ],
)
def test_an_entry_that_does_not_fit_the_lesson_leads_nowhere(begin: Open, changes: dict[str, object]) -> None:
    assert returned(walk(begin(STEPS)).lesson, structs.replace(ENTRY, **changes), 0) is None
