"""What a lesson puts on the screen, and how it keeps the run at the moment of which it speaks."""

from __future__ import annotations

import pytest
from driven_run import press
from msgspec import structs
from own_lesson import Open, lesson_head, let_run, said, strip, walk

from tui_trainer.cli.screen import about
from tui_trainer.dashboard.keys.keymap import KEYS
from tui_trainer.dashboard.keys.lesson_keys import walked
from tui_trainer.dashboard.view import HOME
from tui_trainer.drawing.theme import make_theme
from tui_trainer.lessons.beginning import begun
from tui_trainer.lessons.walk import Lesson, Stage, Walk
from tui_trainer.presets import course

TWO_PANELS = """
[[steps]]
say = "First."
show = "step"
beside = ["weights"]
diagram = true
[[steps]]
say = "Second."
[[steps]]
say = "Third."
show = "loss"
"""


def test_only_the_panels_that_a_step_speaks_of_are_on_the_screen(begin: Open) -> None:
    state = begin(TWO_PANELS)
    for text, panels in (("First.", {"step", "weights"}), ("Second.", {"step", "weights"})):
        assert text in strip(state)
        assert panels == {panel for panel in state.rectangles if ":" not in panel}
        press(state, "enter")
    assert "Third." in strip(state)
    assert len([panel for panel in state.rectangles if ":" not in panel]) > 2


def test_a_focused_panel_brings_all_others_back(begin: Open) -> None:
    state = begin(TWO_PANELS)
    strip(state)
    assert state.view.weights_mode == "network"
    press(state, "1")
    assert "Settings" in strip(state)
    press(state, "6")
    assert "Settings" not in strip(state)
    press(state, "Q")
    assert "Settings" in strip(state)


def test_who_comes_back_in_the_middle_sees_its_panels_too(begin: Open) -> None:
    state = begin(TWO_PANELS)
    lesson = structs.replace(walk(state).lesson, resumes_at=1)
    state.change(structs.replace(state.view, lesson=None, focus=HOME))
    state.change(walked(state.view, begun(lesson, lesson.resumes_at)[0]))
    assert "Second." in strip(state)
    assert "Settings" not in strip(state)


def test_the_units_of_a_network_keep_their_places_while_the_texts_change(begin: Open) -> None:
    long = "A sentence that takes a row of its own, whatever else there is to say beside it."
    more = f'[[steps]]\npredict = "Sure?"\nanswers = ["yes", "no"]\nright = 1\nreveal = "{long} {long} {long}"\n'
    state = begin(TWO_PANELS.replace('[[steps]]\nsay = "Third."', f'{more}[[steps]]\nsay = "Third."'))
    places = []
    for key in ("enter", "enter", "1"):
        strip(state)
        places.append(state.rectangles["weights"])
        press(state, key)
        let_run(state)
    assert long in strip(state)
    assert set(places) == {state.rectangles["weights"]}


