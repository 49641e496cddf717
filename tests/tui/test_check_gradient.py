"""The gradient check, asked for by its key: what is answered, where it stands, and what it is careful to say."""

from __future__ import annotations

import math

import made_up
import pytest
import short_runs as samples
from fake_run import CATALOGUE, FakeRun
from msgspec import structs
from real_terminal import running
from textual.pilot import Pilot
from textual.widgets._toast import Toast
from waiting import until

from tui_trainer.dashboard.catalogue import OpenRequest
from tui_trainer.dashboard.gradient_check_words import check_wordings, check_words
from tui_trainer.dashboard.keys.keymap import first_view
from tui_trainer.dashboard.panels import step
from tui_trainer.drawing.theme import make_theme
from tui_trainer.telemetry import GradientCheck
from tui_trainer.telemetry import commands as do
from tui_trainer.tui.app import TrainerApp

RIGHT = GradientCheck(relative_error=3e-8, parameters=300, iteration=1200)
WRONG = structs.replace(RIGHT, relative_error=2e-3)
BROKEN = structs.replace(RIGHT, relative_error=math.nan)


async def waited_for(pilot: Pilot[int], text: str) -> None:
    """Until a message of the app has this text in it."""
    await until(pilot, lambda: any(text in note.message for note in pilot.app._notifications))


async def test_the_answer_to_the_key_is_told_once() -> None:
    run = FakeRun(OpenRequest(preset="lr just right", paused=True))
    app = TrainerApp(lambda request: run, CATALOGUE, OpenRequest(preset="lr just right"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("G")
        await waited_for(pilot, "Blame verified: relative error 3e-8 over 300 parameters")
        assert run.sent.count(do.CheckGradient()) == 1
        assert sum("Blame verified" in note.message for note in app._notifications) == 1
        header = 3  # with the verdict; a lesson and the panels, which the note is about, lie below
        await until(pilot, lambda: any(0 < toast.region.bottom <= header for toast in app.screen.query(Toast)))


def test_the_words_say_the_precision_and_the_moment() -> None:
    snapshot = made_up.changed(samples.moons(), values={"network.dtype": "float32"})
    assert check_words(RIGHT, snapshot) == (
        "Blame verified: relative error 3e-8 over 300 parameters, "
        "on a float64 copy of this float32 network at iteration 1,200."
    )
    snapshot = made_up.changed(snapshot, values={"network.dtype": "float64"})
    assert check_words(RIGHT, snapshot).endswith("on a float64 copy at iteration 1,200.")
    assert check_words(WRONG, snapshot).startswith("Blame NOT verified: relative error 2e-3")
    assert check_words(BROKEN, snapshot).startswith("Blame cannot be checked: here the loss is no finite number")


@pytest.mark.parametrize(("check", "words"), [(RIGHT, "verified"), (WRONG, "NOT verified"), (BROKEN, "cannot")])
def test_the_step_panel_keeps_the_answer(check: GradientCheck, words: str) -> None:
    snapshot = made_up.changed(samples.moons(), gradient_check=check)
    shown = "\n".join(step.draw(snapshot, first_view(), 84, 24, make_theme()).lines())
    assert f"{words} " in shown
    assert check_wordings(check)[0] in shown
    assert "verified" not in "\n".join(step.draw(samples.moons(), first_view(), 84, 24, make_theme()).lines())


def test_on_a_real_terminal_in_the_precision_of_the_run() -> None:
    with running("xor with a hidden layer", "--paused", program=("-m", "tui_trainer"), size=(120, 40)) as program:
        program.until(program.shows(" 0 iterations"))
        program.type(".")
        program.until(program.shows("1 iteration done"))
        program.type("G")
        program.until(program.shows("Blame verified: relative error"))
        program.until(program.shows("verified at iteration 1: error"))
        program.quits()


def test_what_was_left_out_and_where_there_is_nothing_to_compare_is_said() -> None:
    snapshot = made_up.changed(samples.moons(), values={"network.dtype": "float64"})
    kinks = structs.replace(RIGHT, parameters=290, kinks=10, without_clip=True)
    assert check_words(kinks, snapshot) == (
        "Blame verified: relative error 3e-8 over 290 parameters; at 10 more the loss has a kink: "
        "not differentiable there; without the clip to [0, 1], on a float64 copy at iteration 1,200."
    )
    assert check_wordings(kinks)[1] == "verified at iteration 1,200: relative error 3e-8, 10 at kinks"
    nothing = structs.replace(RIGHT, parameters=0, kinks=7, relative_error=0.0)
    assert check_words(nothing, snapshot).startswith("Blame cannot be checked: at all 7 parameters the loss has a kink")
    rounding = structs.replace(RIGHT, relative_error=1e-3, rounding=2e-3)
    assert check_wordings(rounding)[1] == "verified at iteration 1,200: relative error 1e-3, no more than rounding"
    assert check_wordings(rounding)[2] == "verified at iteration 1,200: error 1e-3, no more than rounding"
    assert check_wordings(structs.replace(rounding, rounding=1.0))[2] == "verified at 1,200: gradient and slope are 0"
