"""A walk through lessons on the real engine: keys in, strip and commands out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from driven_run import REAL_CATALOGUE, DrivenRun, press
from msgspec import structs
from own_lesson import LESSON, Open, lesson_head, let_run, said, strip, walk

from tui_trainer.cli.playlist import stop
from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.keys.key_meaning import action_for, footer
from tui_trainer.dashboard.keys.keymap import KEYS
from tui_trainer.dashboard.screen_state import ScreenState
from tui_trainer.dashboard.view import HOME
from tui_trainer.lessons.progress import CourseProgress
from tui_trainer.lessons.walk import Stage
from tui_trainer.presets import find, load
from tui_trainer.runs.arms import Contestants
from tui_trainer.runs.command_handlers import Load
from tui_trainer.telemetry import Command, Status
from tui_trainer.telemetry import commands as do

QUESTION = """
[[steps]]
predict = "How low?"
answers = ["very", "a bit", "not at all"]
right = [{ train_loss_below = 0.05 }, { train_loss_below = 0.9 }, { train_loss_above = 0.9 }]
run = { until = "train_loss < 0.3", at_most = 150 }
reveal = "It is {train_loss}."
[[steps]]
say = "Second."
"""


def test_an_impatient_enter_changes_nothing_while_the_run_of_a_step_goes_on(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "First."\nshow = "loss"\nrun = { iterations = 20 }\n[[steps]]\nsay = "Second."')
    press(state, "enter")
    assert walk(state).stage is Stage.RUN
    action = action_for("enter", state.view)
    assert action is not None
    assert action.unseen(state.view, state.view) == "the lesson goes on after the run"
    press(state, "enter")
    assert (walk(state).stage, state.view.zoomed) == (Stage.RUN, False)
    press(state, "c")
    action = action_for("enter", state.view)
    assert action is not None
    assert action.id == "cursor_seek"


class BusyRun(DrivenRun):
    """A run that obeys its commands only when it has time for them."""

    def __init__(self, arms: Contestants) -> None:
        super().__init__(arms)
        self.waiting: list[Callable[[], None]] = []

    def send(self, command: Command) -> None:
        self.waiting.append(lambda: self.driver.obey(command))

    def answer(self, then: Callable[[], None]) -> None:
        self.waiting.append(then)

    def has_time(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


TWICE = """
[[steps]]
predict = "How many?"
answers = ["none", "ten"]
right = [{ train_loss_above = 1e9 }, { train_loss_below = 1e9 }]
run = { iterations = 10 }
reveal = "By {iteration}."
"""


def test_a_lesson_is_not_told_by_the_run_before_it(tmp_path: Path) -> None:
    """Both lessons have given their runs a first aim, and the first has reached it."""
    paths = [tmp_path / "a.toml", tmp_path / "b.toml"]
    for path in paths:
        path.write_text(lesson_head(title=path.stem) + TWICE, encoding="utf-8")
    catalogue = structs.replace(
        REAL_CATALOGUE,
        load=lambda request: Load(find(request.preset).experiments(), request.paused),
        lesson=lambda request: stop(find(request.preset), tuple(paths), CourseProgress()),
    )
    run = BusyRun(load(paths[0]).experiments())
    state = ScreenState(lambda request: run, catalogue, OpenRequest(preset=str(paths[0])))

    def passes() -> None:
        run.has_time()
        run.pass_seconds(1e9)
        state.poll()

    passes()
    press(state, "1")
    passes()
    assert (walk(state).stage, walk(state).shown) == (Stage.SHOWN, "By 10.")
    state.open(OpenRequest(preset=str(paths[1])))
    press(state, "1")
    assert (walk(state).lesson.title, walk(state).stage) == ("b", Stage.RUN)
    run.has_time()
    state.poll()
    assert walk(state).stage is Stage.RUN
    passes()
    assert (walk(state).stage, walk(state).shown) == (Stage.SHOWN, "By 10.")


def test_text_is_read_and_the_run_goes_on_behind_it(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "First: {iteration}."\nrun = { iterations = 20 }\n[[steps]]\nsay = "Second."')
    assert "step 1 of 2" in strip(state)
    assert "First: 0." in strip(state)
    assert state.snapshot.status is Status.PAUSED
    press(state, "enter")
    assert walk(state).stage is Stage.RUN
    let_run(state)
    assert (state.snapshot.iteration, walk(state).stage) == (20, Stage.SHOWN)
    assert "First: 20." in strip(state)
    press(state, "enter")
    assert "Second." in strip(state)
    press(state, "enter")
    assert walk(state).stage is Stage.DONE
    assert "✓ This lesson is done." in strip(state)


def test_a_right_and_a_wrong_answer(begin: Open) -> None:
    for key, verdict in (("2", "✓ Right: a bit."), ("1", "✗ You said: very. Right: a bit.")):
        state = begin(QUESTION)
        assert "1 very · 2 a bit · 3 not at all" in strip(state)
        assert "1 to 3 answer" in strip(state)
        press(state, key)
        let_run(state)
        assert state.snapshot.iteration % 5 == 0
        loss = state.snapshot.losses.evaluations.latest.train_loss  # type: ignore[union-attr]
        assert loss < 0.3
        assert verdict in strip(state)
        assert f"It is {loss:.3g}"[:10] in strip(state)
        assert walk(state).is_right is (key == "2")


def test_nothing_tells_the_answer_before_the_reveal(begin: Open) -> None:
    state = begin(QUESTION.replace('"train_loss < 0.3"', '"finished"'), LESSON.replace("0.05", "300.0"))
    press(state, "1")
    assert "telling" not in strip(state)
    state.run.driver.control.lineup.advance(120)  # type: ignore[attr-defined]
    state.poll()
    assert state.snapshot.findings
    shown = strip(state, 120, 40)
    assert "held back" in shown
    assert state.snapshot.findings[0].title not in shown.lower()
    assert {"fix", "examine"} <= state.view.greyed
    let_run(state)
    assert "telling" in strip(state)


def test_a_typed_answer_is_judged_by_a_number_of_the_run(begin: Open) -> None:
    steps = '[[steps]]\npredict = "?"\nanswer = { number = "iteration", within = 2 }\nreveal = "!"\n'
    steps += "run = { iterations = 7 }"
    for typed, right in ((5.0, True), (9.5, False)):
        state = begin(steps)
        assert walk(state).stage is Stage.TYPE
        state.answer_lesson(typed)
        let_run(state)
        assert walk(state).is_right is right
        assert ("It was 7" if right else "Right: 7") in strip(state)


def test_a_key_can_show_the_answer(begin: Open) -> None:
    steps = '[[steps]]\npredict = "?"\nanswer = { number = "iteration" }\nreveal = "!"\nrun = { until = "key:." }'
    state = begin(steps)
    state.answer_lesson(1.0)
    assert walk(state).stage is Stage.KEY
    assert walk(state).holds_back
    press(state, ".")
    state.pressed(KEYS["step"])
    state.poll()
    assert (walk(state).stage, walk(state).is_right) == (Stage.SHOWN, True)


def test_words_are_judged_by_nobody_and_need_no_run(begin: Open) -> None:
    state = begin('[[steps]]\npredict = "?"\nanswer = { text = true }\nreveal = "Seen."')
    state.answer_lesson("it \x1b[31mfalls")
    state.poll()
    assert walk(state).is_right is None
    assert "Seen." in strip(state)
    assert "\x1b" not in strip(state)


TASK = """
[[steps]]
task = "Below 0.2."
expect = { train_loss_below = 0.2, by_iteration = 190 }
hints = ["one", "two"]
explain = "With a rate of {learning_rate}."
[[steps]]
say = "Second."
"""


def test_a_task_is_judged_while_the_run_goes_on(begin: Open) -> None:
    state = begin(TASK, LESSON.replace("0.05", "0.001"))
    press(state, "H")
    assert "Hint: one" in strip(state)
    press(state, "H")
    assert "Hint: two" in strip(state)
    assert "hint" in state.view.greyed
    press(state, "space")
    let_run(state)
    assert walk(state).stage is Stage.TASK
    assert "too late: it had to be by iteration 190; r starts again (training loss below 0." in strip(state)
    for _ in range(6):
        press(state, "+")
    press(state, "r")
    assert "too late" not in strip(state)
    press(state, "space")
    let_run(state)
    assert walk(state).stage is Stage.SOLVED
    assert state.snapshot.iteration <= 190
    assert "✓ Done. With a rate of 0.1." in strip(state)
    press(state, "enter")
    assert "Second." in strip(state)


def test_a_task_by_hand_tells_the_present_loss_before_the_first_iteration(begin: Open) -> None:
    state = begin(TASK, LESSON.replace('["optimizer', '["network.weights", "optimizer'))
    shown = set()
    for value in (0.5, 2.0):
        assert state.attempt(do.ChangeWeight(1, 0, 0, value)) == ""
        state.poll()
        loss = walk(state).misses[0].rpartition(" ")[2]
        assert f"Not yet: training loss below 0.2: it is {loss}" in strip(state)
        shown.add(loss)
    assert len(shown) == 2


def test_what_was_typed_is_printed_as_it_was_typed(begin: Open) -> None:
    state = begin('[[steps]]\npredict = "?"\nanswer = { number = 0.16, within = 0.01 }\nreveal = "Seen."')
    state.answer_lesson(0.16)
    state.poll()
    assert "✓ Right: 0.16. Seen." in strip(state)


def test_thousands_are_told_apart_in_answers_as_everywhere(begin: Open) -> None:
    for typed, verdict in ((3200.0, "✓ Right: 3,200. Seen."), (1e5, "✗ You said: 100,000. Right: 3,200. Seen.")):
        state = begin('[[steps]]\npredict = "?"\nanswer = { number = 3200, within = 0 }\nreveal = "Seen."')
        state.answer_lesson(typed)
        state.poll()
        assert verdict in strip(state)


def test_what_a_lesson_does_not_allow_stays(begin: Open) -> None:
    state = begin(TASK)
    batch = next(n for n, setting in enumerate(state.view.settings) if setting.key == "training.batch_size")
    for _ in range(batch):
        press(state, "down")
    for key in ("right", "R"):
        action = action_for(key, state.view)
        assert action is not None
        assert "this lesson leaves it as it is" in state.perform(action)
    assert "this lesson leaves it as it is" in state.attempt(do.ChangeSetting("training.batch_size", 4))
    assert state.attempt(do.ChangeSetting("optimizer.learning_rate", 0.3)) == ""
    state.poll()
    assert (state.snapshot.values["training.batch_size"], state.snapshot.values["optimizer.learning_rate"]) == (8, 0.3)
    assert "training.batch_size" in state.view.locked
    assert "optimizer.learning_rate" not in state.view.locked
    state.view = structs.replace(state.view, setting=batch)
    assert "this lesson leaves it as it is" in said(state, "enter")  # before anything is typed


def test_back_from_another_panel_leads_to_the_step_and_only_then_out_of_the_lesson(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "x"\nshow = "loss"\nbeside = ["data"]')
    press(state, "3")
    assert state.view.focus == "gradients"
    assert "back to the step" in strip(state)
    press(state, "escape")
    assert (state.view.focus, state.view.lesson is None) == ("loss", False)
    assert "leave lesson" in strip(state)
    press(state, "escape")
    assert state.view.lesson is None


def test_a_step_changes_settings_opens_presets_and_waits_for_keys(begin: Open) -> None:
    state = begin(
        '[[steps]]\nsay = "a"\n[[steps]]\nsay = "b"\npreset = "lr too large"\n'
        'set = { "optimizer.learning_rate" = 3.0, "data.noise" = 0.3 }\nshow = "data"\n'
        '[[steps]]\nsay = "c"\nrun = { until = "key:p" }\n[[steps]]\nsay = "d"'
    )
    press(state, "enter")
    state.poll()
    assert (state.snapshot.title, state.snapshot.values["optimizer.learning_rate"]) == ("lr too large", 3.0)
    assert state.snapshot.values["data.noise"] == 0.3  # which the person may not change
    assert (state.snapshot.iteration, state.snapshot.status) == (0, Status.PAUSED)
    assert state.view.focus == "data"
    press(state, "enter")
    assert walk(state).stage is Stage.KEY  # at once, not after enter
    assert "press p" in strip(state)
    assert "enter goes on" not in strip(state)
    footer_keys = {key.action: key.rank for key in footer(state.snapshot, state.view)}
    assert footer_keys["phase"] == 0
    assert "p phase" in strip(state)
    press(state, "enter")
    assert said(state, "enter") == "press p"
    assert not state.view.zoomed
    press(state, "p")
    state.pressed(KEYS["phase"])
    assert walk(state).stage is Stage.SHOWN
    assert state.view.awaits == ""


def test_nobody_runs_ahead_of_an_open_question(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "First."' + QUESTION)
    press(state, "space")
    let_run(state)
    state.change(state.view, do.Seek(50))
    press(state, "enter")
    for key in ("space", ".", ",", "p", "P", "e", "home", "end", "a", "B", "r", "R", "b"):
        assert said(state, key).endswith(": answer first"), key
    assert said(state, "m") == ""
    assert state.snapshot.iteration == 50
    press(state, "1")
    assert "step" not in state.view.greyed


def test_enter_at_a_question_names_the_keys_that_answer(begin: Open) -> None:
    state = begin(QUESTION)
    for panel in ("settings", "loss"):
        state.change(structs.replace(state.view, focus=panel))
        press(state, "enter")
        assert said(state, "enter") == "choose 1 to 3"
        assert (walk(state).stage, state.view.zoomed) == (Stage.CHOOSE, False)


def test_leaving_brings_back_the_run_before(begin: Open, tmp_path: Path) -> None:
    state = begin(QUESTION.replace('predict = "How low?"', 'predict = "How low?"\nshow = "step"'))
    assert state.view.focus == "step"
    lesson, path = walk(state).lesson, str(tmp_path / "lesson.toml")
    press(state, "escape")
    assert (state.view.lesson, state.view.focus) == (None, HOME)  # which the step had given to another panel
    press(state, ".", ".", ".")
    run = state.snapshot.run
    for leave in ("escape", "u"):
        state.open(OpenRequest(preset=path))
        state.poll()
        assert (walk(state).lesson.title, state.snapshot.iteration) == (lesson.title, 0)
        press(state, leave)
        assert (state.snapshot.run, state.snapshot.iteration) == (run, 3)


def test_the_stops_of_a_playlist(tmp_path: Path) -> None:
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.toml")
        steps = '[[steps]]\nsay = "x"' if number != 1 else ""
        paths[-1].write_text(LESSON.replace("telling", f"stop {number}") + steps, encoding="utf-8")
    catalogue = structs.replace(
        REAL_CATALOGUE,
        load=lambda request: Load(find(request.preset).experiments(), request.paused),
        lesson=lambda request: stop(find(request.preset), paths, CourseProgress()),
    )
    state = ScreenState(
        lambda request: DrivenRun(load(paths[0]).experiments()), catalogue, OpenRequest(preset=str(paths[0]))
    )
    assert "step 1 of 1 · stop 1 of 3" in strip(state)
    press(state, ")")
    assert "stop 2 of 3" in strip(state)
    assert "leave lesson" not in strip(state)
    press(state, ")")
    assert "stop 3 of 3" in strip(state)
    assert "next_stop" in state.view.greyed
    press(state, "(", "(")
    press(state, "enter", "enter")
    assert "stop 2 of 3" in strip(state)


def test_it_fits_everywhere(begin: Open) -> None:
    state = begin(QUESTION.replace("How low?", "How low? " + "And many words more. " * 14))
    assert "1 very · 2 a bit · 3 not at all" in strip(state)
    assert "1 very | 2 a bit | 3 not at all" in strip(state, ascii_only=True)
    assert all(ord(sign) < 128 for sign in strip(state, ascii_only=True))
    for size in ((59, 24), (80, 15), (40, 12), (30, 8), (20, 6), (300, 100)):
        shown = strip(state, *size)
        if size[0] >= 40 and size[0] < 60:
            assert "60×20" in shown