def test_without_unicode_a_square_is_no_factor_of_two(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "(1 − 0.60)², or 0.4 × 0.4"\n')
    assert "(1 - 0.60)^2, or 0.4 * 0.4" in strip(state, ascii_only=True)
    assert "(1 − 0.60)², or 0.4 × 0.4" in strip(state)


def test_arrows_do_not_change_a_setting_that_is_not_on_the_screen(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "x"\nshow = "loss"\nbeside = []\n')
    before = state.view.setting
    press(state, "down")
    assert state.view.setting == before


PHASES = """
[[steps]]
say = "Guess."
run = { until = "key:p" }
[[steps]]
say = "Look."
[[steps]]
say = "Measure."
run = { until = "key:p" }
"""


def test_nobody_runs_ahead_of_the_phase_that_a_text_speaks_of(begin: Open) -> None:
    state = begin(PHASES)
    for key in ("space", ".", "e", "a"):
        assert said(state, key).endswith(": press p"), key
    press(state, "p")
    state.pressed(KEYS["phase"])
    assert walk(state).stage is Stage.SHOWN
    for _ in range(2):  # after the key, and while the next text is read
        assert said(state, "p").endswith(": enter goes on first")
        press(state, "enter")
    assert said(state, "p") == ""


def test_enter_says_what_it_does_and_the_run_how_far_it_goes(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "x"\nrun = { iterations = 40 }\n')
    assert "enter lets it run" in strip(state)
    assert "enter let it run" in strip(state)
    press(state, "enter")
    assert "Watch: iteration 0 of 40." in strip(state)
    let_run(state)
    assert "enter goes on" in strip(state)


def test_who_lets_it_run_before_having_read_is_not_led_beyond_the_end(begin: Open) -> None:
    state = begin('[[steps]]\nsay = "Read me."\nrun = { until = "finished" }\n[[steps]]\nsay = "Second."\n')
    assert "enter lets it run" in strip(state)
    press(state, "space")
    let_run(state)
    assert "enter goes on" in strip(state)
    press(state, "enter")
    assert "Second." in strip(state)
    let_run(state)
    assert state.snapshot.iteration == 200


def test_what_a_task_lacks_does_not_tell_the_answer(begin: Open) -> None:
    state = begin('[[steps]]\ntask = "x"\nexpect = { settings = { "training.batch_size" = 20 } }\n')
    state.poll()
    assert "batch size: 8 is not it" in strip(state)
    assert "20" not in strip(state).partition("Not yet")[2][:40]


def test_a_task_on_the_settings_names_their_keys(begin: Open) -> None:
    state = begin('[[steps]]\ntask = "x"\nshow = "settings"\nexpect = { train_loss_below = 0.1 }\n')
    assert "↑↓ setting enter type" in strip(state)


def test_the_list_finds_a_stop_by_what_its_steps_say_and_no_case_by_its_cure() -> None:
    stop, case = about("", "11 · Optimizers and schedules"), about("", "Clinic 6 · circles")
    assert stop is not None
    assert "scheduler" in stop.steps
    assert case is not None
    assert case.steps == ""


NAMED = {
    "This step": "step",
    "Loss panel": "loss",
    "the map": "data",
    "panel Network": "weights",
    "settings list": "settings",
}
"""Words of the course → the panel of which they speak."""


def test_what_a_text_of_the_course_speaks_of_is_on_the_screen() -> None:
    for lesson in course():
        for index, step in enumerate(lesson.steps):
            panels = Walk(lesson=Lesson(title="", opens="", steps=lesson.steps), index=index).panels
            assert panels, f"{lesson.title}, step {index + 1} does not say what the screen shows"
            texts = f"{step.text} {getattr(step, 'reveal', '')} {' '.join(getattr(step, 'hints', ()))}"
            for words, panel in NAMED.items():
                assert words not in texts or panel in panels, f"{lesson.title}, step {index + 1}: {words}"


def test_a_step_that_shows_the_settings_has_one_chosen_that_may_be_changed(begin: Open) -> None:
    steps = '[[steps]]\nsay = "First."\nshow = "loss"\n[[steps]]\nsay = "Second."\nshow = "settings"\n'
    state = begin(steps, lesson_head(allow=("network.gain", "network.initializer")))
    assert "gain" not in strip(state)
    press(state, "enter")
    state.poll()
    assert state.chosen_key == "network.initializer"
    assert "gain" in strip(state)  # their heading is unfolded


SET = """
[[steps]]
say = "First."
run = { iterations = 20 }
[[steps]]
predict = "Which of these did I change?"
answers = ["the learning rate", "the batch size"]
right = 1
set = { "optimizer.learning_rate" = 0.0123, "training.batch_size" = 5 }
run = { iterations = 5 }
reveal = "The rate is {learning_rate}."
[[steps]]
say = "So."
"""


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
def test_what_a_question_changes_shows_nowhere_before_it_is_answered(begin: Open, size: tuple[int, int]) -> None:
    state = begin(SET, lesson_head(allow=()))
    press(state, "enter")
    let_run(state)
    told = ("0.0123", "batch size 5", "of 8 batches", "0.05 →")

    def shown() -> str:
        return "\n".join(state.draw(*size, make_theme()).lines())

    assert "0.05" in shown()
    press(state, "enter")
    for key in ("tab", "tab", "tab", "Q", "Q", "S"):
        assert not [word for word in told if word in shown()]
        assert "held back" in state.why_idle(KEYS["export"])
        press(state, key)
    press(state, "1")
    let_run(state)
    assert "0.0123" in shown()
    assert not state.why_idle(KEYS["export"])
